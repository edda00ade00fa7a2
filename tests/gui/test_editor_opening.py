"""A transcript opens at its beginning with its times, and the page says that it is on its way."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.pages import editor_page
from asr_desktop.gui.widgets.transcript_margin import TranscriptMargin
from asr_desktop.transcripts.document import Segment, Transcript, Word

PATIENCE_MS = 60_000


def long_talk(segments: int, first_word: str = "word") -> Transcript:
    """Each segment takes several lines; the first word comes after the beginning of the sound."""
    return Transcript(
        "talk.wav",
        5.0 * segments,
        "starter-en",
        tuple(
            Segment(
                tuple(
                    Word(f"{first_word}{i}", 5 * i + j * 0.2 + 0.3, 5 * i + j * 0.2 + 0.4, 0.9)
                    for j in range(22)
                )
            )
            for i in range(segments)
        ),
    )


def test_the_first_transcript_shows_its_times_at_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt lays a long text out bit by bit; meanwhile its hit test finds another line than the first."""
    painted: list[int] = []
    paint = TranscriptMargin.paint

    def note(self: TranscriptMargin, segments: Any, first: QTextBlock, bottom: int) -> None:
        painted.append(first.blockNumber())
        paint(self, segments, first, bottom)

    monkeypatch.setattr(TranscriptMargin, "paint", note)
    window.go_to("editor")
    page: Any = window.page("editor")
    page.open_document(long_talk(900), None)
    qtbot.waitUntil(lambda: bool(painted), timeout=PATIENCE_MS)
    assert painted[0] == 0


def test_the_first_line_in_sight_is_found_wherever_the_text_stands(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("editor")
    page: Any = window.page("editor")
    page.open_document(long_talk(60), None)
    view = page.view
    bar = view.verticalScrollBar()
    for place in (0, 1, bar.maximum() // 3, bar.maximum()):
        bar.setValue(place)
        first = view._margin.first_in_sight()
        assert view._margin.block_rect(first).bottom() >= 0
        if first.blockNumber():
            assert view._margin.block_rect(first.previous()).bottom() < 0


def test_another_transcript_begins_at_its_top(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("editor")
    page: Any = window.page("editor")
    page.open_document(long_talk(60), None)
    page.view.go_to(50)
    qtbot.wait(0)
    assert page.view.verticalScrollBar().value() > 0
    page.open_document(long_talk(60, "other"), None)
    qtbot.wait(0)
    assert page.view.verticalScrollBar().value() == 0
    assert page.view.segment == 0


def test_while_one_is_opened_the_page_says_so_and_no_key_leads_away(
    window: MainWindow, context: AppContext, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_come = threading.Event()
    load = editor_page.from_library

    def slowly(*arguments: Any) -> Any:
        may_come.wait(60)
        return load(*arguments)

    monkeypatch.setattr(editor_page, "from_library", slowly)
    source = tmp_path / "talk.wav"
    source.write_bytes(b"")
    entry_id = context.library.add(long_talk(3), source)
    context.open_transcript.emit(entry_id, 0.0)
    page: Any = window.page("editor")
    assert page.opening.isVisible()
    assert not isinstance(QApplication.focusWidget(), QAbstractButton)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        qtbot.keyClick(QApplication.focusWidget() or window, key)
    assert window.current_page == "editor"
    may_come.set()
    qtbot.waitUntil(lambda: page.editable is not None, timeout=PATIENCE_MS)
    assert page.panes.isVisible()
    assert page.view.hasFocus()


def test_one_that_cannot_be_opened_leaves_what_was_there(
    window: MainWindow, context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    window.go_to("editor")
    page: Any = window.page("editor")
    page.open_document(long_talk(3), None)
    (tmp_path / "none.json").write_text("no transcript", encoding="utf-8")
    page.open_file(tmp_path / "none.json")
    qtbot.waitUntil(lambda: page.panes.isVisible(), timeout=PATIENCE_MS)
    assert page.editable is not None
    assert window.message_bar.messages()[0].kind == "error"
