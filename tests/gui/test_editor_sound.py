"""Text and sound of the editor in step: what is heard, seen in the waveform, and aligned to speech."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import WordPlace
from tests.fixtures.make_fixtures import SHORT_TEXT, VoiceMissingError, spoken
from tests.gui.editor_page import WAIT, Key, messages, page, sound, texts
from tests.gui.editor_talk import talk
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["messages", "page", "sound", "virtual_microphone"]


def test_borders_that_are_dragged_move_words_and_can_be_undone(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.go_to(1)
    page.panes.waveform._region.setRegion((3.5, 6.0))
    assert page.editable is not None
    moved = page.editable.segments[1]
    assert (moved.start_seconds, moved.end_seconds) == (3.5, 6.0)
    page.commands.undo()
    assert page.panes.waveform._region.getRegion() == (4.0, 5.4)


def test_what_was_typed_is_aligned_to_real_speech(qtbot: QtBot, page: EditorPage) -> None:
    try:
        speech = spoken(SHORT_TEXT)
    except VoiceMissingError as error:
        pytest.skip(str(error))
    misheard = ["the", "coat", "came", "back"]
    words = tuple(Word(text, 0.25 * i, 0.25 * i + 0.2, 0.4) for i, text in enumerate(misheard))
    page.open_document(Transcript(str(speech), 2.2, "starter-en", (Segment(words),)), speech)
    page.view.go_to(0, 4)
    page.editable.set_text(0, "the boat came back")  # type: ignore[union-attr]
    assert page.editable is not None
    estimated = page.editable.segments[0].words[1]
    qtbot.waitUntil(lambda: page.editable.segments[0].words[1] != estimated, timeout=120_000)  # type: ignore[union-attr]
    aligned = page.editable.segments[0].words
    assert [word.text for word in aligned] == ["the", "boat", "came", "back"]
    assert aligned[0] == words[0]
    assert aligned[2:] == words[2:]
    assert (
        words[0].end_seconds <= aligned[1].start_seconds <= aligned[1].end_seconds <= words[2].start_seconds
    )
    page.commands.undo()
    assert page.editable.segments[0].words == words


def highlighted(page: EditorPage) -> list[str]:
    return [selection.cursor.selectedText() for selection in page.view.extraSelections()]


def word_at(page: EditorPage, seconds: float) -> list[str]:
    place = page.view.place_at(seconds)
    assert page.editable is not None
    return [] if place is None else [page.editable.segments[place.segment].words[place.word].text]


def test_the_word_that_is_heard_is_highlighted(
    qtbot: QtBot, page: EditorPage, sound: Path, messages: list[str], virtual_microphone: VirtualMicrophone
) -> None:
    page.open_document(talk(), sound)
    qtbot.waitUntil(lambda: page.sound.is_open, timeout=WAIT)
    page.view.setFocus()
    QTest.keyClick(page.view, Key.Key_Escape)
    assert page.sound.is_playing, messages
    qtbot.waitUntil(lambda: page.sound.position_seconds > 0.8, timeout=WAIT)
    qtbot.waitUntil(lambda: highlighted(page) == word_at(page, page.sound.position_seconds), timeout=WAIT)
    QTest.keyClick(page.view, Key.Key_F4)
    assert page.sound.speed == 1.1
    page.playing.skip(5.0)
    qtbot.waitUntil(lambda: page.sound.position_seconds > 5.0, timeout=WAIT)
    QTest.keyClick(page.view, Key.Key_Escape)
    assert not page.sound.is_playing
    before = page.sound.position_seconds
    QTest.keyClick(page.view, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.sound.position_seconds == pytest.approx(before - 3.0, abs=0.01)
    page.view.go_to(1)
    QTest.keyClick(page.view, Key.Key_F6)
    assert page.sound.loop == pytest.approx((4.0, 5.4))
    rect = page.view.choose_word(WordPlace(0, 2))
    page.sound.set_loop(None)
    page.sound.toggle()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert page.sound.is_playing
    qtbot.waitUntil(lambda: not page.sound.is_playing, timeout=WAIT)  # one word, and no more
    assert page.sound.position_seconds == pytest.approx(1.4, abs=0.01)


def test_without_a_loudspeaker_the_sentence_comes_and_editing_goes_on(
    qtbot: QtBot, page: EditorPage, sound: Path, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sounddevice

    def fail(**_: object) -> None:
        raise sounddevice.PortAudioError("no device")

    monkeypatch.setattr(sounddevice, "OutputStream", fail)
    page.open_document(talk(), sound)
    qtbot.waitUntil(lambda: page.sound.is_open, timeout=WAIT)
    page.playing.play_or_pause()
    assert any("you can still edit the text" in sentence for sentence in messages)
    page.sound.seek(4.6)
    assert page.view.extraSelections()[0].cursor.selectedText() == "thought"
    QTest.keyClicks(page.view, "So ")
    page.view.keep()
    assert texts(page)[0].startswith("So")


def test_the_waveform_is_drawn_zoomed_and_jumps(qtbot: QtBot, page: EditorPage, sound: Path) -> None:
    page.open_document(talk(), sound)
    qtbot.waitUntil(lambda: page.panes.waveform._waveform is not None, timeout=WAIT)
    assert page.panes.waveform._curve.getData()[0].size > 100
    start, end = page.panes.waveform.visible_range
    page.panes.waveform.zoom_in()
    assert page.panes.waveform.visible_range[1] - page.panes.waveform.visible_range[0] < end - start
    page.playing.go_to(8.7)
    assert page.view.segment == 2
    assert page.sound.position_seconds == pytest.approx(8.7)
