"""What was left alone and has ended is told of, and the title says how far things are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.tray import Notifications
from asr_desktop.gui.voice_training import TrainingNews, VoiceTraining
from tests.gui.voice_page import child

PATIENCE_MS = 60_000


class TestTray(QSystemTrayIcon):
    """One that keeps what it is to show; no test has a desktop."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def isVisible(self) -> bool:
        return True

    def showMessage(self, title: str, message: str, *_: Any) -> None:
        self.shown.append(message)


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def tray(context: AppContext, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> TestTray:
    tray = TestTray()
    Notifications(context, window, tray)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    return tray


def test_a_queue_that_was_left_alone_is_told_of_once_it_is_empty(
    context: AppContext, tray: TestTray, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(context.job_ended, timeout=PATIENCE_MS):
        context.file_jobs.add([tmp_path / "missing.wav", tmp_path / "gone.wav"])
    assert tray.shown == ["Files transcribed: 0, failed: 2."]


def test_whoever_looks_at_the_window_is_not_told(
    context: AppContext, window: MainWindow, tray: TestTray, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.job_ended.emit("Files transcribed: 3.", "files")
    monkeypatch.setattr(QApplication, "activeWindow", lambda: window)
    context.job_ended.emit("Files transcribed: 4.", "files")
    assert tray.shown == ["Files transcribed: 3."]


def test_a_click_on_the_message_leads_to_what_it_is_about(
    context: AppContext, window: MainWindow, tray: TestTray
) -> None:
    window.hide()
    context.job_ended.emit("Files transcribed: 3.", "files")
    tray.messageClicked.emit()
    assert window.isVisible()
    assert window.current_page == "files"


def test_a_recording_that_ended_is_told_of(context: AppContext, tray: TestTray) -> None:
    context.live.ended.emit(7, 723.0)
    assert tray.shown == ["The recording (12:03) is in the Library."]


def test_a_training_is_told_of_when_it_is_done_not_when_it_was_paused(
    context: AppContext, tray: TestTray, tmp_path: Path, qtbot: QtBot
) -> None:
    for finished in (False, True):
        done = "True" if finished else "False"
        command = child(tmp_path, f"tell(type='result', finished={done}, sentence='x')")
        training = VoiceTraining(command, context)
        TrainingNews(context, training, "voice")
        with qtbot.waitSignal(training.ended, timeout=PATIENCE_MS):
            training.start("starter-en")
    assert tray.shown == ["Training has finished."]


def test_the_title_says_how_far_things_are(context: AppContext, window: MainWindow) -> None:
    assert window.windowTitle() == "ASR Desktop"
    context.progressed.emit("voice", 0.5)
    context.progressed.emit("files", 0.379)
    assert window.windowTitle() == "37% – 50% – ASR Desktop"
    window.title.tell("recording", "● 0:12")
    assert window.windowTitle() == "● 0:12 – 37% – 50% – ASR Desktop"
    for what in ("files", "voice"):
        context.progressed.emit(what, -1.0)
    window.title.tell("recording", "")
    assert window.windowTitle() == "ASR Desktop"
