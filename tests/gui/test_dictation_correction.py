"""The window in which the last dictation is corrected, and what is learnt from it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from asr_desktop.base.settings import DictationProfile
from asr_desktop.dictation.spoken_commands import SpokenCommands
from asr_desktop.gui import dictation_correction, dictation_thread
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationController
from asr_desktop.gui.dictation_correction import CorrectionWindow
from asr_desktop.gui.notices import Notice
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import Final
from asr_desktop.recognition.worker.process_emissions import ProcessEmissions
from asr_desktop.transcripts.document import Segment, Transcript
from tests.dictation.test_session import TextDesktop
from tests.dictation.test_spoken_commands import words
from tests.gui.dictated import (
    PATIENCE_MS,
    begin,
    corrected,
    desktop,
    dictate,
    dictation,
    end,
    notices,
    say,
    settle,
)

__all__ = ["desktop", "dictation", "notices"]


def test_the_last_utterance_can_be_corrected(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    windows: list[CorrectionWindow] = []
    dictation.correction_wanted.connect(lambda last: windows.append(CorrectionWindow(context, last)))
    begin(dictation, qtbot)
    say(context, "hello world")
    say(context, "please ask sure von")
    qtbot.waitUntil(lambda: desktop.letter == "Hello world please ask sure von", timeout=PATIENCE_MS)
    dictation.correct()  # ends the dictation first
    qtbot.waitUntil(lambda: bool(windows), timeout=PATIENCE_MS)
    [window] = windows
    assert window.text.toPlainText() == "please ask sure von"
    window.text.setPlainText("please ask Siobhan")
    qtbot.waitUntil(lambda: len(window.offers) == 2, timeout=PATIENCE_MS)
    assert [box.text() for box in window.offers.values()] == [
        "Listen for “Siobhan”",
        "Always write “Siobhan” in place of “sure von”",
    ]
    for box in window.offers.values():
        box.setChecked(True)
    window.accept()
    qtbot.waitUntil(lambda: desktop.letter == "Hello world please ask Siobhan", timeout=PATIENCE_MS)
    assert context.settings.hotwords == ("Siobhan",)
    assert context.settings.writing_replacements == ("sure von=Siobhan",)


def test_a_second_correction_begins_with_the_first(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    dictate(context, dictation, qtbot, "hello wrld")
    window = corrected(context, dictation, qtbot)
    window.text.setPlainText("Hello whirl")
    assert corrected(context, dictation, qtbot) is window  # asked for again, it comes in front
    assert window.text.toPlainText() == "Hello whirl"
    window.accept()
    qtbot.waitUntil(lambda: dictation.last_text == "Hello whirl", timeout=PATIENCE_MS)
    again = corrected(context, dictation, qtbot)
    assert again is not window
    assert again.text.toPlainText() == "Hello whirl"
    again.text.setPlainText("Hello world")
    again.accept()
    qtbot.waitUntil(lambda: desktop.letter == "Hello world", timeout=PATIENCE_MS)


def test_a_correction_keeps_line_breaks_and_spaces_that_do_not_break(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    settle(dictation, qtbot)
    assert dictation.inserting.session is not None
    dictation.inserting.session.commands = SpokenCommands.of("en", is_everywhere=True)
    spoken = list(words("dear ada new line 25% thnks new line"))
    spoken[4] = replace(spoken[4], text="25\u00a0%")
    context.live.heard.emit(Final(1, tuple(spoken), 0.5, 2.0))
    qtbot.waitUntil(lambda: desktop.letter.endswith("\n"), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: dictation._waiting == 0, timeout=PATIENCE_MS)
    window = corrected(context, dictation, qtbot)
    assert window.corrected == dictation.last_utterance.text  # and nothing would be replaced
    qtbot.keyClick(window.text, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(window.text, "Ben")
    assert window.isVisible()
    window.accept()
    qtbot.waitUntil(lambda: "Ben" in desktop.letter, timeout=PATIENCE_MS)
    assert desktop.letter.endswith("Dear ada\n25\u00a0% thnks\nBen\n")
    end(dictation, qtbot)


def test_each_correction_of_an_utterance_reaches_program_library_and_training_pair(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    taught: list[str] = []
    monkeypatch.setattr(
        dictation_correction, "teach", lambda transcript, _sound, _model: taught.append(transcript.text)
    )
    begin(dictation, qtbot)
    say(context, "dear ada")
    say(context, "the bout came back")
    qtbot.waitUntil(lambda: desktop.letter == "Dear ada the bout came back", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    qtbot.waitUntil(lambda: bool(dictation.last_utterance.entry_id), timeout=PATIENCE_MS)
    entry = dictation.last_utterance.entry_id
    said = Transcript("a.wav", 9.0, "starter-en", (Segment(words("the bout came back", "yours")),))
    context.library.save_transcript(entry, said)
    for text in ("So the boat came back", "the old boat came back", "the old goat came"):
        window = corrected(context, dictation, qtbot)
        window.text.setPlainText(text)
        window.accept()
        dictation.correct()  # at once: it waits for the insertion, and begins with it
        qtbot.waitUntil(lambda text=text: desktop.letter == f"Dear ada {text}", timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda text=text: taught[-1:] == [f"{text} yours"], timeout=PATIENCE_MS)
        assert context.library.transcript(entry).text == f"{text} yours"
        assert context.library.transcript(entry).segments[0].is_confirmed
    assert len(taught) == 3


def test_a_correction_is_in_the_library_while_pairs_of_the_first_are_made(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    is_taught, taught = threading.Event(), []

    def teach(transcript: Transcript, *_others: object) -> None:
        taught.append(transcript.text)
        is_taught.wait(PATIENCE_MS / 1000)

    monkeypatch.setattr(dictation_correction, "teach", teach)
    begin(dictation, qtbot)
    say(context, "one two")
    qtbot.waitUntil(lambda: desktop.letter == "One two", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    entry = context.library.entries()[0].id
    said = Transcript("a.wav", 9.0, "starter-en", (Segment(words("one two")),))
    context.library.save_transcript(entry, said)
    last = dictation_thread.LastUtterance(Final(1, words("one two"), 0.5, 2.0), entry_id=entry)
    context.run(dictation_correction._learn, context, last, "won two")
    qtbot.waitUntil(lambda: taught == ["won two"], timeout=PATIENCE_MS)
    again = replace(last, corrected="won two")
    context.run(dictation_correction._learn, context, again, "won too")
    qtbot.waitUntil(lambda: context.library.transcript(entry).text == "won too", timeout=PATIENCE_MS)
    assert taught == ["won two"], "one after the other: they write into one table"
    is_taught.set()
    qtbot.waitUntil(lambda: taught == ["won two", "won too"], timeout=PATIENCE_MS)


def test_a_time_can_become_a_hotword(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    dictate(context, dictation, qtbot, "at 9:45 tomorrow")
    window = corrected(context, dictation, qtbot)
    window.text.setPlainText("At 9:55 tomorrow")
    qtbot.waitUntil(lambda: len(window.offers) == 2, timeout=PATIENCE_MS)
    window.offers["hotwords", "9:45", "9:55"].setChecked(True)
    window.accept()
    assert context.model_choice().hotwords == (Hotword("9:55"),)


def test_a_correction_listens_with_the_model_that_has_recognised_it(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    profile = DictationProfile("Editor", ("editor",), model="starter-de")
    context.change_settings(dictation_profiles=(profile,), model="starter-en")
    dictate(context, dictation, qtbot, "hallo wlt")
    qtbot.waitUntil(lambda: bool(dictation.last_utterance.entry_id), timeout=PATIENCE_MS)
    looks: list[str] = []
    heard: list[ProcessEmissions] = []
    monkeypatch.setattr(
        AppContext, "second_look", lambda context, model="": looks.append(model) or SilentLook()
    )
    transcript = Transcript("a.wav", 3.0, "starter-de", (Segment(words("hallo wlt")),))
    monkeypatch.setattr(dictation_correction, "corrected_transcript", lambda *_arguments: transcript)
    monkeypatch.setattr(dictation_correction, "teach", lambda _transcript, _sound, model: heard.append(model))
    window = corrected(context, dictation, qtbot)
    qtbot.waitUntil(lambda: bool(looks), timeout=PATIENCE_MS)
    window.text.setPlainText("Hallo Welt")
    window.accept()
    qtbot.waitUntil(lambda: bool(heard), timeout=PATIENCE_MS)
    assert looks == ["starter-de"]
    assert isinstance(heard[0], ProcessEmissions)  # nothing is heard in the window's process
    assert heard[0].choice.model == "starter-de"


class SilentLook:
    """It hears nothing else."""

    def readings(self, source: Path, start_seconds: float, end_seconds: float) -> list[str]:
        return []

    def close(self) -> None:
        pass


def test_without_a_dictation_there_is_nothing_to_correct(
    context: AppContext, dictation: DictationController, notices: list[Notice]
) -> None:
    dictation.correct()
    assert [notice.sentence for notice in notices] == ["Nothing has been dictated yet."]


def test_the_correction_window_by_keyboard(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    dictate(context, dictation, qtbot, "please ask sure von about the boat")
    window = corrected(context, dictation, qtbot)
    window.play_button.setEnabled(True)
    long = "please ask siobhan about the boat " * 3
    window._show_guesses(["please ask sure van about the boat", long.strip()])
    window.text.setPlainText("Please ask Siobhan about the goat")
    window._show_offers()
    qtbot.waitUntil(lambda: all(box.isVisible() for box in window.offers.values()), timeout=PATIENCE_MS)
    order, part = [], window.text
    while part not in order:
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisibleTo(window):
            order.append(part)
        part = part.nextInFocusChain()
    names = [part.accessibleName() or part.text() for part in order if part is not window]
    offers = [box.text() for box in window.offers.values()]
    assert names == ["Text", "Play", "Other guesses", *offers, "Cancel", "Replace"]
    assert window.guesses.horizontalScrollBar().maximum() == 0
    below = window.guesses.visualItemRect(window.guesses.item(1)).bottom()
    assert 0 < below <= window.guesses.viewport().height()
    window.guesses.setCurrentRow(0)
    qtbot.keyClick(window.guesses, Qt.Key.Key_Return)
    assert window.isVisible()  # what was chosen can still be changed
    assert window.corrected == "Please ask sure van about the boat"
    qtbot.keyClick(window.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.letter == "Please ask sure van about the boat", timeout=PATIENCE_MS)
