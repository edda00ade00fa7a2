"""Typing into the transcript: what reaches the document, and what the text widget must not do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from asr_desktop.gui.theme import LIGHT, theme
from asr_desktop.gui.widgets.transcript_text import word_spans
from asr_desktop.gui.widgets.transcript_view import TranscriptView
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import EditableTranscript, Match, WordPlace
from tests.gui.editor_talk import talk

Key = Qt.Key


@pytest.fixture
def editable() -> EditableTranscript:
    return EditableTranscript(talk())


@pytest.fixture
def view(qtbot: QtBot, editable: EditableTranscript) -> TranscriptView:
    theme.apply("light")
    view = TranscriptView()
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.set_transcript(editable)
    view.show()
    return view


def shown(view: TranscriptView) -> list[str]:
    return view.toPlainText().split("\n")


def is_in_step(view: TranscriptView) -> bool:
    return shown(view) == [segment.text for segment in view.editable.segments]


def type_at(view: TranscriptView, segment: int, column: int, text: str) -> None:
    view.go_to(segment, column)
    QTest.keyClicks(view, text)


def test_what_is_typed_is_in_the_document_after_a_pause(
    qtbot: QtBot, view: TranscriptView, editable: EditableTranscript
) -> None:
    type_at(view, 0, 3, " cold")
    assert view.is_editing
    qtbot.waitUntil(lambda: editable.segments[0].text == "the cold weather was fine", timeout=60_000)
    assert editable.segments[0].words[2] == talk().segments[0].words[1]
    assert is_in_step(view)
    assert view.textCursor().positionInBlock() == len("the cold")


def test_return_keeps_what_was_typed_and_goes_on(view: TranscriptView, editable: EditableTranscript) -> None:
    type_at(view, 0, 0, "Today ")
    QTest.keyClick(view, Key.Key_Return)
    assert editable.segments[0].text == "Today the weather was fine"
    assert view.segment == 1
    assert not view.is_editing
    assert len(editable.segments) == 3


def test_escape_takes_the_edit_back_and_redo_brings_it_again(
    view: TranscriptView, editable: EditableTranscript
) -> None:
    type_at(view, 0, 0, "Today ")
    view.commit()
    QTest.keyClicks(view, "and yesterday ")
    QTest.keyClick(view, Key.Key_Escape)
    assert editable.segments == talk().segments
    assert is_in_step(view)
    assert not view.is_editing
    editable.redo()
    assert shown(view)[0] == "Today the weather was fine"


def test_an_emptied_segment_has_its_text_again(view: TranscriptView, editable: EditableTranscript) -> None:
    view.go_to(1)
    cursor = view.textCursor()
    cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    cursor.setPosition(cursor.block().position())
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    QTest.keyClick(view, Key.Key_Delete)
    assert shown(view)[1] == ""
    QTest.keyClick(view, Key.Key_Return)
    assert editable.segments == talk().segments
    assert is_in_step(view)


@pytest.mark.parametrize("key", [Key.Key_Backspace, Key.Key_Delete])
def test_segments_are_not_joined_by_deleting(
    view: TranscriptView, editable: EditableTranscript, key: Qt.Key
) -> None:
    refused: list[str] = []
    view.refused.connect(refused.append)
    view.go_to(1, 0 if key == Key.Key_Backspace else 99)
    QTest.keyClick(view, key)
    assert is_in_step(view)
    assert editable.segments == talk().segments
    assert len(refused) == 1


def test_a_selection_over_segments_is_copied_and_not_changed(
    view: TranscriptView, editable: EditableTranscript
) -> None:
    refused: list[str] = []
    view.refused.connect(refused.append)
    view.selectAll()
    for key in (Key.Key_Delete, Key.Key_Backspace, Key.Key_X):
        QTest.keyClick(view, key)
    view.cut()
    pasted = QMimeData()
    pasted.setText("something else")
    view.insertFromMimeData(pasted)
    assert is_in_step(view)
    assert editable.segments == talk().segments
    assert len(refused) == 5
    assert "weather" in QApplication.clipboard().text()


def test_pasted_lines_become_one(view: TranscriptView, editable: EditableTranscript) -> None:
    view.go_to(0)
    pasted = QMimeData()
    pasted.setText("first\nsecond\n\tthird ")
    pasted.setHtml("<b>first</b>")
    view.insertFromMimeData(pasted)
    QTest.keyClicks(view, " ")
    view.keep()
    assert editable.segments[0].text == "first second third the weather was fine"
    assert len(editable.segments) == 3


def test_every_change_of_the_document_is_shown(view: TranscriptView, editable: EditableTranscript) -> None:
    for change in (
        lambda: editable.split(WordPlace(0, 2)),
        lambda: editable.merge(0),
        lambda: editable.delete(2),
        lambda: editable.delete(0),
        lambda: editable.set_text(0, "something quite different"),
        lambda: editable.delete(0),
    ):
        change()
        view.commit()
        assert is_in_step(view) or not editable.segments
    assert view.isReadOnly()
    while editable.undo() is not None:
        assert is_in_step(view) or not editable.segments
    assert editable.segments == talk().segments
    assert is_in_step(view)
    assert not view.isReadOnly()


def test_split_at_the_caret_begins_with_its_word(view: TranscriptView, editable: EditableTranscript) -> None:
    view.go_to(0, 6)  # inside of "weather"
    assert view.split_at_caret()
    assert shown(view)[:2] == ["the", "weather was fine"]
    assert view.segment == 1


def test_leaving_a_segment_keeps_what_was_typed(view: TranscriptView, editable: EditableTranscript) -> None:
    type_at(view, 0, 0, "So ")
    view.go_to(2)
    assert editable.segments[0].text == "So the weather was fine"
    assert not view.is_editing


def test_doubtful_words_are_underlined_and_sure_ones_are_not(view: TranscriptView) -> None:
    def form(word: int) -> QTextCharFormat:
        start, _ = word_spans(view.editable.segments[1].words)[word]
        cursor = QTextCursor(view.document().findBlockByNumber(1))
        cursor.setPosition(cursor.position() + start + 1)
        return cursor.charFormat()

    none, dotted = QTextCharFormat.UnderlineStyle.NoUnderline, QTextCharFormat.UnderlineStyle.DotLine
    assert [form(word).underlineStyle() for word in range(3)] == [none, dotted, dotted]
    assert form(1).foreground().color() == QColor(LIGHT.doubtful)
    view.editable.confirm_word(WordPlace(1, 1))
    assert form(1).underlineStyle() == none


def test_the_word_that_is_heard_is_found_and_highlighted(view: TranscriptView) -> None:
    assert view.place_at(0.7) == WordPlace(0, 1)
    assert view.place_at(6.0) == WordPlace(1, 2)  # in the pause after it
    assert view.place_at(99.0) == WordPlace(2, 3)
    view.show_spoken(4.6, follow=True)
    (selection,) = view.extraSelections()
    assert selection.cursor.selectedText() == "thought"
    view.editable.set_borders(0, 0.2, 1.9)
    assert view.place_at(0.1) is None


def test_matches_are_marked_and_the_current_one_selected(view: TranscriptView) -> None:
    matches = [Match(0, 4, 11), Match(2, 3, 7)]
    view.show_matches(matches, matches[1])
    assert view.textCursor().selectedText() == "went"
    marked = [selection.cursor.selectedText() for selection in view.extraSelections()]
    assert marked == ["weather", "went", "went"], "the current one is seen whoever has the keys"
    view.go_to(0)
    assert len(view.extraSelections()) == 2


def test_a_click_tells_its_word_and_the_margin_its_segment(qtbot: QtBot, view: TranscriptView) -> None:
    clicked: list[tuple[int, int]] = []
    times: list[int] = []
    view.word_clicked.connect(lambda segment, word: clicked.append((segment, word)))
    view.time_clicked.connect(times.append)
    rect = view.choose_word(WordPlace(1, 1))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, rect.center().y()))
    assert clicked == [(1, 1)]
    assert times == [1]


def test_text_without_spaces_between_words_has_spans() -> None:
    words = [Word("今日", 0, 1, 1), Word("は", 1, 2, 1), Word("ABC", 2, 3, 1), Word("def", 3, 4, 1)]
    text = Segment(tuple(words)).text
    assert [text[start:stop] for start, stop in word_spans(words)] == ["今日", "は", "ABC", "def"]


def test_a_change_of_the_look_keeps_text_and_place(
    view: TranscriptView, editable: EditableTranscript
) -> None:
    type_at(view, 2, 3, "all ")
    theme.apply("dark")
    theme.apply("light")
    assert is_in_step(view)
    assert editable.segments[2].text == "we all went out together"
    assert view.segment == 2
    view.choose_word(WordPlace(1, 1))
    theme.apply("dark")
    theme.apply("light")
    assert view.textCursor().selectedText() == "thought"


def test_an_empty_transcript_can_be_shown(qtbot: QtBot) -> None:
    view = TranscriptView()
    qtbot.addWidget(view)
    view.set_transcript(EditableTranscript(Transcript("silence.wav", 3.0, "m", ())))
    view.show()
    QTest.keyClicks(view, "abc")
    view.show_spoken(1.0, follow=True)
    assert view.toPlainText() == ""
    assert view.word_at_caret() is None
