"""Garbage is collected in the window's thread alone.

Python frees objects that refer to each other in whatever thread happens to allocate next. A QObject that dies
in another thread than its own leaves its timers behind, and the program crashes when the next of them is due.
Pages that were replaced (another language) while the queue of files works are enough for that.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOKS_EVERY_MS = 500


class GarbageCollector(QObject):
    """In place of Python's own, as long as it runs: as often as that would, in the thread that made it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=LOOKS_EVERY_MS)
        self._timer.timeout.connect(_collect)
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """What is garbage by now is still freed here."""
        self._timer.stop()
        gc.collect()
        gc.enable()


def _collect() -> None:
    """The oldest generation that is due, and the younger ones with it."""
    due = [
        number
        for number, (has, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        if has > most
    ]
    if due:
        gc.collect(max(due))
