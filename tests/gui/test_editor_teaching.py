"""Corrections that teach the model."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor import teaching
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.document import Segment, Transcript, Word
from tests.fixtures.make_fixtures import SHORT_TEXT, VoiceMissingError, spoken
from tests.gui.editor_page import WAIT, messages, page, sound
from tests.gui.editor_talk import talk

__all__ = ["messages", "page", "sound"]


def test_corrections_teach_the_model(
    qtbot: QtBot, page: EditorPage, context: AppContext, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: list[tuple[str, Path, str]] = []

    def teach(transcript: Transcript, source: Path, model: str) -> str:
        taught.append((transcript.text, source, model))
        return "3 sentences are ready."

    monkeypatch.setattr("asr_desktop.gui.editor.teaching.teach", teach)
    page.open_document(talk(), sound)
    with qtbot.waitSignal(context.offer, timeout=WAIT) as offered:
        page.panes.teach.click()
    assert offered.args[0] == "3 sentences are ready."
    assert taught == [(talk().text, sound, context.settings.model)]


def test_without_the_trainer_teaching_says_so(
    qtbot: QtBot, page: EditorPage, sound: Path, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "can_teach", lambda: False)
    page.open_document(talk(), sound)
    page.panes.teach.click()
    qtbot.waitUntil(
        lambda: any("trainer is not installed" in sentence for sentence in messages), timeout=WAIT
    )
    assert page.panes.teach.isEnabled()


def test_teaching_makes_pairs_of_real_speech(home: Path) -> None:
    try:
        speech = spoken(SHORT_TEXT)
    except VoiceMissingError as error:
        pytest.skip(str(error))
    words = tuple(Word(w, 0.25 * i, 0.25 * i + 0.2, 1.0) for i, w in enumerate(SHORT_TEXT.split()))
    transcript = Transcript(str(speech), 2.2, "starter-en", (Segment(words),))
    sentence = teaching.teach(transcript, speech, "starter-en")
    assert "are ready to teach the model" in sentence
    assert (teaching.pairs_folder() / "manifest.tsv").is_file()
