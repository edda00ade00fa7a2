"""What tests of the window have in common: a platform without a screen, and a context."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", reason="the window needs Qt's libraries", exc_type=ImportError)

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from asr_desktop.audio.devices import InputDevice
from asr_desktop.audio.recorder import Recorder
from asr_desktop.gui import microphones, operations
from asr_desktop.gui.app import GarbageCollector
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.theme import theme
from asr_desktop.model_store import store
from asr_desktop.model_store.speed_check import measure_speed
from tests.audio.fake_sound import FakeCapture, FakeSoundSystem, microphone
from tests.recognition.worker_in_thread import recognisers_are_threads

__all__ = ["recognisers_are_threads"]


class NoWatcher:
    """In place of the DeviceWatcher: nothing is plugged in or out."""

    def __init__(self, on_change: Callable[[tuple[InputDevice, ...]], None]) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def garbage_collector(qapp: QApplication) -> Iterator[None]:
    """As in the program; contexts and pages of ended tests are garbage while threads of the next ones run."""
    collector = GarbageCollector()
    yield
    collector.stop()


@pytest.fixture(autouse=True)
def sound_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One microphone by name, unless a test brings a real sound system: asking ALSA takes seconds."""
    if "virtual_microphone" not in request.fixturenames:
        monkeypatch.setattr(microphones, "list_inputs", lambda: (microphone(),))
        monkeypatch.setattr(microphones, "DeviceWatcher", NoWatcher)


@pytest.fixture(autouse=True)
def recognisers(recognisers_are_threads: None) -> None:
    """A process takes a second to come up; a few tests are marked to have one."""


@pytest.fixture(autouse=True)
def one_run_measures_the_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Models page measures when it is first entered; not for three seconds, for the fastest run."""
    monkeypatch.setattr(store, "measure_speed", partial(measure_speed, seconds=0.0))


@pytest.fixture(autouse=True)
def widgets_of_ended_tests_are_gone(qapp: QApplication) -> None:
    """Qt deletes what `deleteLater` names when an event loop runs, which most tests never have.

    Hundreds of windows would be styled again with each change of the theme.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def context(home: Path, qapp: QApplication) -> Iterator[AppContext]:
    """A context with settings and library of its own, in the test's data folder."""
    theme.apply("light")
    context = AppContext()
    yield context
    assert operations.wait_for_all(60), "an operation is still under way"
    context.close()


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    """The whole window, shown and in front; its first run is over."""
    context.change_settings(has_been_welcomed=True)
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.resize(1180, 760)
    window.show()
    with qtbot.waitActive(window, timeout=60_000):
        window.activateWindow()
    return window


class QuietRoom(FakeSoundSystem):
    """A microphone without a sound system: it hears a faint noise as long as it is open."""

    def open(self, device: InputDevice) -> FakeCapture:
        capture = super().open(device)
        threading.Thread(target=self._play, args=(capture,), daemon=True).start()
        return capture

    @staticmethod
    def _play(capture: FakeCapture) -> None:
        noise = np.random.default_rng(0)
        while not capture.is_closed:
            capture.hear(noise.integers(-20, 20, 800, dtype=np.int16))
            time.sleep(0.05)


@pytest.fixture
def quiet_room(context: AppContext) -> QuietRoom:
    """What the recorder of this context opens."""
    room = QuietRoom()
    context.live.make_recorder = partial(Recorder, find=room.find, capture=room.open)
    return room
