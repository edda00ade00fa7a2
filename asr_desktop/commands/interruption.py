"""Ctrl-C that cannot get lost."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

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
