"""Read aloud: sentences with a microphone and a check, kept or read again, and a text of one's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from asr_desktop.audio.devices import InputDevice
from asr_desktop.audio.recorder import Recorder
from asr_desktop.gui import voice_reading
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.voice_page import VoicePage
from asr_desktop.gui.voice_reading import ReadingState
from asr_desktop.teaching.own_voice import recordings_folder, training_folder
from asr_desktop.teaching.wizard.wizard import Wizard
from tests.gui.voice_page import PATIENCE_MS, RATE, SENTENCES, Speaker, page, press, problems, speaker, take

__all__ = ["page", "problems", "speaker"]


def test_sentences_are_read_kept_and_counted_with_one_key(
    page: VoicePage, speaker: Speaker, qtbot: QtBot
) -> None:
    aloud = page.read_aloud
    first = aloud.prompt.text()
    assert first in SENTENCES
    assert "0.0 of 10 minutes" in aloud.takes.minutes.text()
    take(page, qtbot, speaker)
    assert aloud.verdict.text() == "Good recording."
    assert aloud.prompt.text() == first
    press(page, qtbot)  # keeps it
    assert page.reading.state is ReadingState.IDLE
    assert aloud.prompt.text() != first
    assert aloud.takes.list.item(0).text() == first
    (kept,) = recordings_folder().glob("take-*.flac")
    samples, rate = soundfile.read(kept)
    assert rate == RATE
    assert len(samples) >= 0.8 * RATE  # half a second, and a little before and after it
    take(page, qtbot, speaker)
    assert len(speaker.captures) == 1, "the microphone stays open between sentences"


def test_a_bad_take_says_what_to_do_and_is_read_again(
    page: VoicePage, speaker: Speaker, problems: list[Any], qtbot: QtBot
) -> None:
    from asr_desktop.teaching.wizard.takes import CUT_END, Problem

    problems.append(Problem(CUT_END, "in the trainer's words", True))
    first = page.read_aloud.prompt.text()
    take(page, qtbot, speaker)
    assert page.read_aloud.verdict.text() == "Please read it again."
    assert page.read_aloud.advice.text() == "The end is cut off: wait a moment before you stop."
    assert page.read_aloud.keep_button.text() == "Keep anyway"
    press(page, qtbot)
    assert page.reading.state is ReadingState.IDLE
    assert page.read_aloud.prompt.text() == first
    assert not list(recordings_folder().glob("take-*.flac"))
    take(page, qtbot, speaker)
    qtbot.mouseClick(page.read_aloud.keep_button, Qt.MouseButton.LeftButton)
    assert len(list(recordings_folder().glob("take-*.flac"))) == 1


def test_another_sentence_and_all_read(page: VoicePage, qtbot: QtBot) -> None:
    shown = []
    for _ in SENTENCES:
        shown.append(page.read_aloud.prompt.text())
        qtbot.mouseClick(page.read_aloud.skip_button, Qt.MouseButton.LeftButton)
    assert sorted(shown) == sorted(SENTENCES)
    assert page.read_aloud.prompt.text().startswith("You have read all sentences.")
    assert not page.read_aloud.record_button.isEnabled()


def test_a_take_is_deleted_and_its_sentence_comes_again(
    page: VoicePage, speaker: Speaker, qtbot: QtBot
) -> None:
    first = page.read_aloud.prompt.text()
    take(page, qtbot, speaker)
    press(page, qtbot)
    page.read_aloud.takes.list.setCurrentRow(0)
    qtbot.mouseClick(page.read_aloud.takes.delete_button, Qt.MouseButton.LeftButton)
    assert page.read_aloud.takes.list.count() == 0
    assert not list(recordings_folder().glob("take-*.flac"))
    assert page.reading.wizard is not None
    assert first in page.reading.wizard._open_prompts()


def test_space_on_another_button_is_that_button_s(page: VoicePage, qtbot: QtBot) -> None:
    first = page.read_aloud.prompt.text()
    page.activateWindow()
    page.read_aloud.skip_button.setFocus()
    qtbot.keyClick(page.read_aloud.skip_button, Qt.Key.Key_Space)
    assert page.reading.state is ReadingState.IDLE
    assert page.read_aloud.prompt.text() != first


def test_leaving_the_page_lets_go_of_the_microphone_and_of_what_was_not_kept(
    page: VoicePage, speaker: Speaker, qtbot: QtBot
) -> None:
    take(page, qtbot, speaker)
    assert list((training_folder() / "recording").iterdir())
    page.hide()
    qtbot.waitUntil(lambda: speaker.capture.is_closed, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not list((training_folder() / "recording").iterdir()), timeout=PATIENCE_MS)
    assert page.reading.state is ReadingState.CHECKED, "what was checked can still be kept"


def test_a_text_of_one_s_own_and_back(
    page: VoicePage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "my.txt"
    text.write_text("my own words are these", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_kw: (str(text), ""))
    qtbot.mouseClick(page.read_aloud.own_text_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.read_aloud.prompt.text() == "my own words are these", timeout=PATIENCE_MS)
    qtbot.mouseClick(page.read_aloud.program_text_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.read_aloud.prompt.text() in SENTENCES, timeout=PATIENCE_MS)


def test_a_language_without_sentences_asks_for_a_text_of_one_s_own(
    page: VoicePage, context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asr_desktop.teaching.wizard.prompts import own_prompts

    def make(model: str, text: str, number: int) -> tuple[Wizard, int]:
        return Wizard(recordings_folder(), own_prompts("fr")), number

    monkeypatch.setattr(voice_reading, "_make_wizard", make)
    context.change_settings(model="français")
    aloud = page.read_aloud
    qtbot.waitUntil(lambda: "Français" in aloud.prompt.text(), timeout=PATIENCE_MS)
    assert "Choose your own text in that language" in aloud.prompt.text()
    assert aloud.own_text_button.isEnabled()
    assert aloud.own_text_button.property("kind") == "primary"
    assert not aloud.record_button.isEnabled()


def test_no_microphone_is_told(page: VoicePage, context: AppContext, qtbot: QtBot) -> None:
    from asr_desktop.base.errors import DeviceError

    def nothing(_wanted: str | None) -> InputDevice:
        raise DeviceError("There is no microphone: plug one in.")

    context.live.make_recorder = partial(Recorder, find=nothing)
    with qtbot.waitSignal(context.show_message, timeout=PATIENCE_MS) as told:
        press(page, qtbot)
    assert told.args is not None
    assert told.args[0] == "There is no microphone: plug one in."
    assert page.reading.state is ReadingState.IDLE
