"""Threads that survive exceptions: an error must not stop the processing of later files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from asr_desktop.base import messages

RESTARTS_AFTER_SECONDS = 1.0
MOST_FAILURES_IN_A_ROW = 5


class LastingThread:
    """Calls `step` repeatedly while it returns True, also after exceptions.

    on_failure gets a sentence about each failure. After several in a row the thread gives up, and `failure`
    says why; code that waits for the thread's work must check it.
    """

    def __init__(self, step: Callable[[], bool], name: str, on_failure: Callable[[str], None]) -> None:
        self._step = step
        self._on_failure = on_failure
        self.failure: str | None = None
        """A sentence, once the thread has given up."""
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """When `step` returns False, or at its next failure."""
        self._is_closing.set()
        self._thread.join()

    def _run(self) -> None:
        failures = 0
        while True:
            try:
                if not self._step():
                    return
                failures = 0
            except BaseException as error:
                sentence = _sentence(error)
                failures += 1
                if failures == MOST_FAILURES_IN_A_ROW or not isinstance(error, Exception):
                    self.failure = sentence
                # on_failure itself may be what fails.
                with suppress(Exception):
                    self._on_failure(sentence)
                if self.failure is not None or self._is_closing.wait(RESTARTS_AFTER_SECONDS):
                    return


def _sentence(error: BaseException) -> str:
    try:
        return messages.explained(error) if isinstance(error, Exception) else messages.logged(error)
    except Exception:  # ASR_DESKTOP_DEBUG wants it raised, which would end the thread
        return f"{type(error).__name__}: {error}"
