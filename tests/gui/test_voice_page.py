"""The Voice page: read sentences aloud, look them over, teach (a child that only says what a training says),
use the new model, and go back."""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from asr_desktop import DEFAULT_MODEL
from asr_desktop.audio.devices import InputDevice
from asr_desktop.audio.recorder import Recorder
from asr_desktop.gui import voice_reading
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.voice_page import VoicePage
from asr_desktop.gui.voice_reading import ReadingState
from asr_desktop.gui.voice_training import TrainingState, VoiceTraining
from asr_desktop.gui.widgets import voice_teaching
from asr_desktop.gui.widgets.voice_gains import VOICE_MODEL
from asr_desktop.gui.widgets.voice_progress import left_text
from asr_desktop.gui.widgets.voice_words import verdict_words
from asr_desktop.sentence_lines import line_of
from tests.audio.fake_sound import FakeCapture, FakeSoundSystem
from tests.fixtures.make_models import model_folder
from trainer.evaluation.versions import current_version
from trainer.personalise.history import Gain, append_gain
from trainer.personalise.material import corrections_folder, recordings_folder, training_folder
from trainer.wizard.wizard import Wizard

PATIENCE_MS = 60_000
RATE = 16_000
SENTENCES = ("the boat came back", "the people went home", "it was a long evening")


class Speaker(FakeSoundSystem):
    """A microphone that hears noise as loud as a voice, as long as it is open."""

    def __init__(self, loudness: float = 3000.0) -> None:
        super().__init__()
        self.loudness = loudness

    def open(self, device: InputDevice) -> FakeCapture:
        capture = super().open(device)
        threading.Thread(target=self._speak, args=(capture,), daemon=True).start()
        return capture

    def _speak(self, capture: FakeCapture) -> None:
        noise = np.random.default_rng(0)
        while not capture.is_closed:
            capture.hear(noise.normal(0, self.loudness, 800).clip(-32768, 32767).astype(np.int16))
            time.sleep(0.05)


@pytest.fixture
def speaker(context: AppContext) -> Speaker:
    room = Speaker()
    context.live.make_recorder = partial(Recorder, find=room.find, capture=room.open)
    return room


@pytest.fixture
def problems(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the check finds wrong with the next takes; sentences are ours, and no model listens."""
    from trainer.wizard import wizard
    from trainer.wizard.take_check import TakeCheck, check_take

    found: list[Any] = []

    def check(samples: NDArray[np.float32], prompt: str, listener: object) -> TakeCheck:
        return TakeCheck(prompt, check_take(samples, prompt, None).measures, None, tuple(found))

    monkeypatch.setattr(wizard, "check_take", check)

    def make(model: str, text: str, number: int) -> tuple[Wizard, int]:
        own = Path(text).read_text(encoding="utf-8").splitlines() if text else SENTENCES
        return Wizard(recordings_folder(), own), number

    monkeypatch.setattr(voice_reading, "_make_wizard", make)
    return found


@pytest.fixture
def page(context: AppContext, qtbot: QtBot, problems: list[Any]) -> VoicePage:
    page = VoicePage(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.entered()
    qtbot.waitUntil(lambda: page.reading.state is ReadingState.IDLE, timeout=PATIENCE_MS)
    return page


def press(page: VoicePage, qtbot: QtBot) -> None:
    """Space, as a person presses it."""
    page.activateWindow()
    page.read_aloud.record_button.setFocus()
    qtbot.keyClick(page.read_aloud.record_button, Qt.Key.Key_Space)


def reach(page: VoicePage, qtbot: QtBot, state: ReadingState) -> None:
    qtbot.waitUntil(lambda: page.reading.state is state, timeout=PATIENCE_MS)


def take(page: VoicePage, qtbot: QtBot, seconds: float = 0.5) -> None:
    """Read a sentence, up to what the check says of it."""
    press(page, qtbot)
    reach(page, qtbot, ReadingState.READING)
    qtbot.wait(round(1000 * seconds))
    press(page, qtbot)
    reach(page, qtbot, ReadingState.CHECKED)


# Reading aloud


def test_sentences_are_read_kept_and_counted_with_one_key(
    page: VoicePage, speaker: Speaker, qtbot: QtBot
) -> None:
    aloud = page.read_aloud
    first = aloud.prompt.text()
    assert first in SENTENCES
    assert "0.0 of 10 minutes" in aloud.takes.minutes.text()
    take(page, qtbot)
    assert aloud.verdict.text() == "That is good."
    assert aloud.prompt.text() == first
    press(page, qtbot)  # keeps it
    assert page.reading.state is ReadingState.IDLE
    assert aloud.prompt.text() != first
    assert aloud.takes.list.item(0).text() == first
    (kept,) = recordings_folder().glob("take-*.flac")
    samples, rate = soundfile.read(kept)
    assert rate == RATE
    assert len(samples) >= 0.8 * RATE  # half a second, and a little before and after it
    take(page, qtbot)
    assert len(speaker.captures) == 1, "the microphone stays open between sentences"


def test_a_bad_take_says_what_to_do_and_is_read_again(
    page: VoicePage, speaker: Speaker, problems: list[Any], qtbot: QtBot
) -> None:
    from trainer.wizard.take_check import CUT_END, Problem

    problems.append(Problem(CUT_END, "in the trainer's words", True))
    first = page.read_aloud.prompt.text()
    take(page, qtbot)
    assert page.read_aloud.verdict.text() == "Better read it again."
    assert page.read_aloud.advice.text() == "The end is cut off: wait a moment before you stop."
    assert page.read_aloud.keep_button.text() == "Keep all the same"
    press(page, qtbot)
    assert page.reading.state is ReadingState.IDLE
    assert page.read_aloud.prompt.text() == first
    assert not list(recordings_folder().glob("take-*.flac"))
    take(page, qtbot)
    qtbot.mouseClick(page.read_aloud.keep_button, Qt.MouseButton.LeftButton)
    assert len(list(recordings_folder().glob("take-*.flac"))) == 1


def test_another_sentence_and_all_read(page: VoicePage, qtbot: QtBot) -> None:
    shown = []
    for _ in SENTENCES:
        shown.append(page.read_aloud.prompt.text())
        qtbot.mouseClick(page.read_aloud.skip_button, Qt.MouseButton.LeftButton)
    assert sorted(shown) == sorted(SENTENCES)
    assert page.read_aloud.prompt.text().startswith("All sentences are read.")
    assert not page.read_aloud.record_button.isEnabled()


def test_a_take_is_deleted_and_its_sentence_comes_again(
    page: VoicePage, speaker: Speaker, qtbot: QtBot
) -> None:
    first = page.read_aloud.prompt.text()
    take(page, qtbot)
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
    take(page, qtbot)
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
    from trainer.wizard.prompts import own_prompts

    def make(model: str, text: str, number: int) -> tuple[Wizard, int]:
        return Wizard(recordings_folder(), own_prompts("fr")), number

    monkeypatch.setattr(voice_reading, "_make_wizard", make)
    context.change_settings(model="français")
    aloud = page.read_aloud
    qtbot.waitUntil(lambda: "Français" in aloud.prompt.text(), timeout=PATIENCE_MS)
    assert "Choose a text of your own in that language" in aloud.prompt.text()
    assert aloud.own_text_button.isEnabled()
    assert aloud.own_text_button.property("kind") == "primary"
    assert not aloud.record_button.isEnabled()


def test_no_microphone_is_told(page: VoicePage, context: AppContext, qtbot: QtBot) -> None:
    from asr_desktop.errors import DeviceError

    def nothing(_wanted: str | None) -> InputDevice:
        raise DeviceError("There is no microphone: plug one in.")

    context.live.make_recorder = partial(Recorder, find=nothing)
    with qtbot.waitSignal(context.show_message, timeout=PATIENCE_MS) as told:
        press(page, qtbot)
    assert told.args is not None
    assert told.args[0] == "There is no microphone: plug one in."
    assert page.reading.state is ReadingState.IDLE


# Your speech


def test_nothing_to_look_over_is_said(page: VoicePage, qtbot: QtBot) -> None:
    page.tabs.setCurrentWidget(page.material)
    qtbot.mouseClick(page.material.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.material.work_label.text().startswith("There is no speech yet"), timeout=PATIENCE_MS
    )


def test_what_was_read_and_corrected_is_counted_and_looked_over(page: VoicePage, qtbot: QtBot) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * RATE).astype(np.float32)
    for folder, sounds in (
        (recordings_folder(), (noise, 0 * noise)),
        (corrections_folder(), (noise[:RATE],)),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        rows = ["file\tspeaker\tsession\tseconds\ttranscript"]
        for number, sound in enumerate(sounds):
            soundfile.write(folder / f"{number}.wav", sound, RATE)
            rows.append(f"{number}.wav\tme\ta\t{len(sound) / RATE:.3f}\tthe boat came back")
        (folder / "manifest.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    page.tabs.setCurrentWidget(page.material)
    qtbot.waitUntil(
        lambda: page.material.read_label.text() == "Read aloud: 2 sentences, 0.1 minutes", timeout=PATIENCE_MS
    )
    assert page.material.corrected_label.text() == "From corrections: 1 sentences, 0.0 minutes"
    qtbot.mouseClick(page.material.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.material.report.isVisible(), timeout=PATIENCE_MS)
    report = page.material.report.toPlainText()
    assert "No speech" in report
    assert "“the boat came back”" in report, "by what was read, not by its file"
    assert "Record them again, and check that the microphone is on." in report
    assert "are fit to learn from" in page.material.work_label.text()


# Teaching


def child(tmp_path: Path, code: str) -> Callable[[str], list[str]]:
    """A command that says what `asr-trainer personalise --json` says."""
    script = tmp_path / "child.py"
    script.write_text(
        "import json, signal, sys, time\n"
        "def tell(**what): print(json.dumps(what), flush=True)\n"
        "def progress(**what): tell(type='progress', **what)\n" + code,
        encoding="utf-8",
    )
    return lambda model: [sys.executable, "-u", str(script), model]


LEARNS = """
print("a library talks")
progress(stage="preparing", done=0.0, message="reading", step=0)
progress(stage="training", done=0.2, message="", step=10, loss=2.0, before_wer=0.4, seconds_left=400.0)
progress(stage="training", done=0.6, message="", step=20, loss=1.0, wer=0.25, before_wer=0.4)
progress(stage="comparing", done=0.5, message="", step=0)
"""


@pytest.fixture
def teaching(context: AppContext, qtbot: QtBot, problems: list[Any]) -> Callable[[Any], VoicePage]:
    def make(command: Callable[[str], list[str]]) -> VoicePage:
        page = VoicePage(context, training=VoiceTraining(command))
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.tabs.setCurrentWidget(page.teaching)
        page.show()
        return page

    return make


def new_model() -> Path:
    """What a training leaves."""
    folder = training_folder() / "new-model"
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(model_folder("wav2vec2-group"), folder)
    return folder


def gain(*, offered: bool = True) -> Gain:
    return Gain(
        "2026-03-01T10:00:00+00:00", DEFAULT_MODEL, 10.0, 1.5, 0.21, 0.12, None, None, offered, "Yes."
    )


def start(page: VoicePage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.teaching.progress.start_button, Qt.MouseButton.LeftButton)


def test_a_training_is_shown_and_its_model_taken_into_use_and_gone_back_from(
    teaching: Callable[[Any], VoicePage], context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = new_model()
    append_gain(training_folder(), gain())
    shutil.move(folder, tmp_path / "waits")  # it is not there before the training
    end = (
        f"import shutil; shutil.move({str(tmp_path / 'waits')!r}, {str(folder)!r})\n"
        "tell(type='result', sentence='Fewer mistakes.', finished=True, offered=True, "
        f"folder={str(folder)!r})"
    )
    page = teaching(child(tmp_path, LEARNS + end))
    part = page.teaching
    with qtbot.waitSignal(page.training.ended, timeout=PATIENCE_MS):
        start(page, qtbot)
        assert part.progress.pause_button.isVisible()
    assert part.progress.plot.losses == [(10.0, 2.0), (20.0, 1.0)]
    assert part.progress.plot.errors == [(0.0, 40.0), (20.0, 25.0)]
    assert part.verdict.text() == "Fewer mistakes."
    assert part.use_button.isVisible()
    with qtbot.waitSignal(context.model_changed, timeout=PATIENCE_MS):
        qtbot.mouseClick(part.use_button, Qt.MouseButton.LeftButton)
    assert context.settings.model == VOICE_MODEL
    assert current_version(VOICE_MODEL).name == "0002"
    assert not folder.exists()
    assert not part.verdict_card.isVisible()
    qtbot.waitUntil(lambda: part.gains.versions.count() == 2, timeout=PATIENCE_MS)
    assert part.gains.versions.currentText().endswith("(in use)")
    assert not part.gains.back_button.isEnabled()
    part.gains.versions.setCurrentIndex(1)
    with qtbot.waitSignal(context.model_changed, timeout=PATIENCE_MS):
        qtbot.mouseClick(part.gains.back_button, Qt.MouseButton.LeftButton)
    assert current_version(VOICE_MODEL).name == "0001"
    assert [round(100 * each.own_after) for each in part.gains.gains.gains] == [12]


def test_a_model_that_is_no_better_is_not_offered(
    teaching: Callable[[Any], VoicePage], qtbot: QtBot, tmp_path: Path
) -> None:
    end = "tell(type='result', sentence='No better.', finished=True, offered=False, folder='x'); sys.exit(3)"
    page = teaching(child(tmp_path, end))
    with qtbot.waitSignal(page.training.ended, timeout=PATIENCE_MS):
        start(page, qtbot)
    assert page.teaching.verdict_heading.text() == "The model in use stays"
    assert page.teaching.verdict.text() == "No better."
    assert not page.teaching.use_button.isVisible()


WAITS = """
import signal
def stop(*_):
    tell(type='result', sentence='Stopped.', finished=False)
    sys.exit(130)
signal.signal(signal.SIGINT, stop)
progress(stage="training", done=0.1, message="", step=1, loss=3.0)
while True: time.sleep(0.05)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there it is ended without a word")
def test_pause_lets_it_store_its_state(
    teaching: Callable[[Any], VoicePage], qtbot: QtBot, tmp_path: Path
) -> None:
    page = teaching(child(tmp_path, WAITS))
    with qtbot.waitSignal(page.training.progressed, timeout=PATIENCE_MS):
        start(page, qtbot)
    with qtbot.waitSignal(page.training.ended, timeout=PATIENCE_MS) as ended:
        qtbot.mouseClick(page.teaching.progress.pause_button, Qt.MouseButton.LeftButton)
        assert page.training.state is TrainingState.STOPPING
    assert ended.args is not None
    assert ended.args[0].finished is False
    assert page.teaching.progress.stage.text() == "Paused. It goes on from here when you want it to."
    assert page.teaching.progress.start_button.isVisible()


def test_a_stopped_training_is_shown_from_its_beginning_and_goes_on(
    teaching: Callable[[Any], VoicePage], qtbot: QtBot, tmp_path: Path
) -> None:
    work = training_folder() / "new-model" / "training"
    work.mkdir(parents=True)
    (work / "state.pt").write_bytes(b"weights")
    rows = [{"step": 0, "cer": 0.2, "wer": 0.5}, {"step": 10, "loss": 2.0}, {"step": 20, "loss": 1.0}]
    (work / "figures.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code = (
        "progress(stage='training', done=0.5, message='', step=15, loss=1.5, before_wer=0.5)\n"
        "progress(stage='training', done=0.5, message='', step=30, loss=0.9, before_wer=0.5)\n"
        "tell(type='result', sentence='Stopped.', finished=False)"
    )
    page = teaching(child(tmp_path, code))
    part = page.teaching.progress
    qtbot.waitUntil(lambda: part.start_button.text() == "Go on", timeout=PATIENCE_MS)
    assert part.stage.text().startswith("Paused.")
    assert part.plot.isVisible()
    assert part.plot.errors == [(0.0, 50.0)]
    assert [step for step, _ in part.plot.losses] == [10.0, 20.0]
    with qtbot.waitSignal(page.training.ended, timeout=PATIENCE_MS):
        start(page, qtbot)
    assert [step for step, _ in part.plot.losses][:1] == [10.0]
    qtbot.waitUntil(lambda: [step for step, _ in part.plot.losses] == [10.0, 20.0], timeout=PATIENCE_MS)


def test_a_training_that_begins_anew_is_drawn_anew(qtbot: QtBot) -> None:
    from asr_desktop.gui.widgets.training_plot import TrainingPlot

    plot = TrainingPlot()
    qtbot.addWidget(plot)
    plot.begin_with([{"step": 0, "wer": 0.5}, {"step": 10, "loss": 2.0}, {"step": 20, "wer": 0.4}])
    plot.add({"stage": "preparing", "step": 0})
    assert len(plot.losses) == 1, "it is not said yet where it goes on"
    plot.add({"stage": "training", "step": 1, "loss": 3.0, "before_wer": 0.7})
    assert plot.losses == [(1.0, 3.0)]
    assert plot.errors == [(0.0, 70.0)]


@pytest.mark.skipif(sys.platform == "win32", reason="there it is ended without a word")
def test_closing_asks_and_goes_when_the_state_is_stored(
    teaching: Callable[[Any], VoicePage], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = teaching(child(tmp_path, WAITS))
    assert page.can_close()
    with qtbot.waitSignal(page.training.progressed, timeout=PATIENCE_MS):
        start(page, qtbot)
    asked: list[QMessageBox] = []
    wanted = [QMessageBox.ButtonRole.RejectRole, QMessageBox.ButtonRole.AcceptRole]
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box))
    monkeypatch.setattr(
        QMessageBox,
        "clickedButton",
        lambda box: next(b for b in box.buttons() if box.buttonRole(b) is wanted[len(asked) - 1]),
    )
    assert not page.can_close()
    assert page.training.state is TrainingState.RUNNING
    assert not page.can_close()
    assert page.isVisible()
    qtbot.waitUntil(lambda: not page.isVisible(), timeout=PATIENCE_MS)
    assert page.training.state is TrainingState.IDLE


def test_what_a_person_can_mend_is_a_sentence(
    teaching: Callable[[Any], VoicePage], qtbot: QtBot, tmp_path: Path
) -> None:
    code = f"print({line_of('There are 3 seconds of your speech.')!r}); sys.exit(1)"
    page = teaching(child(tmp_path, code))
    with qtbot.waitSignal(page.training.failed, timeout=PATIENCE_MS) as failed:
        start(page, qtbot)
    assert failed.args == ["There are 3 seconds of your speech.", ""]
    assert page.teaching.progress.stage.text() == "There are 3 seconds of your speech."


def test_a_crash_comes_with_details(
    teaching: Callable[[Any], VoicePage], context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    page = teaching(child(tmp_path, "raise RuntimeError('out of paper')"))
    with qtbot.waitSignal(context.show_message, timeout=PATIENCE_MS) as told:
        start(page, qtbot)
    assert told.args is not None
    sentence, kind, details = told.args
    assert sentence.startswith("The training ended before it was done")
    assert kind == "error"
    assert "out of paper" in details


def test_a_command_that_is_not_there_is_told(
    teaching: Callable[[Any], VoicePage], qtbot: QtBot, tmp_path: Path
) -> None:
    page = teaching(lambda model: [str(tmp_path / "nothing"), model])
    with qtbot.waitSignal(page.training.failed, timeout=PATIENCE_MS):
        start(page, qtbot)
    assert page.teaching.progress.start_button.isVisible()


def test_an_offer_is_still_there_after_the_next_start(
    teaching: Callable[[Any], VoicePage], qtbot: QtBot, tmp_path: Path
) -> None:
    new_model()
    append_gain(training_folder(), gain())
    page = teaching(child(tmp_path, ""))
    qtbot.waitUntil(lambda: page.teaching.use_button.isVisible(), timeout=PATIENCE_MS)
    said = "Of a hundred words that you say it gets 12.0 wrong; the model in use 21.0."
    qtbot.waitUntil(lambda: page.teaching.verdict.text() == said, timeout=PATIENCE_MS)
    assert page.teaching.verdict.toolTip() == "Yes."


def test_without_the_trainer_s_packages_the_page_says_what_to_install(
    teaching: Callable[[Any], VoicePage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_teaching, "missing_packages", lambda: ["torch"])
    page = teaching(child(tmp_path, ""))
    assert page.teaching.install_card.isVisible()
    assert not page.teaching.progress.start_button.isEnabled()
    assert "asr-desktop[train]" in voice_teaching.INSTALL


@pytest.mark.parametrize(
    ("own_after", "general_after", "end"),
    [
        (0.22, 0.30, "It is no better. Read some more sentences, and teach it again."),
        (
            0.12,
            0.35,
            "It has forgotten too much of how others speak. More and other sentences of yours help.",
        ),
        (0.20, 0.30, "That may be chance. Read some more sentences, and teach it again."),
    ],
)
def test_why_a_model_is_not_offered(own_after: float, general_after: float, end: str) -> None:
    judged = replace(
        gain(offered=False), own_after=own_after, general_before=0.30, general_after=general_after
    )
    assert verdict_words(judged).endswith(end)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (20.0, "less than a minute left"),
        (400.0, "about 7 min left"),
        (7800.0, "about 2 h 10 min left"),
    ],
)
def test_time_left_in_words(seconds: float | None, text: str) -> None:
    assert left_text(seconds) == text


def test_the_real_command_is_known_to_the_trainer() -> None:
    from asr_desktop.gui.voice_training import training_command
    from trainer.commands import parser

    options = parser().parse_args(training_command("starter-en")[3:])
    assert options.json is True
    assert options.model == "starter-en"
    assert json.dumps(options.data) == "[]"


# Texts


LEARNS_TEXTS = """
import pathlib
progress(stage="reading", done=0.1)
progress(stage="measuring", done=0.6)
folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
gain = dict(model="m", words=900, new_words=12, weight=0.5, before=200.0, after=150.0)
(folder / "gain.json").write_text(json.dumps(gain))
tell(type="result", sentence="Better.", finished=True, offered=True, folder=str(folder))
"""


@pytest.fixture
def texts_page(
    context: AppContext, qtbot: QtBot, problems: list[Any], tmp_path: Path
) -> Callable[[str], VoicePage]:
    from trainer.language_model.personal import personal_folder

    def make(code: str) -> VoicePage:
        command = child(tmp_path, code)
        page = VoicePage(
            context, learning=VoiceTraining(lambda model: [*command(model), str(personal_folder())])
        )
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.tabs.setCurrentWidget(page.texts)
        page.show()
        qtbot.waitUntil(lambda: page.texts._found is not None, timeout=PATIENCE_MS)
        return page

    return make


def test_texts_are_added_learnt_used_and_taken_back(
    texts_page: Callable[[str], VoicePage],
    context: AppContext,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from trainer.language_model.personal import personal_folder

    page = texts_page(LEARNS_TEXTS)
    part = page.texts
    assert part.no_texts.isVisible()
    assert not part.learn_button.isEnabled()
    letter = tmp_path / "A letter.txt"
    letter.write_text("Dear Ada, the harbour was built in three winters.", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args, **_kw: ([str(letter)], ""))
    qtbot.mouseClick(part.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.texts.count() == 1, timeout=PATIENCE_MS)
    assert part.texts.item(0).text() == "A letter · 9 words"
    QGuiApplication.clipboard().setText("What I wrote to you long ago.")
    qtbot.mouseClick(part.paste_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.texts.count() == 2, timeout=PATIENCE_MS)
    part.texts.setCurrentRow(1)
    qtbot.mouseClick(part.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.texts.count() == 1, timeout=PATIENCE_MS)
    with qtbot.waitSignal(part.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(part.learn_button, Qt.MouseButton.LeftButton)
        assert part.stop_button.isVisible()
        assert not part.add_button.isEnabled()
    assert context.settings.language_model == str(personal_folder())
    qtbot.waitUntil(lambda: part.verdict.isVisible(), timeout=PATIENCE_MS)
    assert part.verdict.text().startswith("It expects your words 25 % better than before")
    assert "12 words of yours" in part.verdict.text()
    assert part.in_use.isVisible()
    qtbot.mouseClick(part.back_button, Qt.MouseButton.LeftButton)
    assert context.settings.language_model == ""
    assert part.use_button.isVisible()
    qtbot.mouseClick(part.use_button, Qt.MouseButton.LeftButton)
    assert context.settings.language_model == str(personal_folder())
    told: list[str] = []
    context.model_changed.connect(told.append)
    with qtbot.waitSignal(part.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(part.learn_button, Qt.MouseButton.LeftButton)
    assert told == [context.settings.model], "recognisers that run are told of the new one in the same place"


@pytest.mark.skipif(sys.platform == "win32", reason="there it is ended without a word")
def test_learning_texts_is_stopped_and_changes_nothing(
    texts_page: Callable[[str], VoicePage], context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    from trainer.language_model.own_texts import add_pasted

    add_pasted("What I wrote to you long ago.")
    page = texts_page("progress(stage='learning', done=0.3)\nwhile True: time.sleep(0.05)")
    with qtbot.waitSignal(page.texts.learning.progressed, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.learn_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.texts.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.stop_button, Qt.MouseButton.LeftButton)
    assert page.texts.stage.text() == "Stopped; nothing was changed."
    assert context.settings.language_model == ""


def test_texts_that_gain_nothing_and_those_that_are_too_short_are_a_sentence(
    texts_page: Callable[[str], VoicePage], context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    from trainer.language_model.own_texts import add_pasted

    add_pasted("What I wrote to you long ago.")
    page = texts_page(
        "tell(type='result', sentence='No.', finished=True, offered=False, folder=None); sys.exit(3)"
    )
    with qtbot.waitSignal(page.texts.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.learn_button, Qt.MouseButton.LeftButton)
    assert page.texts.verdict.text() == "Your texts say nothing that it does not expect already."
    assert context.settings.language_model == ""
    child(tmp_path, f"print({line_of('There are 7 words.')!r}); sys.exit(1)")
    with qtbot.waitSignal(page.texts.learning.failed, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.learn_button, Qt.MouseButton.LeftButton)
    assert page.texts.stage.text() == "There are 7 words."


def test_what_learning_texts_needs_is_said(
    texts_page: Callable[[str], VoicePage], monkeypatch: pytest.MonkeyPatch
) -> None:
    from asr_desktop.gui.widgets import voice_texts

    monkeypatch.setattr(voice_texts, "missing_packages", lambda _needed: ["kenlm"])
    page = texts_page("")
    assert page.texts.install_hint.isVisible()
    assert "kenlm==" in page.texts.install_hint.text()
    assert not page.texts.learn_button.isEnabled()


def test_what_texts_gained_is_not_used_with_a_model_of_other_letters(
    context: AppContext, tmp_path: Path
) -> None:
    (tmp_path / "alphabet.json").write_text(json.dumps({"labels": list("абв")}), encoding="utf-8")
    context.change_settings(language_model=str(tmp_path))
    told: list[str] = []
    context.show_message.connect(lambda sentence, _kind, _details: told.append(sentence))
    context.change_settings(model=str(model_folder("wav2vec2-group")))
    assert context.settings.language_model == ""
    assert len(told) == 1
    (tmp_path / "alphabet.json").write_text(json.dumps({"labels": list("abcdefghijklmnopqrstuvwxyz")}))
    context.change_settings(language_model=str(tmp_path))
    context.change_settings(model=DEFAULT_MODEL)
    assert context.settings.language_model == str(tmp_path)


def test_the_command_for_texts_is_known_to_the_trainer() -> None:
    from asr_desktop.gui.widgets.voice_texts import texts_command
    from trainer.commands import parser

    options = parser().parse_args(texts_command("starter-en")[3:])
    assert options.json is True
    assert options.model == "starter-en"
