"""Dictation as the window does it: recording, insertion, and what is stored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from asr_desktop.audio.devices import InputDevice
from asr_desktop.audio.recorder import LONGEST_ON_ITS_WAY_SECONDS
from asr_desktop.base.paths import bundled_models_folder, models_folder
from asr_desktop.base.settings import DictationProfile
from asr_desktop.dictation.desktop import InsertionRefused
from asr_desktop.gui import dictation_thread
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationController, DictationState
from asr_desktop.gui.dictation_overlay import DictationOverlay
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.notices import Notice
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import LiveOptions, Partial
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import LiveJob
from asr_desktop.recognition.worker.protocol import ModelChoice
from tests.audio.fake_sound import FakeCapture
from tests.dictation.test_session import OTHER, TextDesktop
from tests.dictation.test_spoken_commands import words
from tests.gui.conftest import QuietRoom
from tests.gui.dictated import (
    PATIENCE_MS,
    Keys,
    begin,
    desktop,
    dictation,
    end,
    notices,
    overlay,
    say,
    settle,
)

__all__ = ["desktop", "dictation", "notices", "overlay"]


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


def test_hotwords_that_cannot_be_read_keep_nothing_from_being_recognised(context: AppContext) -> None:
    context.change_settings(hotwords=("9:55", "Ada"))
    choice = context.model_choice(more_hotwords=("Grace:100", "Ben:12"))
    assert choice.hotwords == (Hotword("Ada"), Hotword("Ben", 12.0))


def test_in_a_program_whose_profile_has_no_capitals_none_are_made(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    profile = DictationProfile("Code", ("editor",), writing_off=("capitals",))
    context.change_settings(dictation_profiles=(profile,))
    begin(dictation, qtbot)
    say(context, "print")
    qtbot.waitUntil(lambda: desktop.letter == "print", timeout=PATIENCE_MS)
    end(dictation, qtbot)


def test_dictations_are_found_by_their_tag(
    context: AppContext, dictation: DictationController, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    end(dictation, qtbot)
    qtbot.waitUntil(lambda: context.library.tags() == [("Dictation", 1)], timeout=PATIENCE_MS)


def test_cancel_drops_what_comes_after(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    dictation.cancel()
    say(context, "too late")
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.texts == {}


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


def test_likely_characters_fit_on_spare_keys() -> None:
    assert len(set(dictation_thread.LIKELY_CHARACTERS)) < 30
