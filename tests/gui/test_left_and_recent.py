"""Where one goes on: the page and transcript that were left, recent ones, and unfinished files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_jobs import UNFINISHED
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.pages import files_page
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.jobs.file_queue import FileQueue
from tests.gui.editor_talk import talk

PATIENCE_MS = 60_000


def added(context: AppContext, folder: Path, name: str) -> int:
    source = folder / f"{name}.wav"
    source.write_bytes(b"no sound")
    return context.library.add(talk(), source)


def editor(window: MainWindow) -> EditorPage:
    page = window.page("editor")
    assert isinstance(page, EditorPage)
    return page


def opened(window: MainWindow, entry_id: int, at_seconds: float, qtbot: QtBot) -> EditorPage:
    window.context.open_transcript.emit(entry_id, at_seconds)
    page = editor(window)
    qtbot.waitUntil(lambda: page.entry_id == entry_id, timeout=PATIENCE_MS)
    return page


def test_the_editor_opens_again_where_it_was_left(context: AppContext, tmp_path: Path, qtbot: QtBot) -> None:
    entry_id = added(context, tmp_path, "talk")
    first = MainWindow(context)
    first.show()
    opened(first, entry_id, 8.5, qtbot)
    first.close()
    second = MainWindow(context)
    qtbot.addWidget(second)
    second.show()
    assert second.current_page == "editor"
    page = editor(second)
    qtbot.waitUntil(lambda: page.entry_id == entry_id, timeout=PATIENCE_MS)
    assert page.sound.position_seconds == pytest.approx(8.5)


def test_what_was_open_and_is_gone_is_no_matter(context: AppContext, tmp_path: Path, qtbot: QtBot) -> None:
    entry_id = added(context, tmp_path, "talk")
    first = MainWindow(context)
    first.show()
    opened(first, entry_id, 0.0, qtbot)
    first.close()
    context.library.delete(entry_id)
    context.library.empty_bin()
    second = MainWindow(context)
    qtbot.addWidget(second)
    second.show()
    assert operations.wait_for_all(60)
    qtbot.wait(0)
    assert second.current_page == "editor"
    assert editor(second).editable is None
    assert second.message_bar.messages() == []


def test_recent_transcripts_are_offered_while_none_is_open(
    context: AppContext, tmp_path: Path, qtbot: QtBot
) -> None:
    numbers = {name: added(context, tmp_path, name) for name in ("one", "two & a half", "three")}
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    page = opened(window, numbers["two & a half"], 0.0, qtbot)
    page.close_document()

    def offered() -> dict[str, QPushButton]:
        return {part.accessibleName(): part for part in page._nothing.recent.findChildren(QPushButton)}

    qtbot.waitUntil(lambda: list(offered()) == ["two & a half", "three", "one"], timeout=PATIENCE_MS)
    offered()["one"].click()
    qtbot.waitUntil(lambda: page.entry_id == numbers["one"], timeout=PATIENCE_MS)
    page.close_document()


def test_going_on_with_unfinished_files_shows_them(
    context: AppContext, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "left.wav"
    left.touch()
    context.remember(UNFINISHED, [str(left)])
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    context.file_jobs.begin()
    (message,) = window.message_bar.messages()
    message.action_button.click()
    assert window.current_page == "files"
    qtbot.waitUntil(lambda: bool(context.file_jobs.queue.jobs()), timeout=PATIENCE_MS)
    assert context.file_jobs.queue.jobs()[0].source == left
    qtbot.waitUntil(lambda: not context.file_jobs.queue.is_busy, timeout=PATIENCE_MS)


def test_quitting_asks_while_files_are_under_way_also_where_their_page_was_never_opened(
    context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(files_page, "is_agreed", lambda box: asked.append(box.text()) or False)
    monkeypatch.setattr(FileQueue, "is_busy", property(lambda self: True))
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    assert context.file_jobs is not None
    window.close()
    assert len(asked) == 1
    assert window.isVisible()
    monkeypatch.undo()
