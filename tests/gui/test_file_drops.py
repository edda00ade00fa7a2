"""Files are dropped wherever the pointer is, and none ends as its address in a field."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFileOpenEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_drops import FilesFromFinder
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.export import write
from tests.gui.editor_talk import talk

BUTTON, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PATIENCE_MS = 60_000


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    return window


def data_of(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enters(widget: QWidget, data: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, BUTTON, NONE)
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def drop(widget: QWidget, data: QMimeData) -> None:
    QApplication.sendEvent(
        widget, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, BUTTON, NONE, QEvent.Type.Drop)
    )


@pytest.mark.parametrize("key", [page.key for page in known_pages()])
def test_files_dropped_on_any_page_are_queued(
    window: MainWindow, context: AppContext, tmp_path: Path, key: str, qtbot: QtBot
) -> None:
    window.go_to(key)
    data = data_of(tmp_path / "talk.wav")
    assert enters(window, data)
    assert window._drops.sign.isVisible()
    drop(window, data)
    assert not window._drops.sign.isVisible()
    assert window.current_page == "files"
    qtbot.waitUntil(lambda: bool(context.file_jobs.queue.jobs()), timeout=PATIENCE_MS)
    assert context.file_jobs.queue.jobs()[0].source == tmp_path / "talk.wav"
    # A window that closes while files are under way asks.
    qtbot.waitUntil(lambda: not context.file_jobs.queue.is_busy, timeout=PATIENCE_MS)


def test_the_sign_goes_with_the_pointer(window: MainWindow, tmp_path: Path) -> None:
    enters(window, data_of(tmp_path / "talk.wav"))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window._drops.sign.isVisible()


def test_no_field_takes_a_file_for_its_address(window: MainWindow, tmp_path: Path) -> None:
    files, words = data_of(tmp_path / "talk.wav"), QMimeData()
    words.setText("Ada Lovelace")
    seen = 0
    for page in known_pages():
        window.go_to(page.key)
        for field in window.page(page.key).findChildren(QWidget):
            if not isinstance(field, QLineEdit | QPlainTextEdit | QTextEdit) or not field.isVisible():
                continue
            target = field if isinstance(field, QLineEdit) else field.viewport()
            if field.isReadOnly() or not target.acceptDrops():
                continue
            seen += 1
            assert enters(target, words), "text is still dropped into fields"
            event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, files, BUTTON, NONE)
            event.ignore()
            QApplication.sendEvent(target, event)
            drop(target, files)
            text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
            assert "talk.wav" not in text
    assert seen


def test_a_transcript_is_opened_in_the_editor(
    window: MainWindow, context: AppContext, tmp_path: Path, qtbot: QtBot
) -> None:
    path = write(talk(), tmp_path / "talk.json", "json")
    window.open_files([path])
    page = window.page("editor")
    assert isinstance(page, EditorPage)
    qtbot.waitUntil(lambda: page.editable is not None, timeout=PATIENCE_MS)
    assert window.current_page == "editor"
    page.close_document()


def test_files_that_macos_hands_over_are_opened(qapp: QApplication, tmp_path: Path) -> None:
    opened: list[list[Path]] = []
    program = QObject()
    finder = FilesFromFinder(program, opened.append)
    file = tmp_path / "talk one.mp3"
    assert QCoreApplication.sendEvent(program, QFileOpenEvent(str(file)))
    assert opened == [[file]]
    assert not finder.eventFilter(program, QEvent(QEvent.Type.User))
