"""The whole road in one window, with real sound and the shipped model: from what is said, or a folder of
files, to a corrected document, and back to it by a word.

What each page does by itself is tested beside this; a program that is killed, in test_recovery.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from asr_desktop.audio.read import read_all
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.gui.pages.files_page import FilesPage
from asr_desktop.gui.pages.first_run import FirstRun
from asr_desktop.gui.pages.library_page import LibraryPage
from asr_desktop.gui.pages.live_page import LivePage
from asr_desktop.gui.widgets.export_dialog import ExportDialog
from asr_desktop.jobs.job import JobState
from asr_desktop.recognition.live_events import Final, Partial
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_media import write
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

pytestmark = pytest.mark.real_recogniser

PATIENCE_MS = 240_000
RATE = 16_000
NEW_WORD = "lighthouse"
"""No speaker says it: found in the library, it was typed in the editor."""

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def speech() -> Path:
    try:
        return spoken("the boat came back in the evening and the people went home")
    except VoiceMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE_MS)


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    """As app.main makes it."""
    context.change_settings(threads=1)
    window = MainWindow(context)

    def stop(window: MainWindow) -> None:
        """Before it is closed: nobody is there to answer a question."""
        if context.live.state is not LiveState.IDLE:
            with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
                context.live.stop()
        editor_of(window).close_document()

    qtbot.addWidget(window, before_close_func=stop)
    window.show()
    with qtbot.waitActive(window, timeout=PATIENCE_MS):
        window.activateWindow()
    return window


def live_of(window: MainWindow) -> LivePage:
    page = window.page("live")
    assert isinstance(page, LivePage)
    return page


def editor_of(window: MainWindow) -> EditorPage:
    page = window.page("editor")
    assert isinstance(page, EditorPage)
    return page


def library_of(window: MainWindow) -> LibraryPage:
    page = window.page("library")
    assert isinstance(page, LibraryPage)
    return page


def correct(window: MainWindow, until: Until, qtbot: QtBot) -> None:
    """Type a word at the beginning, and wait until it is kept by itself."""
    page = editor_of(window)
    until(lambda: page.editable is not None and bool(page.editable.segments))
    entry_id = page.entry_id
    assert entry_id is not None
    page.view.setFocus()
    page.view.go_to(0)
    qtbot.keyClicks(page.view, f"{NEW_WORD} ")
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    until(lambda: NEW_WORD in window.context.library.transcript(entry_id).text.split())


def export(window: MainWindow, path: Path, format_name: str, until: Until, qtbot: QtBot) -> None:
    page = editor_of(window)
    page.panes.export.click()
    dialog = page.exporting.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.format.setCurrentIndex(dialog.format.findData(format_name))
    dialog.place.setText(str(path))
    dialog.place.setFocus()
    until(dialog.place.hasFocus)  # until then the window's keys are the editor's
    qtbot.keyClick(dialog.place, Qt.Key.Key_Return)
    until(path.exists)
    until(lambda: any("Exported to" in message.sentence for message in window.message_bar.messages()))


def find_again(window: MainWindow, word: str, until: Until, qtbot: QtBot) -> float:
    """Search a word in the library, open its hit; where the editor stands then, in seconds."""
    opened: list[float] = []
    window.context.open_transcript.connect(lambda _entry, at_seconds: opened.append(at_seconds))
    window.go_to("library")
    page = library_of(window)
    qtbot.keyClicks(page.search, word)
    until(lambda: page.summary.text().startswith("1 match"))
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    until(lambda: bool(opened))
    assert window.current_page == "editor"
    until(lambda: editor_of(window).editable is not None)
    return opened[0]


def test_from_the_first_sentence_to_a_document_and_back_to_it_by_a_word(
    virtual_microphone: VirtualMicrophone,
    window: MainWindow,
    context: AppContext,
    speech: Path,
    tmp_path: Path,
    until: Until,
    qtbot: QtBot,
) -> None:
    window.welcome()
    steps = window.findChild(FirstRun)
    assert isinstance(steps, FirstRun)
    until(lambda: context.devices.is_known and steps.start_button.isEnabled())
    qtbot.keyClick(steps.start_button, Qt.Key.Key_Return)
    until(lambda: context.live.state is LiveState.LISTENING)

    heard: list[object] = []
    context.live.heard.connect(heard.append)
    sound: NDArray[np.float32] = np.concatenate([read_all(speech), np.zeros(RATE, np.float32)])
    virtual_microphone.play(sound, RATE)
    until(lambda: any(isinstance(event, Partial) for event in heard))
    until(lambda: any(isinstance(event, Final) and event.words for event in heard))
    live = live_of(window)
    said = live.captions.text()
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
        qtbot.keyClick(live, Qt.Key.Key_F9)
    assert said.split()[0] in live.captions.text().split()

    assert live.end.isVisible()
    qtbot.keyClicks(live.end.name, "The boat")
    qtbot.mouseClick(live.end.open_button, Qt.MouseButton.LeftButton)
    assert window.current_page == "editor"
    correct(window, until, qtbot)

    export(window, tmp_path / "boat.txt", "txt", until, qtbot)
    assert NEW_WORD in (tmp_path / "boat.txt").read_text(encoding="utf-8-sig")
    export(window, tmp_path / "boat.srt", "srt", until, qtbot)
    assert "-->" in (tmp_path / "boat.srt").read_text(encoding="utf-8-sig")
    export(window, tmp_path / "boat.docx", "docx", until, qtbot)

    window.go_to("files")
    at_seconds = find_again(window, NEW_WORD, until, qtbot)
    (entry,) = context.library.entries()
    assert entry.title == "The boat"
    assert 0 <= at_seconds < entry.duration_seconds
    assert context.library.audio_path(entry.id) is not None


def test_from_a_folder_of_files_to_a_document_and_back_to_it_by_a_word(
    window: MainWindow, context: AppContext, speech: Path, tmp_path: Path, until: Until, qtbot: QtBot
) -> None:
    folder = tmp_path / "Ä folder with spaces"
    (folder / "inside").mkdir(parents=True)
    shutil.copy(speech, folder / "talk.wav")
    write(folder / "inside" / "talk.mp3", read_all(speech), RATE)
    (folder / "broken.flac").write_bytes(b"no sound at all")
    (folder / "notes.txt").write_text("nobody asked for this one")
    window.go_to("files")
    page = window.page("files")
    assert isinstance(page, FilesPage)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dragEnterEvent(QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, data, buttons, keys))
    page.dropEvent(QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, buttons, keys))
    until(lambda: {job.state for job in page.model.jobs()} == {JobState.DONE, JobState.FAILED})
    states = {job.source.name: job.state for job in page.model.jobs()}
    assert states == {
        "broken.flac": JobState.FAILED,
        "talk.wav": JobState.DONE,
        "talk.mp3": JobState.DONE,
    }
    assert "1 failed" in page.summary.text()
    assert (folder / "talk.txt").exists()

    page.table.setFocus()
    row = next(n for n, job in enumerate(page.model.jobs()) if job.source.name == "talk.wav")
    page.table.selectRow(row)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert window.current_page == "editor"
    correct(window, until, qtbot)
    export(window, tmp_path / "talk.vtt", "vtt", until, qtbot)
    assert NEW_WORD in (tmp_path / "talk.vtt").read_text(encoding="utf-8-sig")
    find_again(window, NEW_WORD, until, qtbot)
    assert len(context.library.entries()) == 2
