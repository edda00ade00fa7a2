"""Every page and every tab of it, with the shipped model and what a new user has: nothing is complained of.

tests/test_run_time_set.py runs this where only the run-time set is installed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTabWidget
from pytestqt.qtbot import QtBot

from asr_desktop.base import paths
from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.gui.pages.files_page import FilesPage
from asr_desktop.gui.pages.live_page import LivePage
from asr_desktop.gui.pages.voice_page import VoicePage
from asr_desktop.gui.voice_reading import ReadingState
from asr_desktop.jobs.job import JobState
from asr_desktop.teaching.own_voice import recordings_folder
from tests.gui.conftest import QuietRoom
from tests.gui.voice_page import Speaker, reach, speaker, take

__all__ = ["speaker"]

pytestmark = [pytest.mark.real_recogniser, pytest.mark.slow]

PATIENCE_MS = 120_000
SAMPLE = paths.resources_folder() / "samples" / "welcome.ogg"


@pytest.fixture
def complaints(context: AppContext) -> list[str]:
    told: list[str] = []
    context.show_message.connect(
        lambda sentence, kind, details: told.append(f"{sentence}\n{details}") if kind != "info" else None
    )
    return told


@pytest.fixture
def window(context: AppContext, complaints: list[str], qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    yield window
    assert operations.wait_for_all(PATIENCE_MS / 1000)
    assert complaints == []


def test_every_page_and_tab_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    for page in known_pages():
        window.go_to(page.key)
        assert window.current_page == page.key
        for tabs in window.page(page.key).findChildren(QTabWidget):
            for number in range(tabs.count()):
                tabs.setCurrentIndex(number)
                assert tabs.widget(number).isVisible()
                assert operations.wait_for_all(PATIENCE_MS / 1000)


def test_a_file_goes_from_the_list_to_the_editor(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    window.go_to("files")
    files = window.page("files")
    assert isinstance(files, FilesPage)
    queue = context.file_jobs.queue
    context.file_jobs.add([SAMPLE])
    qtbot.waitUntil(lambda: [job.state for job in queue.jobs()] == [JobState.DONE], timeout=PATIENCE_MS)
    files.table.selectRow(0)
    qtbot.mouseClick(files.open_button, Qt.MouseButton.LeftButton)
    editor = window.page("editor")
    assert isinstance(editor, EditorPage)
    qtbot.waitUntil(lambda: editor.editable is not None, timeout=PATIENCE_MS)
    assert editor.editable is not None
    assert "left" in editor.editable.transcript().text.lower()
    editor.close_document()


def test_something_is_recorded(
    window: MainWindow, context: AppContext, quiet_room: QuietRoom, qtbot: QtBot
) -> None:
    live = window.page("live")
    assert isinstance(live, LivePage)
    qtbot.mouseClick(live.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.live.state is LiveState.LISTENING, timeout=PATIENCE_MS)
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(live.record_button, Qt.MouseButton.LeftButton)


def test_a_sentence_is_read_checked_kept_and_looked_over(
    window: MainWindow, speaker: Speaker, qtbot: QtBot
) -> None:
    window.go_to("voice")
    page = window.page("voice")
    assert isinstance(page, VoicePage)
    reach(page, qtbot, ReadingState.IDLE)
    take(page, qtbot, speaker)
    qtbot.mouseClick(page.read_aloud.keep_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(list(recordings_folder().glob("take-*.flac"))) == 1, timeout=PATIENCE_MS)
    page.tabs.setCurrentWidget(page.material)
    qtbot.mouseClick(page.material.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.material.report.toPlainText()), timeout=PATIENCE_MS)


def test_a_text_of_ones_own_is_learnt(window: MainWindow, complaints: list[str], qtbot: QtBot) -> None:
    window.go_to("voice")
    page = window.page("voice")
    assert isinstance(page, VoicePage)
    page.tabs.setCurrentWidget(page.texts)
    places = ("harbour", "town", "school", "bridge", "market")
    notes = [f"The {place} committee met in room {number}." for number in range(40) for place in places]
    QGuiApplication.clipboard().setText("\n\n".join(notes))
    page.texts.learning.failed.connect(complaints.append)
    qtbot.mouseClick(page.texts.own.paste_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.texts.learn_button.isEnabled, timeout=PATIENCE_MS)
    assert not page.texts.install_hint.isVisible()
    qtbot.mouseClick(page.texts.learn_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.texts.verdict.text() or complaints), timeout=PATIENCE_MS)
    assert page.texts.verdict.text()
