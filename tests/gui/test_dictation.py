"""Dictation as the window does it: recording, insertion, what is shown, and text that is kept."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from asr_desktop.audio.devices import InputDevice
from asr_desktop.audio.recorder import LONGEST_ON_ITS_WAY_SECONDS
from asr_desktop.base.paths import bundled_models_folder, models_folder
from asr_desktop.base.settings import DictationProfile
from asr_desktop.dictation.desktop import InsertionRefused
from asr_desktop.dictation.session import Unplaced
from asr_desktop.dictation.spoken_commands import SpokenCommands
from asr_desktop.dictation.talk_key import KeyUse
from asr_desktop.gui import dictation_correction, dictation_thread
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationController, DictationState
from asr_desktop.gui.dictation_correction import CorrectionWindow, show_correction
from asr_desktop.gui.dictation_keys import CANCEL, CORRECT, TALK
from asr_desktop.gui.dictation_overlay import DictationOverlay
from asr_desktop.gui.dictation_thread import CorrectedDictation
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.pages.help_page import HelpPage
from asr_desktop.gui.tray import Tray
from asr_desktop.gui.widgets.dictation_card import DictationCard, ProfilesCard
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import Final, LiveOptions, Partial
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import LiveJob
from asr_desktop.recognition.worker.process_emissions import ProcessEmissions
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.transcripts.document import Segment, Transcript
from tests.audio.fake_sound import FakeCapture
from tests.dictation.test_session import LETTER, OTHER, TextDesktop
from tests.dictation.test_spoken_commands import words
from tests.gui.conftest import QuietRoom

PATIENCE_MS = 60_000


@pytest.fixture
def desktop() -> TextDesktop:
    return TextDesktop()


@pytest.fixture
def dictation(context: AppContext, quiet_room: QuietRoom, desktop: TextDesktop) -> DictationController:
    context.dictation.inserting.make_desktop = lambda: desktop
    return context.dictation


@pytest.fixture
def overlay(context: AppContext, dictation: DictationController, qtbot: QtBot) -> DictationOverlay:
    overlay = DictationOverlay(context)
    qtbot.addWidget(overlay)
    return overlay


@pytest.fixture
def notices(context: AppContext) -> list[Notice]:
    found: list[Notice] = []
    context.notify.connect(found.append)
    return found


def begin(dictation: DictationController, qtbot: QtBot) -> None:
    dictation.start()
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)


def end(dictation: DictationController, qtbot: QtBot) -> None:
    dictation.stop()
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)


def settle(dictation: DictationController, qtbot: QtBot) -> None:
    """All that was put off has happened: in the window's thread, and then in the one that inserts."""
    happened: list[bool] = []
    QTimer.singleShot(0, lambda: happened.append(True))
    qtbot.waitUntil(lambda: bool(happened), timeout=PATIENCE_MS)
    dictation.inserting.submit(lambda: None).result()


def say(context: AppContext, text: str) -> None:
    context.live.heard.emit(Final(1, words(text), 0.5, 2.0))


def test_what_is_said_is_inserted(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin(dictation, qtbot)
    assert overlay.isVisible()
    assert overlay.status.text() == "Speak now"
    context.live.heard.emit(Partial(1, words("hello wor"), 1, 0.5, 1.0))
    assert overlay.status.text() == "hello wor"
    say(context, "hello world")
    say(context, "full stop")
    qtbot.waitUntil(lambda: desktop.letter == "Hello world.", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    qtbot.waitUntil(lambda: not overlay.isVisible(), timeout=PATIENCE_MS)
    assert dictation.last_text == "."


def test_the_dictation_lies_in_the_library_unless_nothing_is_to_be_kept(
    context: AppContext, dictation: DictationController, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    end(dictation, qtbot)
    assert len(context.library.entries()) == 1
    context.change_settings(dictation_history=False)
    begin(dictation, qtbot)
    session = context.live.session
    end(dictation, qtbot)
    assert len(context.library.entries()) == 1
    assert session is not None
    assert not session.path.exists()


def test_sound_that_was_not_recognised_is_kept_in_any_case(
    context: AppContext, dictation: DictationController, qtbot: QtBot
) -> None:
    context.change_settings(dictation_history=False)
    begin(dictation, qtbot)
    session = context.live.session
    context.live._captions.failed.emit("The recogniser has ended. The audio is saved.")
    end(dictation, qtbot)
    assert session is not None
    assert len(context.library.entries()) == 1


def test_whoever_lets_go_of_the_key_need_not_wait_for_the_end_of_the_recording(
    context: AppContext, dictation: DictationController, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(dictation, qtbot)
    job = context.live._captions.job
    assert job is not None
    told: list[float] = []
    monkeypatch.setattr(job, "end_soon", told.append)
    heard_seconds = context.live.recorded_seconds
    end(dictation, qtbot)
    assert len(told) == 1
    assert heard_seconds <= told[0] <= context.live.recorded_seconds + LONGEST_ON_ITS_WAY_SECONDS


def test_spoken_commands_are_listened_for(
    context: AppContext, dictation: DictationController, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = context.live_engine
    wanted: list[LiveOptions] = []

    def listen(session: Path, choice: ModelChoice, options: LiveOptions) -> LiveJob:
        wanted.append(options)
        return RecogniserProcess.listen(engine, session, choice, options)

    monkeypatch.setattr(engine, "listen", listen)
    context.change_settings(dictation_own_commands=("best regards=Best regards",))
    begin(dictation, qtbot)
    end(dictation, qtbot)
    context.change_settings(dictation_commands=False)
    begin(dictation, qtbot)
    end(dictation, qtbot)
    assert {"best regards", "question mark"} <= set(wanted[0].phrases)
    assert wanted[1].phrases == ()


def test_a_microphone_that_is_kept_open_is_used_and_let_go(
    context: AppContext, dictation: DictationController, quiet_room: QuietRoom, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    calls: list[str] = []

    class Kept:
        def open(self, device: str | None) -> None:
            calls.append("open")

        def take(self, device: InputDevice) -> FakeCapture:
            calls.append("take")
            return quiet_room.open(device)

        def close(self) -> None:
            calls.append("close")

    monkeypatch.setattr("asr_desktop.audio.capture.KeptMicrophone", Kept)
    monkeypatch.setattr("asr_desktop.dictation.desktop.open_global_keys", Keys)
    dictation.listen_for_keys()
    assert calls == [], "off until somebody wants it"
    context.change_settings(dictation_keeps_microphone=True)
    qtbot.waitUntil(lambda: calls == ["open"], timeout=PATIENCE_MS)
    begin(dictation, qtbot)
    end(dictation, qtbot)
    qtbot.waitUntil(lambda: calls == ["open", "take", "open"], timeout=PATIENCE_MS)
    context.change_settings(dictation_keeps_microphone=False)
    qtbot.waitUntil(lambda: calls[3:] == ["close"], timeout=PATIENCE_MS)
    begin(dictation, qtbot)
    end(dictation, qtbot)
    assert len(calls) == 4


def test_the_profile_of_the_program_in_front_holds(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    engine = context.live_engine
    choices: list[ModelChoice] = []

    def listen(session: Path, choice: ModelChoice, options: LiveOptions) -> LiveJob:
        choices.append(choice)
        return RecogniserProcess.listen(engine, session, choice, options)

    monkeypatch.setattr(engine, "listen", listen)
    profile = DictationProfile("Editor", ("editor",), "", "paste", ("marks",), ("Siobhan",))
    context.change_settings(dictation_profiles=(profile,), hotwords=("Ada",))
    begin(dictation, qtbot)
    say(context, "one")
    qtbot.waitUntil(lambda: desktop.letter == "One", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    desktop.front = OTHER
    begin(dictation, qtbot)
    say(context, "two")
    qtbot.waitUntil(lambda: desktop.texts.get(OTHER.window) == "Two", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    assert [[word.text for word in choice.hotwords] for choice in choices] == [["Ada", "Siobhan"], ["Ada"]]
    assert [choice.writing.off for choice in choices] == [("marks",), ()]
    assert desktop.ways == ["paste", "type"]


def test_profiles_are_made_and_changed_in_the_settings(context: AppContext, qtbot: QtBot) -> None:
    card = ProfilesCard(context)
    qtbot.addWidget(card)
    assert not card.programs.isEnabled()
    preset = card.add_button.menu().actions()[0]
    preset.trigger()
    [profile] = context.settings.dictation_profiles
    assert (profile.name, profile.writing_off) == ("Code editor", ("marks", "capitals"))
    assert not card.parts["marks"].isChecked()
    card.parts["marks"].click()
    card.programs.clear()
    qtbot.keyClicks(card.programs, "Kate, Zed")
    card.programs.editingFinished.emit()
    card.way.setCurrentIndex(card.way.findData("paste"))
    card.way.activated.emit(card.way.currentIndex())
    [profile] = context.settings.dictation_profiles
    assert profile == DictationProfile("Code editor", ("kate", "zed"), way="paste", writing_off=("capitals",))
    offers: list[Callable[[], object]] = []
    context.offer.connect(lambda _sentence, _name, undo: offers.append(undo))
    qtbot.mouseClick(card.remove_button, Qt.MouseButton.LeftButton)
    assert context.settings.dictation_profiles == ()
    assert not card.name.isEnabled()
    offers[0]()
    assert context.settings.dictation_profiles == (profile,)
    assert (card.name.text(), card.way.currentData()) == ("Code editor", "paste")


def test_what_a_profile_holds_is_told_to_screen_readers(context: AppContext, qtbot: QtBot) -> None:
    context.change_settings(dictation_profiles=(DictationProfile("A", ("a",)),))
    card = ProfilesCard(context)
    qtbot.addWidget(card)
    fields = (card.profile, card.name, card.programs, card.model, card.way, card.hotwords)
    assert [field.accessibleName() for field in fields] == [
        "Profile", "Name", "Programs", "Language and model", "Insert text by", "Hotwords",
    ]  # fmt: skip
    assert all(box.text() for box in card.parts.values())
    assert card.remove_button.accessibleName() == "Remove"


@pytest.mark.parametrize("is_path", [False, True])
def test_the_language_of_a_profile_is_that_of_its_model(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot, is_path: bool,
) -> None:  # fmt: skip
    folder = models_folder() / "german"
    weights = shutil.ignore_patterns("*.onnx", "*.safetensors", "language_model")
    shutil.copytree(bundled_models_folder() / "starter-en", folder, ignore=weights)
    (folder / "model.onnx").write_bytes(b"")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "target_lang": "de"}))
    profile = DictationProfile("Mail", ("editor",), model=str(folder) if is_path else "german")
    context.change_settings(dictation_profiles=(profile,))
    begin(dictation, qtbot)
    settle(dictation, qtbot)
    assert dictation.inserting.session is not None
    assert {"neue zeile", "fragezeichen"} <= set(dictation.inserting.session.commands.phrases)
    dictation.cancel()
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)


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


def corrected(context: AppContext, dictation: DictationController, qtbot: QtBot) -> CorrectionWindow:
    """The window for what was dictated last, once the dictation has ended."""
    settle(dictation, qtbot)
    assert dictation.last_utterance is not None
    return show_correction(context, dictation.last_utterance)


def test_a_second_correction_begins_with_the_first(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    say(context, "hello wrld")
    qtbot.waitUntil(lambda: dictation.last_utterance is not None, timeout=PATIENCE_MS)
    end(dictation, qtbot)
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


def test_a_correction_without_a_place_is_shown_and_holds_nothing_back(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin(dictation, qtbot)
    say(context, "one")
    qtbot.waitUntil(lambda: dictation.last_utterance is not None, timeout=PATIENCE_MS)
    window = corrected(context, dictation, qtbot)
    say(context, "two")
    qtbot.waitUntil(lambda: desktop.letter == "One two", timeout=PATIENCE_MS)
    window.text.setPlainText("Won")
    window.accept()
    qtbot.waitUntil(lambda: shown(overlay) == ["Won"], timeout=PATIENCE_MS)
    say(context, "three")
    qtbot.waitUntil(lambda: desktop.letter == "One two three", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    assert shown(overlay) == ["Won"]
    assert dictation.last_utterance is not None
    assert dictation.last_utterance.text == "three"
    desktop.front = OTHER
    overlay.kept[0].insert_button.click()
    qtbot.waitUntil(lambda: desktop.texts.get(OTHER.window) == "Won", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown(overlay) == [], timeout=PATIENCE_MS)


def test_corrections_without_a_place_are_all_there_to_be_copied(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin(dictation, qtbot)
    for text, other in (("one", "Won"), ("four", "For"), ("eight", "Ate")):
        say(context, text)
        qtbot.waitUntil(lambda text=text: text in desktop.letter.lower(), timeout=PATIENCE_MS)
        settle(dictation, qtbot)
        window = corrected(context, dictation, qtbot)
        say(context, "and")
        qtbot.waitUntil(lambda: desktop.letter.endswith(" and"), timeout=PATIENCE_MS)
        window.text.setPlainText(other)
        window.accept()
        qtbot.waitUntil(lambda other=other: other in shown(overlay), timeout=PATIENCE_MS)
    desktop.front = OTHER
    say(context, "dictated")
    qtbot.waitUntil(lambda: shown(overlay) == ["dictated", "Won", "For", "Ate"], timeout=PATIENCE_MS)
    assert [view.reason.isHidden() for view in overlay.kept] == [False, False, True, True]
    qtbot.mouseClick(overlay.kept[2].copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "For"
    assert shown(overlay) == ["dictated", "Won", "Ate"]
    qtbot.mouseClick(overlay.kept[1].discard_button, Qt.MouseButton.LeftButton)
    overlay.kept[0].insert_button.click()
    qtbot.waitUntil(lambda: shown(overlay) == ["Ate"], timeout=PATIENCE_MS)
    desktop.front = None
    overlay.kept[0].insert_button.click()
    assert shown(overlay) == []  # a second click would insert it twice
    qtbot.waitUntil(lambda: shown(overlay) == ["Ate"], timeout=PATIENCE_MS)
    assert overlay.kept[0].reason.text() == "No text field has the cursor. Your text is kept here."
    end(dictation, qtbot)
    assert overlay.isVisible()


def test_copying_does_not_wait_for_the_thread_and_loses_nothing(
    dictation: DictationController, context: AppContext, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    """The thread may be waiting for the desktop's permission."""
    begin(dictation, qtbot)
    desktop.front = OTHER
    say(context, "one")
    qtbot.waitUntil(lambda: shown(overlay) == ["One"], timeout=PATIENCE_MS)
    is_answered = threading.Event()
    dictation.inserting.submit(is_answered.wait, PATIENCE_MS / 1000)
    say(context, "two")  # comes to what is kept before the first text is dropped
    qtbot.mouseClick(overlay.kept[0].copy_button, Qt.MouseButton.LeftButton)
    assert not is_answered.is_set()
    assert QGuiApplication.clipboard().text() == "One"
    assert shown(overlay) == []
    is_answered.set()
    qtbot.waitUntil(lambda: shown(overlay) == ["two"], timeout=PATIENCE_MS)
    say(context, "three")
    qtbot.waitUntil(lambda: shown(overlay) == ["two three"], timeout=PATIENCE_MS)
    qtbot.mouseClick(overlay.kept[0].discard_button, Qt.MouseButton.LeftButton)
    end(dictation, qtbot)
    assert shown(overlay) == []
    desktop.front = LETTER
    begin(dictation, qtbot)
    say(context, "four")
    qtbot.waitUntil(lambda: desktop.letter == "Four", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    assert desktop.texts == {LETTER.window: "Four"}


def test_more_kept_texts_than_there_is_room_for_are_counted(
    dictation: DictationController, overlay: DictationOverlay
) -> None:
    finals = [Final(number, words("one"), 0.5, 2.0) for number in range(6)]
    for number, final in enumerate(finals):
        dictation._take_result(CorrectedDictation(final, str(number), Unplaced(str(number), "Gone.")))
    assert shown(overlay) == ["0", "1", "2", "3"]
    assert overlay.more.text() == "Further texts that wait: 2"
    for _ in range(3):
        overlay.kept[0].discard_button.click()
    assert shown(overlay) == ["3", "4", "5"]
    assert overlay.more.isHidden()


def test_the_tray_keeps_no_menus_of_texts_that_are_gone(
    dictation: DictationController, window: MainWindow, qtbot: QtBot
) -> None:
    tray = Tray(window.context, window)
    finals = [Final(number, words("one"), 0.5, 2.0) for number in range(3)]
    for number, final in enumerate(finals):
        dictation._take_result(CorrectedDictation(final, str(number), Unplaced(str(number), "Gone.")))
    assert [action.text() for action in tray.kept_menu.actions()] == ["0", "1", "2"]
    qtbot.waitUntil(lambda: len(tray.kept_menu.findChildren(QMenu)) == 3, timeout=PATIENCE_MS)
    first = tray.kept_menu.actions()[0].menu()
    assert isinstance(first, QMenu)
    first.actions()[2].trigger()
    assert [action.text() for action in tray.kept_menu.actions()] == ["1", "2"]
    qtbot.waitUntil(lambda: len(tray.kept_menu.findChildren(QMenu)) == 2, timeout=PATIENCE_MS)


def test_kept_text_that_is_scratched_is_no_longer_shown(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin(dictation, qtbot)
    desktop.front = OTHER
    say(context, "one two")
    qtbot.waitUntil(lambda: shown(overlay) == ["One two"], timeout=PATIENCE_MS)
    say(context, "scratch that")
    qtbot.waitUntil(lambda: shown(overlay) == [], timeout=PATIENCE_MS)
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


def shown(overlay: DictationOverlay) -> list[str]:
    """The texts that wait in the overlay."""
    return [view.text.text() for view in overlay.kept]


def test_a_time_can_become_a_hotword(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    say(context, "at 9:45 tomorrow")
    qtbot.waitUntil(lambda: dictation.last_utterance is not None, timeout=PATIENCE_MS)
    end(dictation, qtbot)
    window = corrected(context, dictation, qtbot)
    window.text.setPlainText("At 9:55 tomorrow")
    qtbot.waitUntil(lambda: len(window.offers) == 2, timeout=PATIENCE_MS)
    window.offers["hotwords", "9:45", "9:55"].setChecked(True)
    window.accept()
    assert context.model_choice().hotwords == (Hotword("9:55"),)


def test_hotwords_that_cannot_be_read_keep_nothing_from_being_recognised(context: AppContext) -> None:
    context.change_settings(hotwords=("9:55", "Ada"))
    choice = context.model_choice(more_hotwords=("Grace:100", "Ben:12"))
    assert choice.hotwords == (Hotword("Ada"), Hotword("Ben", 12.0))


def test_a_profile_says_which_of_its_hotwords_cannot_be_read(context: AppContext, qtbot: QtBot) -> None:
    context.change_settings(dictation_profiles=(DictationProfile("A", ("a",)), DictationProfile("B", ("b",))))
    card = ProfilesCard(context)
    qtbot.addWidget(card)
    qtbot.keyClicks(card.hotwords, "Ada:100, Grace")
    card.hotwords.editingFinished.emit()
    assert context.settings.dictation_profiles[0].hotwords == ("Grace",)
    assert card.hotwords.text() == "Ada:100, Grace"
    assert "has the weight 100" in card.hotword_problem.text()
    card.profile.setCurrentIndex(1)
    assert (card.hotwords.text(), card.hotword_problem.text()) == ("", "")


def test_in_a_program_whose_profile_has_no_capitals_none_are_made(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    profile = DictationProfile("Code", ("editor",), writing_off=("capitals",))
    context.change_settings(dictation_profiles=(profile,))
    begin(dictation, qtbot)
    say(context, "print")
    qtbot.waitUntil(lambda: desktop.letter == "print", timeout=PATIENCE_MS)
    end(dictation, qtbot)


def test_a_correction_listens_with_the_model_that_has_recognised_it(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    profile = DictationProfile("Editor", ("editor",), model="starter-de")
    context.change_settings(dictation_profiles=(profile,), model="starter-en")
    begin(dictation, qtbot)
    say(context, "hallo wlt")
    qtbot.waitUntil(lambda: dictation.last_utterance is not None, timeout=PATIENCE_MS)
    end(dictation, qtbot)
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


def test_dictations_are_found_by_their_tag(
    context: AppContext, dictation: DictationController, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    end(dictation, qtbot)
    qtbot.waitUntil(lambda: context.library.tags() == [("Dictation", 1)], timeout=PATIENCE_MS)


def test_without_a_dictation_there_is_nothing_to_correct(
    context: AppContext, dictation: DictationController, notices: list[Notice]
) -> None:
    dictation.correct()
    assert [notice.sentence for notice in notices] == ["Nothing has been dictated yet."]


def test_cancel_drops_what_comes_after(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    dictation.cancel()
    say(context, "too late")
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.texts == {}


def test_text_that_cannot_be_inserted_is_shown_with_copy_and_insert(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin(dictation, qtbot)
    desktop.front = OTHER
    say(context, "one two")
    qtbot.waitUntil(lambda: shown(overlay) == ["One two"], timeout=PATIENCE_MS)
    assert overlay.kept[0].reason.text() == "Another window is in front now. Your text is kept here."
    end(dictation, qtbot)
    assert overlay.isVisible()
    desktop.front = LETTER
    qtbot.mouseClick(overlay.kept[0].insert_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desktop.texts == {LETTER.window: "One two"}, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown(overlay) == [], timeout=PATIENCE_MS)
    begin(dictation, qtbot)
    desktop.front = None
    say(context, "three")
    qtbot.waitUntil(lambda: shown(overlay) == ["three"], timeout=PATIENCE_MS)
    qtbot.mouseClick(overlay.kept[0].copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "three"
    end(dictation, qtbot)
    qtbot.waitUntil(lambda: not overlay.isVisible(), timeout=PATIENCE_MS)


def test_the_overlay_takes_no_keyboard(dictation: DictationController, overlay: DictationOverlay) -> None:
    final = Final(1, words("one"), 0.5, 2.0)
    dictation._take_result(CorrectedDictation(final, "won", Unplaced("won", "Gone.")))
    flags = overlay.windowFlags()
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert all(
        made.focusPolicy() is Qt.FocusPolicy.NoFocus for made in overlay.kept[0].findChildren(QPushButton)
    )


def test_stop_listening_ends_it(context: AppContext, dictation: DictationController, qtbot: QtBot) -> None:
    begin(dictation, qtbot)
    say(context, "stop listening")
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)


def test_commands_can_be_switched_off(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    context.change_settings(dictation_commands=False, dictation_ways=("editor=paste", "nonsense"))
    begin(dictation, qtbot)
    say(context, "new line")
    qtbot.waitUntil(lambda: desktop.letter == "New line", timeout=PATIENCE_MS)
    assert desktop.ways == ["paste"]
    end(dictation, qtbot)


def test_a_recording_of_the_live_page_is_not_disturbed(
    context: AppContext,
    dictation: DictationController,
    desktop: TextDesktop,
    notices: list[Notice],
    qtbot: QtBot,
) -> None:
    context.live.start()
    qtbot.waitUntil(lambda: context.live.state is LiveState.LISTENING, timeout=PATIENCE_MS)
    dictation.start()
    assert dictation.state is DictationState.IDLE
    assert notices[-1].sentence == "A recording is in progress. Stop it, then dictate."
    say(context, "not for other programs")
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
        context.live.stop()
    assert desktop.texts == {}


def test_a_desktop_without_a_way_in_is_named(
    context: AppContext, dictation: DictationController, notices: list[Notice], qtbot: QtBot
) -> None:
    def refuse() -> TextDesktop:
        raise InsertionRefused("There is no way.")

    dictation.inserting.make_desktop = refuse
    dictation.start()
    qtbot.waitUntil(lambda: any(notice.sentence == "There is no way." for notice in notices))
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert context.live.state is LiveState.IDLE


class Keys:
    conflicts: ClassVar[dict[str, str]] = {"cancel": "Another program uses it."}
    bound: ClassVar[dict[str, str] | None] = None
    opened: ClassVar[list[dict[str, str]]] = []

    def __init__(self, chords: dict[str, str], on_key: object, names: object, on_change: object) -> None:
        Keys.opened.append(chords)
        Keys.on_change = staticmethod(on_change)  # type: ignore[arg-type]

    def configure(self) -> None:
        Keys.opened.append({"asked": "anew"})

    def close(self) -> None:
        Keys.opened.append({})


def test_keys_follow_the_settings_and_conflicts_are_named(
    context: AppContext, dictation: DictationController, notices: list[Notice], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from asr_desktop.dictation import desktop

    Keys.opened.clear()
    monkeypatch.setattr(desktop, "open_global_keys", Keys)
    dictation.listen_for_keys()
    others = {CANCEL: "Ctrl+Alt+X", CORRECT: "Ctrl+Alt+E"}
    assert Keys.opened == [{TALK: "Ctrl+Alt+Space", **others}]
    assert notices[-1].sentence == "Another program uses it."
    context.change_settings(dictation_key="F4", dictation_key_use=KeyUse.HOLD.value)
    assert Keys.opened[1:] == [{}, {TALK: "F4", **others}]
    dictation._key.emit(TALK, True, 1.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    dictation._key.emit(TALK, False, 1.1)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    dictation._key.emit(TALK, True, 5.0)
    dictation._key.emit(CANCEL, True, 5.1)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)


def test_where_the_desktop_decides_its_keys_are_shown(
    context: AppContext, dictation: DictationController, notices: list[Notice], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("asr_desktop.dictation.desktop.open_global_keys", Keys)
    monkeypatch.setattr(Keys, "conflicts", {})
    monkeypatch.setattr(Keys, "bound", {})
    card, page = DictationCard(context), HelpPage(context)
    for widget in (card, page):
        qtbot.addWidget(widget)
    assert not card.talk_key.isHidden()
    assert card.choose_keys.isHidden()
    dictation.keys.listen()
    assert card.talk_key.isHidden()
    assert not card.choose_keys.isHidden()
    assert texts(card).count("None") == 3
    monkeypatch.setattr(Keys, "bound", {TALK: "Press F9", CORRECT: "Meta+E"})
    monkeypatch.setattr(Keys, "conflicts", {CANCEL: "“Cancel dictation” has no key."})
    Keys.on_change()
    qtbot.waitUntil(lambda: "Press F9" in texts(card), timeout=PATIENCE_MS)
    assert {"Press F9", "Meta+E", "None"} <= set(texts(card))
    assert any("Hold Press F9 while you speak" in text for text in texts(page))
    assert notices[-1].sentence == "“Cancel dictation” has no key."
    card.choose_keys.click()
    assert Keys.opened[-1] == {"asked": "anew"}


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_what_is_said_while_the_key_is_held_is_inserted_when_it_is_up(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    dictation._key.emit(TALK, True, 1.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    say(context, "hello")
    say(context, "world")
    settle(dictation, qtbot)
    assert desktop.texts == {}
    dictation._key.emit(TALK, False, 9.0)
    qtbot.waitUntil(lambda: desktop.letter == "Hello world", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    dictation._key.emit(TALK, True, 11.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    say(context, "not this")
    dictation._key.emit(CANCEL, True, 12.0)
    dictation._key.emit(TALK, False, 13.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.letter == "Hello world"


def test_a_dictation_ends_after_the_key_is_up(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    dictation._key.emit(TALK, True, 1.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    say(context, "hello")
    context.live.stop()
    qtbot.waitUntil(lambda: context.live.state is LiveState.IDLE, timeout=PATIENCE_MS)
    assert dictation.state is DictationState.FINISHING
    dictation._key.emit(TALK, False, 9.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.letter == "Hello"


def press(dictation: DictationController, at_seconds: float) -> None:
    """Shortly."""
    dictation._key.emit(TALK, True, at_seconds)
    dictation._key.emit(TALK, False, at_seconds + 0.1)


def test_a_key_that_is_pressed_while_a_dictation_is_finished_begins_the_next(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    states: list[DictationState] = []
    dictation.state_changed.connect(states.append)
    begin(dictation, qtbot)
    say(context, "hello")
    press(dictation, 1.0)
    assert dictation.state is DictationState.FINISHING
    press(dictation, 2.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    say(context, "world")
    press(dictation, 3.0)
    press(dictation, 4.0)
    press(dictation, 5.0)  # and not, after all
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    settle(dictation, qtbot)
    assert desktop.letter == "Hello world"
    assert states == [
        DictationState.STARTING, DictationState.LISTENING, DictationState.FINISHING, DictationState.IDLE,
    ] * 2  # fmt: skip


def test_a_key_that_is_held_from_the_end_of_a_dictation_on(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    dictation.stop()
    dictation._key.emit(TALK, True, 1.0)
    say(context, "hello")  # the last dictation's
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    say(context, "world")
    assert desktop.texts == {}
    dictation._key.emit(TALK, False, 9.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.letter == "Hello world"


def test_the_card_stores_what_is_chosen(context: AppContext, qtbot: QtBot) -> None:
    card = DictationCard(context)
    qtbot.addWidget(card)
    card.talk_key.setKeySequence(QKeySequence("Ctrl+F9"))
    card.talk_key.editingFinished.emit()
    assert context.settings.dictation_key == "Ctrl+F9"
    card.own.setPlainText("best regards=Best regards,\\nAda\nnonsense")
    qtbot.waitUntil(lambda: context.settings.dictation_own_commands == ("best regards=Best regards,\\nAda",))
    card.ways.setPlainText("code=paste\nxterm=shout")
    qtbot.waitUntil(lambda: context.settings.dictation_ways == ("code=paste",))


def test_likely_characters_fit_on_spare_keys() -> None:
    assert len(set(dictation_thread.LIKELY_CHARACTERS)) < 30


def test_the_correction_window_by_keyboard(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    say(context, "please ask sure von about the boat")
    qtbot.waitUntil(lambda: dictation.last_utterance is not None, timeout=PATIENCE_MS)
    end(dictation, qtbot)
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


def test_lines_that_cannot_be_read_are_told_to_screen_readers(context: AppContext, qtbot: QtBot) -> None:
    card = DictationCard(context)
    qtbot.addWidget(card)
    card.own.setPlainText("nonsense")
    qtbot.waitUntil(lambda: "nonsense" in card.own.accessibleDescription(), timeout=PATIENCE_MS)
    card.own.clear()
    qtbot.waitUntil(lambda: card.own.accessibleDescription() == "", timeout=PATIENCE_MS)
    context.change_settings(dictation_profiles=(DictationProfile("A", ("a",)),))
    profiles = ProfilesCard(context)
    qtbot.addWidget(profiles)
    profiles.hotwords.setText("Ada:100")
    profiles.hotwords.editingFinished.emit()
    assert "has the weight 100" in profiles.hotwords.accessibleDescription()
