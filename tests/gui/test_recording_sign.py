"""A recording shows on every page: in the side bar, in the window's title, in the tray; a click stops it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.tray import Tray
from asr_desktop.gui.widgets.record_button import RecordingSign
from tests.audio.fake_sound import FakeSoundSystem

PATIENCE_MS = 60_000


@pytest.fixture
def recording(
    window: MainWindow, context: AppContext, qtbot: QtBot, quiet_room: FakeSoundSystem
) -> Iterator[RecordingSign]:
    """The sign of a recording of more than a second, begun while another page is shown."""
    window.go_to("settings")
    context.live.start()
    sign = window.findChild(RecordingSign)
    assert sign is not None
    qtbot.waitUntil(lambda: sign.text().strip() >= "0:01", timeout=PATIENCE_MS)
    yield sign
    qtbot.waitUntil(lambda: context.live.state is LiveState.IDLE, timeout=PATIENCE_MS)


def test_nothing_shows_while_nothing_is_recorded(window: MainWindow) -> None:
    sign = window.findChild(RecordingSign)
    assert sign is not None
    assert not sign.isVisible()
    assert window.windowTitle() == "ASR Desktop"


def test_a_click_on_the_sign_stops_the_recording(
    window: MainWindow, context: AppContext, qtbot: QtBot, recording: RecordingSign
) -> None:
    assert recording.isVisible()
    assert window.windowTitle() == f"● {recording.text().strip()} – ASR Desktop"
    qtbot.mouseClick(recording, Qt.MouseButton.LeftButton)
    assert context.live.state is LiveState.FINISHING
    assert not recording.isVisible()
    assert window.windowTitle() == "ASR Desktop"
    assert window.current_page == "settings"


def test_the_tray_shows_it_and_a_click_there_stops_it(
    window: MainWindow, context: AppContext, qtbot: QtBot, recording: RecordingSign
) -> None:
    tray = Tray(context, window)
    time = window.recording_clock.text
    assert time in tray.toolTip()
    assert time in tray.record_action.text()
    tray.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert context.live.state is LiveState.FINISHING
    assert tray.toolTip() == "ASR Desktop"
    assert window.isVisible()


def test_a_pause_is_told_and_nothing_moves_when_the_sign_comes(
    window: MainWindow, context: AppContext, qtbot: QtBot, recording: RecordingSign
) -> None:
    context.live.toggle_pause()
    qtbot.waitUntil(lambda: "Paused" in recording.accessibleName(), timeout=PATIENCE_MS)
    places = {key: made.mapTo(window, QPoint()) for key, made in window._buttons.items()}
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
        context.live.stop()
    qtbot.wait(0)
    assert {key: made.mapTo(window, QPoint()) for key, made in window._buttons.items()} == places
