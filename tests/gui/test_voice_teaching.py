"""Teach: a training as it goes, its verdict, the new model in use, and the way back."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import installation
from asr_desktop.base.json_messages import line_of
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.voice_page import VoicePage
from asr_desktop.gui.voice_training import TrainingState, VoiceTraining
from asr_desktop.gui.widgets import voice_teaching
from asr_desktop.gui.widgets.voice_findings import verdict_words
from asr_desktop.gui.widgets.voice_progress import left_text
from asr_desktop.model_store.versions import VOICE_MODEL, current_version, first_version
from asr_desktop.teaching import own_voice
from asr_desktop.teaching.own_voice import (
    Gain,
    Readiness,
    append_gain,
    minutes_to_teach,
    readiness,
    training_folder,
)
from tests.fixtures.make_models import model_folder
from tests.gui.voice_page import PATIENCE_MS, child, problems

__all__ = ["problems"]


LEARNS = """
print("a library talks")
progress(stage="preparing", done=0.0, message="reading", step=0)
progress(stage="training", done=0.2, message="", step=10, loss=2.0, before_wer=0.4, seconds_left=400.0)
progress(stage="training", done=0.6, message="", step=20, loss=1.0, wer=0.25, before_wer=0.4)
progress(stage="comparing", done=0.5, message="", step=0)
"""


@pytest.fixture(autouse=True)
def ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of speech to learn from, unless a test says otherwise."""
    monkeypatch.setattr(own_voice, "readiness", lambda start: Readiness(600.0, (6.5, 13.0)))


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
    qtbot.waitUntil(page.teaching.progress.start_button.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(page.teaching.progress.start_button, Qt.MouseButton.LeftButton)


def test_before_a_start_it_says_what_there_is_and_how_long_it_takes(
    teaching: Callable[[Any], VoicePage], tmp_path: Path, qtbot: QtBot
) -> None:
    page = teaching(child(tmp_path, LEARNS))
    progress = page.teaching.progress
    qtbot.waitUntil(progress.start_button.isEnabled, timeout=PATIENCE_MS)
    assert progress.stage.text() == "10.0 min of your speech. Training takes about 6 to 13 min."
    assert not progress.plot.isVisible()


@pytest.mark.parametrize(("seconds", "words"), [(0.0, "nothing to learn from"), (31.0, "not enough of your")])
def test_with_too_little_to_learn_from_there_is_no_start_but_a_reason(
    teaching: Callable[[Any], VoicePage],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    words: str,
) -> None:
    monkeypatch.setattr(own_voice, "readiness", lambda start: Readiness(seconds, None))
    page = teaching(child(tmp_path, LEARNS))
    part = page.teaching
    qtbot.waitUntil(lambda: words in part.progress.stage.text(), timeout=PATIENCE_MS)
    assert not part.progress.start_button.isEnabled()
    assert not part.progress.plot.isVisible()
    assert not part.gains.isVisible()
    assert "asr-trainer" not in part.progress.stage.text()


def test_the_estimate_grows_with_speech_and_network(home: Path) -> None:
    small = minutes_to_teach(600.0, 14_000_000, processors=2)
    assert small == pytest.approx((6.5, 13.0))
    longer, larger = minutes_to_teach(1200.0, 14_000_000, 2), minutes_to_teach(600.0, 380_000_000, 2)
    assert small is not None
    assert longer is not None
    assert larger is not None
    assert longer > small
    assert 39 < larger[1] < 144, "what a network of base size was measured to take"
    assert minutes_to_teach(600.0, 0) is None
    start = first_version(DEFAULT_MODEL)
    assert readiness(start, []) == Readiness(0.0, readiness(start, []).minutes)
    assert not readiness(start, []).is_enough


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
    qtbot.waitUntil(part.use_button.isVisible, timeout=PATIENCE_MS)
    assert part.verdict.text() == "Fewer mistakes."
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
    qtbot.waitUntil(page.teaching.verdict_card.isVisible, timeout=PATIENCE_MS)
    assert page.teaching.verdict_heading.text() == "The current model stays in use"
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
    assert page.teaching.progress.stage.text() == "Paused. You can continue from here at any time."
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
    qtbot.waitUntil(lambda: part.start_button.text() == "Continue", timeout=PATIENCE_MS)
    assert part.stage.text().startswith("Paused.")
    assert part.plot.isVisible()
    assert part.plot.errors == [(0.0, 50.0)]
    assert [step for step, _ in part.plot.losses] == [10.0, 20.0]
    with qtbot.waitSignal(page.training.ended, timeout=PATIENCE_MS):
        start(page, qtbot)
    assert [step for step, _ in part.plot.losses][:1] == [10.0]
    qtbot.waitUntil(lambda: [step for step, _ in part.plot.losses] == [10.0, 20.0], timeout=PATIENCE_MS)


def test_a_training_that_begins_anew_is_drawn_anew(qtbot: QtBot) -> None:
    from asr_desktop.gui.widgets.voice_progress import TrainingPlot

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
    assert sentence.startswith("Training stopped before it was finished")
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
    said = "Word error rate on your speech: 12.0% (current model: 21.0%)."
    qtbot.waitUntil(lambda: page.teaching.verdict.text() == said, timeout=PATIENCE_MS)


def test_without_the_trainer_s_packages_the_page_says_what_to_install(
    teaching: Callable[[Any], VoicePage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_teaching, "missing_packages", lambda: ["torch"])
    page = teaching(child(tmp_path, ""))
    assert page.teaching.install_card.isVisible()
    assert not page.teaching.progress.start_button.isEnabled()
    assert any(
        installation.trainer_command() in part.text()
        for part in page.teaching.install_card.findChildren(QLabel)
    )


def test_a_package_without_python_says_in_one_sentence_how_to_get_the_trainer(
    teaching: Callable[[Any], VoicePage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_teaching, "missing_packages", lambda: ["torch"])
    monkeypatch.setattr(voice_teaching, "is_packaged", lambda: True)
    monkeypatch.setattr(installation, "is_packaged", lambda: True)
    page = teaching(child(tmp_path, ""))
    card = page.teaching.install_card
    shown = [part.text() for part in card.findChildren(QLabel)]
    assert str(installation.to_get_trainer()) in shown
    assert not any("restart the program" in text for text in shown)
    card.findChildren(QPushButton)[0].click()
    assert QGuiApplication.clipboard().text() == f'python3 -m pip install "{installation.WHEEL}[train]"'


@pytest.mark.parametrize(
    ("own_after", "general_after", "end"),
    [
        (0.22, 0.30, "It is not better. Read some more sentences and train it again."),
        (
            0.12,
            0.35,
            "It has forgotten too much of how others speak. More and different sentences of yours help.",
        ),
        (0.20, 0.30, "That may be chance. Read some more sentences and train it again."),
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
    from tests.trainer.command_stand_in import understood

    options = understood(training_command("starter-en")[4:])
    assert options["as_json"] is True
    assert options["model"] == "starter-en"
    assert not options["data"]
