"""The terminal of a command: reliable standard streams, and Ctrl-C that is never lost."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType, TracebackType

# Reliable standard streams


def prepare() -> None:
    """Replace closed streams by null devices, and avoid encoding errors on output.

    A stream is closed after `>&-` in a shell, and if a program without a console starts this one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (as long as the process)
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal's encoding lacks is replaced instead of raising an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


# Ctrl-C that is never lost

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as in shells


class Interruption:
    """Context in which Ctrl-C raises KeyboardInterrupt as usual and is also recorded.

    Python prints and discards exceptions that are raised within a callback of native code or in a finaliser,
    and a long job would then continue. So long jobs also check `happened`. If Ctrl-C is ignored, as in a
    shell's background jobs, it stays ignored.

    is_only_recorded: nothing is raised; the caller has to ask `happened` often. For loops that must not be
    interrupted in the middle of a step.
    """

    def __init__(self, *, is_only_recorded: bool = False) -> None:
        self._is_only_recorded = is_only_recorded
        self._happened = False
        self._is_ours = False

    def happened(self) -> bool:
        return self._happened

    def __enter__(self) -> Interruption:
        in_main_thread = threading.current_thread() is threading.main_thread()
        self._is_ours = in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._is_ours:
            signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._happened = True
        if not self._is_only_recorded:
            raise KeyboardInterrupt
