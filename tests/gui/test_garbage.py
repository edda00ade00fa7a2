from __future__ import annotations

import gc
import threading

from pytestqt.qtbot import QtBot

from asr_desktop.gui.app import GarbageCollector

PATIENCE_MS = 60_000


class Circle:
    """Refers to itself, so that only a collection frees it; tells where that was."""

    def __init__(self, freed_in: list[threading.Thread]) -> None:
        self.itself = self
        self.freed_in = freed_in

    def __del__(self) -> None:
        self.freed_in.append(threading.current_thread())


def test_garbage_is_freed_in_the_window_s_thread_whoever_allocates(qtbot: QtBot) -> None:
    """The tests of the window have a collector running (conftest)."""
    assert not gc.isenabled()
    freed_in: list[threading.Thread] = []
    Circle(freed_in)
    kept: list[list[int]] = []
    worker = threading.Thread(target=lambda: kept.extend([number] for number in range(100_000)))
    worker.start()
    worker.join()
    assert freed_in == [], "Python's own collection would have freed it"
    qtbot.waitUntil(lambda: freed_in != [], timeout=PATIENCE_MS)
    assert freed_in == [threading.main_thread()]


def test_when_it_stops_python_collects_as_ever(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    freed_in: list[threading.Thread] = []
    Circle(freed_in)
    collector.stop()
    try:
        assert gc.isenabled()
        assert freed_in == [threading.main_thread()]
    finally:
        gc.disable()  # as the other tests have it
