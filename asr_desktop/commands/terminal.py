"""The terminal that a command runs in: standard streams it can rely on, and Ctrl-C that cannot get lost."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType, TracebackType

# Standard streams that a command can rely on


def prepare() -> None:
    """Give a closed stream a stand-in that says and takes nothing, and let no character end the program.

    A stream is closed after `>&-` in a shell, and where a program without a console starts this one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (as long as the process)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows a stand-in rather than ending the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


# Ctrl-C that cannot get lost

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Interruption:
    """While it lasts, Ctrl-C raises KeyboardInterrupt as ever, and is remembered besides.

    An exception that happens to be raised inside a callback of native code, or while an object is being
    cleared away, is printed and forgotten by Python, and a long job would go on as if nobody had asked.
    So long jobs also ask `happened`. Where Ctrl-C is ignored, as in a shell's background jobs, it stays so.
    """

    def __init__(self) -> None:
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
        raise KeyboardInterrupt
