"""Capitals, stops and figures by one key in the editor."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import WordPlace
from tests.gui.editor_page import Key, page, texts
from tests.gui.editor_talk import said, talk

__all__ = ["page"]

Shift, Ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_a_capital_and_a_full_stop_by_key(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.choose_word(WordPlace(0, 1))

    QTest.keyClick(page.view, Key.Key_F3, Shift)
    assert texts(page)[0] == "the Weather was fine"

    page.view.choose_word(WordPlace(0, 3))
    QTest.keyClick(page.view, Key.Key_Period, Ctrl)
    assert texts(page)[:2] == ["the Weather was fine.", "On thought day"]
    QTest.keyClick(page.view, Key.Key_Period, Ctrl)
    assert texts(page)[:2] == ["the Weather was fine", "on thought day"]
    assert page.view.word_at_caret() == WordPlace(0, 3)


def test_what_was_typed_before_the_key_is_kept(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(0)
    QTest.keyClicks(page.view, "now ")

    QTest.keyClick(page.view, Key.Key_F3, Shift)

    assert texts(page)[0] == "now The weather was fine"


def test_a_segment_goes_to_figures_and_back(page: EditorPage) -> None:
    segments = (said("he paid forty dollars on may fifth", 0.0), said("and twenty five per cent", 6.0))
    page.open_document(Transcript("talk.wav", 12.0, "starter-en", segments), None)
    page.view.setFocus()
    page.view.go_to(0)

    QTest.keyClick(page.view, Key.Key_F9, Shift)
    assert texts(page) == ["he paid $40 on May 5", "and twenty five per cent"]
    assert page.commands.editable is not None
    dollars = page.commands.editable.segments[0].words[2]
    assert [word.text for word in dollars.spoken_words] == ["forty", "dollars"]

    QTest.keyClick(page.view, Key.Key_F9, Shift)
    assert texts(page)[0] == "he paid forty dollars on may fifth"
    page.commands.undo()
    assert texts(page)[0] == "he paid $40 on May 5"


def test_keys_on_an_empty_page_do_nothing(page: EditorPage) -> None:
    for action in ("capital", "full_stop", "written_form"):
        page.keys.do(action)
