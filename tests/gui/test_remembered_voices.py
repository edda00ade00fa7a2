"""Voices that are remembered: only when somebody wants it, and until somebody deletes them."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from asr_desktop.base.errors import SpeakersError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.speakers_menu import MOST_HEARD_SECONDS, stretches_of
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.gui.pages.settings_page import VoicesCard
from asr_desktop.speakers.voices import LENGTH, VoiceStore
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import EditableTranscript
from asr_desktop.transcripts.export import FORMATS, render
from tests.gui.editor_page import WAIT, messages, page, sound
from tests.gui.editor_talk import talk

__all__ = ["messages", "page", "sound"]


@dataclass
class Described:
    voiceprint: tuple[float, ...]
    heard_seconds: float


class Listener:
    """In the recogniser's place; `problem` is what it says instead of an answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[Path, list[tuple[float, float]]]] = []
        self.problem: str | None = None
        self.was_cancelled = False
        self.answers = threading.Event()
        self.answers.set()

    def describe_voice(self, path: Path, stretches: Sequence[tuple[float, float]]) -> Listener:
        self.asked.append((path, list(stretches)))
        return self

    def result(self) -> Described:
        assert self.answers.wait(WAIT / 1000)
        if self.problem is not None:
            raise SpeakersError(self.problem)
        return Described((1.0, *[0.0] * (LENGTH - 1)), 12.0)

    def cancel(self) -> None:
        self.was_cancelled = True
        self.answers.set()

    def close(self) -> None:
        pass


@pytest.fixture
def listener(context: AppContext) -> Listener:
    listener = Listener()
    context._files_engine = listener  # type: ignore[assignment]
    return listener


def interview() -> Transcript:
    names = ("Ada", "Speaker 2", "Ada")
    segments = tuple(replace(s, speaker=n) for s, n in zip(talk().segments, names, strict=True))
    return replace(talk(), segments=segments)


def remember_action(page: EditorPage, name: str) -> bool:
    """Chooses it in the list of speakers; whether that can be done."""
    page.speakers_menu.open()
    menu = [menu for menu in page.panes.findChildren(QMenu) if menu.parent() is page.panes][-1]
    (of_speaker,) = (a.menu() for a in menu.actions() if a.menu() is not None and f"  {name} ·" in a.text())
    (action,) = (a for a in of_speaker.actions() if a.text() == "Remember this voice…")
    is_possible = action.isEnabled()
    action.trigger()
    menu.close()
    return is_possible


def answer(page: EditorPage, role: QMessageBox.ButtonRole) -> None:
    question = page.voices.question
    assert question is not None
    (chosen,) = (button for button in question.buttons() if question.buttonRole(button) is role)
    chosen.click()


def test_a_voice_is_remembered_when_that_is_wanted(
    qtbot: QtBot, page: EditorPage, context: AppContext, listener: Listener, sound: Path
) -> None:
    page.open_document(interview(), sound)
    assert remember_action(page, "Ada")
    answer(page, QMessageBox.ButtonRole.RejectRole)
    assert listener.asked == []
    assert VoiceStore().voices() == ()
    assert remember_action(page, "Ada")
    with qtbot.waitSignal(context.voices_changed, timeout=WAIT):
        answer(page, QMessageBox.ButtonRole.AcceptRole)
    said = [s for s in interview().segments if s.speaker == "Ada"]
    assert listener.asked == [(sound, [(s.start_seconds, s.end_seconds) for s in said])]
    (voice,) = VoiceStore().voices()
    assert (voice.name, voice.heard_seconds) == ("Ada", 12.0)


def test_without_a_name_or_without_sound_no_voice_is_remembered(
    page: EditorPage, listener: Listener, sound: Path
) -> None:
    page.open_document(interview(), sound)
    assert not remember_action(page, "Speaker 2")
    page.open_document(interview(), None)
    assert not remember_action(page, "Ada")
    assert page.voices.question is None
    assert listener.asked == []


def test_a_transcript_that_is_closed_remembers_nothing_more(
    qtbot: QtBot, page: EditorPage, listener: Listener, sound: Path
) -> None:
    listener.answers.clear()
    page.open_document(interview(), sound)
    remember_action(page, "Ada")
    answer(page, QMessageBox.ButtonRole.AcceptRole)
    operation = page.voices._operation
    assert operation is not None
    page.open_document(interview(), sound)
    assert listener.was_cancelled
    qtbot.waitUntil(lambda: operation.is_done, timeout=WAIT)
    assert VoiceStore().voices() == ()


def test_why_a_voice_cannot_be_remembered_is_said(
    qtbot: QtBot, page: EditorPage, listener: Listener, sound: Path, messages: list[str]
) -> None:
    listener.problem = "There is too little speech of this voice."
    page.open_document(interview(), sound)
    remember_action(page, "Ada")
    answer(page, QMessageBox.ButtonRole.AcceptRole)
    qtbot.waitUntil(lambda: listener.problem in messages, timeout=WAIT)
    assert VoiceStore().voices() == ()


def test_of_a_long_interview_the_longest_segments_are_heard() -> None:
    def said(start: float, seconds: float) -> Segment:
        return Segment((Word("so", start, start + seconds, 0.9),), "Ada")

    segments = tuple(said(100.0 * i, 60.0 if i % 2 else 5.0) for i in range(12))
    heard = stretches_of(EditableTranscript(Transcript("a.wav", 1200.0, "m", segments)), "Ada")
    assert heard == [(100.0, 160.0), (300.0, 360.0), (500.0, 560.0)]
    assert sum(end - start for start, end in heard) == MOST_HEARD_SECONDS


def test_no_export_holds_anything_of_a_voice(home: Path) -> None:
    VoiceStore().remember("Ada", [0.123456] * LENGTH, 30.0)
    ((voiceprint, *_), *_) = (voice.voiceprint for voice in VoiceStore().voices())
    for name in FORMATS:
        assert str(voiceprint).encode() not in render(interview(), name)
    keys = {key for segment in json.loads(render(interview(), "json"))["segments"] for key in segment}
    assert keys == {"start", "end", "text", "confidence", "speaker", "words"}


def shown(card: VoicesCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if " · " in label.text()]


def test_voices_are_listed_and_deleted_in_the_settings(context: AppContext, qtbot: QtBot) -> None:
    card = VoicesCard(context)
    qtbot.addWidget(card)
    card.show()
    assert card.hint.text().startswith("None.")
    assert not card.delete_all.isVisible()
    for name in ("Ada", "Ben", "Carla"):
        VoiceStore().remember(name, [1.0, *[0.0] * (LENGTH - 1)], 75.0)
    context.voices_changed.emit()
    qtbot.waitUntil(lambda: len(shown(card)) == 3, timeout=WAIT)
    assert shown(card)[1] == "Ben · 1:15 heard"
    (forget,) = (b for b in card.findChildren(QToolButton) if b.accessibleName() == "Forget the voice of Ben")
    forget.click()
    qtbot.waitUntil(lambda: len(shown(card)) == 2, timeout=WAIT)
    assert [voice.name for voice in VoiceStore().voices()] == ["Ada", "Carla"]
    card.delete_all.click()
    qtbot.waitUntil(lambda: shown(card) == [], timeout=WAIT)
    assert VoiceStore().voices() == ()
    assert not VoiceStore().path.exists()


def test_a_damaged_file_of_voices_is_told_and_can_be_deleted(context: AppContext, qtbot: QtBot) -> None:
    VoiceStore().path.parent.mkdir(parents=True, exist_ok=True)
    VoiceStore().path.write_text("{")
    card = VoicesCard(context)
    qtbot.addWidget(card)
    card.show()
    qtbot.waitUntil(lambda: "cannot be read" in card.hint.text(), timeout=WAIT)
    card.delete_all.click()
    qtbot.waitUntil(lambda: card.hint.text().startswith("None."), timeout=WAIT)
