"""The Editor page as a person uses it: by keys and clicks, with real sound where there is some."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QInputDialog,
    QLineEdit,
    QTableView,
    QTextEdit,
)
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.document import Segment, Transcript, Word
from tests.gui.editor_page import WAIT, Key, messages, page, sound, texts
from tests.gui.editor_talk import talk

__all__ = ["messages", "page", "sound"]


def test_without_a_transcript_every_key_is_harmless(page: EditorPage, context: AppContext) -> None:
    for name, shortcut in context.shortcuts.bound().items():
        if name.startswith("editor."):
            shortcut.activated.emit()
    assert page.editable is None
    assert page.can_close()


def test_a_transcript_whose_sound_is_gone_can_be_corrected(
    qtbot: QtBot, page: EditorPage, messages: list[str]
) -> None:
    saved: list[Transcript] = []
    page.open_document(talk(), None, saved.append)
    assert "you can still edit the text" in messages[0]
    page.view.go_to(0)
    QTest.keyClicks(page.view, "So ")
    QTest.keyClick(page.view, Key.Key_Escape)  # takes back
    assert texts(page) == talk().text.split("\n")
    page.view.go_to(0)
    QTest.keyClicks(page.view, "Well ")
    page.save()
    qtbot.waitUntil(lambda: bool(saved), timeout=WAIT)
    assert saved[-1].segments[0].text == "Well the weather was fine"


def test_undo_split_join_and_delete_by_key(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(0, 4)
    QTest.keyClick(page.view, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert texts(page)[:2] == ["the", "weather was fine"]
    page.view.go_to(0)
    QTest.keyClick(page.view, Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert texts(page) == talk().text.split("\n")
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.view, Key.Key_Backspace, control_shift)
    assert len(texts(page)) == 2
    for _ in range(3):
        QTest.keyClick(page.view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.editable is not None
    assert page.editable.segments == talk().segments
    QTest.keyClick(page.view, Key.Key_Z, control_shift)
    assert texts(page)[:2] == ["the", "weather was fine"]


def test_keys_are_rebound_like_a_pedals(page: EditorPage, context: AppContext) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(0)
    assert context.shortcuts.rebind("editor.merge", QKeySequence("F13")) is None
    QTest.keyClick(page.view, Key.Key_F13)
    assert len(texts(page)) == 2
    assert context.shortcuts.rebind("editor.split", QKeySequence("Alt+Left")) == "Skip back"


def test_going_to_a_time_that_somebody_noted(page: EditorPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("0:08.6", True))
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.view, Key.Key_G, control_shift)
    assert page.view.segment == 2
    assert page.sound.position_seconds == pytest.approx(8.6)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("soon", True))
    page.panes.playback.position.click()
    assert page.sound.position_seconds == pytest.approx(8.6)
    assert page.panes.state.text() == "“soon” is not a valid time."


def test_back_to_the_segment_before_by_key(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(1)
    QTest.keyClicks(page.view, "Yes ")
    QTest.keyClick(page.view, Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert page.view.segment == 0
    assert texts(page)[1] == "Yes on thought day"


def test_find_and_replace(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.searching.open_bar()
    bar = page.panes.find_bar
    bar.text.setText("we")
    assert bar.count.text() == "1 of 3"
    assert page.view.textCursor().selectedText() == "we"
    page.searching.find_next()
    assert bar.count.text() == "2 of 3"
    page.searching.find_next(-1)
    assert bar.count.text() == "1 of 3"
    bar.whole_words.setChecked(True)
    assert bar.count.text() == "1 of 1"
    bar.replacement.setText("they")
    bar.replace.click()
    assert texts(page)[2] == "they went out together"
    assert bar.count.text() == "Not found"
    bar.whole_words.setChecked(False)
    bar.text.setText("e")
    bar.replacement.setText("E")
    bar.replace_all.click()
    assert texts(page)[0] == "thE wEathEr was finE"
    page.commands.undo()
    assert texts(page)[0] == "the weather was fine"


def test_esc_closes_the_find_bar_and_plays_nothing(page: EditorPage, sound: Path) -> None:
    page.open_document(talk(), sound)
    for part in (page.panes.find_bar.text, page.panes.find_bar.replacement, page.panes.find_bar.match_case):
        page.searching.open_bar()
        part.setFocus()
        QTest.keyClick(part, Key.Key_Escape)
        assert not page.panes.find_bar.isVisible()
        assert not page.sound.is_playing
        assert page.view.hasFocus()


def test_every_control_has_a_name(page: EditorPage) -> None:
    page.open_document(talk(), None)
    for kind in (QAbstractButton, QComboBox, QLineEdit, QTextEdit):
        for control in page.findChildren(kind):
            if isinstance(control.parent(), QComboBox | QLineEdit | QAbstractSpinBox | QTableView):
                continue  # Qt's own parts of a control
            assert control.accessibleName() or getattr(control, "text", str)(), control


def test_an_hour_opens_and_takes_a_letter(qtbot: QtBot, page: EditorPage) -> None:
    words = [Word(f"word{i}", i * 0.33, i * 0.33 + 0.3, (i % 10) / 10) for i in range(10_000)]
    segments = tuple(Segment(tuple(words[i : i + 10])) for i in range(0, 10_000, 10))
    page.open_document(Transcript("hour.wav", 3600.0, "m", segments), None)
    page.grab()
    page.view.go_to(500)
    QTest.keyClicks(page.view, "a")
    page.view.keep()
    assert texts(page)[500].startswith("aword5000")
