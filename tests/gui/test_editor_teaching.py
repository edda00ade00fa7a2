"""Corrections that teach the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor import teaching
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.recognition.worker.process_emissions import ProcessEmissions
from asr_desktop.transcripts.document import Segment, Transcript, Word
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.gui.editor_page import WAIT, messages, page, sound
from tests.gui.editor_talk import talk

__all__ = ["messages", "page", "sound"]

SENTENCE = "the old man sat down by the fire and began to tell his story"


def test_corrections_teach_the_model(
    qtbot: QtBot, page: EditorPage, context: AppContext, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: list[tuple[str, Path, str, str | None]] = []

    def teach(transcript: Transcript, source: Path, model: ProcessEmissions, *, said_by: str | None) -> str:
        taught.append((transcript.text, source, model.choice.model, said_by))
        return "3 sentences are ready."

    monkeypatch.setattr("asr_desktop.gui.editor.teaching.teach", teach)
    page.open_document(talk(), sound)
    with qtbot.waitSignal(context.offer, timeout=WAIT) as offered:
        page.panes.teach.click()
    assert offered.args[0] == "3 sentences are ready."
    assert taught == [(talk().text, sound, context.settings.model, None)]


def test_of_several_speakers_one_is_me(
    qtbot: QtBot, page: EditorPage, context: AppContext, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: list[str | None] = []

    def teach(transcript: Transcript, source: Path, model: ProcessEmissions, *, said_by: str | None) -> str:
        taught.append(said_by)
        return "Ready."

    monkeypatch.setattr("asr_desktop.gui.editor.teaching.teach", teach)
    names = ("Ada", "Speaker 2", "Ada")
    segments = tuple(
        replace(segment, speaker=name, is_confirmed=index == 2)
        for index, (segment, name) in enumerate(zip(talk().segments, names, strict=True))
    )
    page.open_document(replace(talk(), segments=segments), sound)
    for chosen, expected in (("Ada", "Ada"), (None, "Ada"), ("", None)):  # None: what is chosen already
        page.panes.teach.click()
        dialog = page.teaching.dialog
        assert dialog is not None
        assert [choice.text() for choice in dialog.choices.values()] == [
            "Ada (corrected or confirmed: 1)",
            "Speaker 2 (corrected or confirmed: 0)",
            "Everyone (corrected or confirmed: 1)",
        ]
        if chosen is not None:
            dialog.choices[chosen].click()
        with qtbot.waitSignal(context.offer, timeout=WAIT):
            dialog.agree_button.click()
        assert taught[-1] == expected


def test_teaching_makes_pairs_of_real_speech(home: Path) -> None:
    try:
        speech = spoken(SENTENCE)
    except VoiceMissingError as error:
        pytest.skip(str(error))
    words = tuple(Word(w, 0.25 * i, 0.25 * i + 0.2, 1.0) for i, w in enumerate(SENTENCE.split()))
    transcript = Transcript(str(speech), 3.6, "starter-en", (Segment(words),))
    with pytest.raises(teaching.TeachingError, match="have not corrected or confirmed anything here"):
        teaching.teach(transcript, speech, "starter-en")
    assert not teaching.pairs_folder().exists()
    transcript = replace(transcript, segments=(Segment(words, is_confirmed=True),))
    sentence = teaching.teach(transcript, speech, "starter-en")
    assert sentence.startswith("Sentences ready for training: ")
    manifest = (teaching.pairs_folder() / "manifest.tsv").read_text(encoding="utf-8")
    assert SENTENCE in manifest


def test_a_segment_is_confirmed_by_a_key_and_in_the_menu_and_that_is_undone(
    qtbot: QtBot, page: EditorPage, sound: Path
) -> None:
    page.open_document(talk(), sound)
    assert page.editable is not None

    def confirmed() -> list[bool]:
        assert page.editable is not None
        return [segment.is_confirmed for segment in page.editable.segments]

    qtbot.keyClick(page.view, Qt.Key.Key_F10, Qt.KeyboardModifier.ControlModifier)
    assert (confirmed(), page.view.segment) == ([True, False, False], 1)
    page.keys.do("undo")
    assert confirmed() == [False, False, False]
    page.view.selectAll()
    page.keys.do("confirm_segment")
    assert confirmed() == [True, True, True]
    assert page.commands.is_confirmed
    page.view.go_to(1)
    page.menu.open(page.mapToGlobal(page.rect().center()))
    menu = page.panes.findChild(QMenu)
    assert menu is not None
    taken_back = next(a for a in menu.actions() if a.text().startswith("Remove confirmation"))
    taken_back.trigger()
    menu.close()
    assert confirmed() == [True, False, True]
    page.view.go_to(1)
    assert not page.commands.is_confirmed


def test_confirming_shows_a_tick_and_moves_no_text(page: EditorPage, sound: Path) -> None:
    page.open_document(talk(), sound)
    before = page.view.grab().toImage()
    text_left = page.view.cursorRect().left()
    page.keys.do("confirm_segment")
    page.view.go_to(0)
    assert page.view.cursorRect().left() == text_left
    assert page.view.grab().toImage() != before
