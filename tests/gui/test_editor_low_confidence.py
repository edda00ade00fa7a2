"""From one doubtful word to the next, with the recogniser's other guesses."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from asr_desktop.gui.editor.low_confidence import AlternativesMenu
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.recognition.alternatives import Alternative
from asr_desktop.recognition.realignment import SecondLook
from asr_desktop.transcripts.document import Transcript, Word
from tests.gui.editor_page import WAIT, Key, page, sound, texts
from tests.gui.editor_talk import said, talk

__all__ = ["page", "sound"]


def test_the_next_doubtful_word_and_its_guesses(
    qtbot: QtBot, page: EditorPage, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def guesses(
        self: SecondLook, source: Path, words: list[Word], index: int, **_: float
    ) -> list[Alternative]:
        asked.append(index)
        return [Alternative("that", 0.6), Alternative("", 0.2)]

    monkeypatch.setattr(SecondLook, "alternatives", guesses)
    monkeypatch.setattr(page.playing, "play_around", lambda place: None)
    page.open_document(talk(), sound)
    page.doubts.next_doubtful()
    assert page.view.textCursor().selectedText() == "thought"
    qtbot.waitUntil(
        lambda: page.doubts.menu is not None and len(page.doubts.menu.actions()) == 7, timeout=WAIT
    )
    assert page.doubts.menu is not None
    assert [action.text() for action in page.doubts.menu.actions() if action.text()] == [
        "“thought” is correct",
        "&1  that",
        "&2  Delete word",
        "Play again",
        "Next doubtful word",
    ]
    page.doubts.menu.actions()[2].trigger()
    assert texts(page)[1] == "on that day"
    page.doubts.menu.close()
    page.doubts.next_doubtful()
    assert page.view.textCursor().selectedText() == "day"
    assert page.doubts.menu is not None
    page.doubts.menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: asked == [1, 2], timeout=WAIT)
    assert page.editable is not None
    assert [word.confidence for word in page.editable.segments[1].words] == [0.9, 1.0, 1.0]
    page.doubts.menu.close()
    page.doubts.next_doubtful()
    assert "No doubtful words left" in page.panes.state.text()


def test_doubtful_words_come_in_reading_order(page: EditorPage) -> None:
    page.open_document(
        Transcript(
            "talk.wav",
            12.0,
            "starter-en",
            (said("a b c", 0.0, 0.4), said("d e", 4.0, 0.1), said("f", 8.0, 0.3)),
        ),
        None,
    )
    shown = []
    for _ in range(6):
        page.doubts.next_doubtful()
        shown.append(page.view.textCursor().selectedText())
        assert page.doubts.menu is not None
        page.doubts.menu.close()
    assert shown == ["a", "b", "c", "d", "e", "f"]


def test_typing_at_the_menu_replaces_the_word(
    qtbot: QtBot, page: EditorPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open_document(talk(), None)
    page.doubts.next_doubtful()
    assert page.doubts.menu is not None
    QTest.keyClick(page.doubts.menu, Key.Key_T)
    qtbot.waitUntil(lambda: page.view.is_editing, timeout=WAIT)
    QTest.keyClicks(page.view, "hat")
    page.view.keep()
    assert texts(page)[1] == "on that day"


def test_a_word_has_one_menu_however_often_it_is_asked_for(
    qtbot: QtBot, page: EditorPage, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SecondLook, "alternatives", lambda *_, **__: [Alternative("that", 0.6)])
    monkeypatch.setattr(page.playing, "play_around", lambda place: None)
    page.open_document(talk(), sound)
    page.doubts.next_doubtful()
    page.doubts.show_guesses()  # its key reaches the window through the open menu
    qtbot.waitUntil(
        lambda: page.doubts.menu is not None and len(page.doubts.menu.actions()) == 6, timeout=WAIT
    )
    shown = [menu for menu in page.findChildren(AlternativesMenu) if menu.isVisible()]
    assert shown == [page.doubts.menu]
    shown[0].close()
