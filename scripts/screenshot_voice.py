"""What the Voice and Models pages show in pictures: takes, corrections, texts, trainings and a download.

Sentences of our own, spoken by flite or espeak-ng. The figures of Teach and of Your texts are real: what 2
and 10 minutes of one voice have gained, and the training with 10 minutes in progress, are those of
docs/personalise.md, as if they had come one after the other (screenshot_training.jsonl is the last one's
figures.jsonl). The texts are the project's own documents, and are learnt here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
CORRECTED = (
    "the harbour was built in three winters when no ship could leave",
    "my grandfather carried the stones for the eastern wall himself",
    "when the great storm came the wall held",
    "today the fishing boats are gone",
    "in the evening you can still hear the old bell on the mole",
)
ROOT = Path(__file__).resolve().parent.parent
MEASURED = ROOT / "docs" / "personalise.json"
TRAINING = Path(__file__).with_name("screenshot_training.jsonl")
TEXTS = (
    "README.md",
    "CHANGELOG.md",
    "docs/personalise.md",
    "docs/transcript-json.md",
    "docs/worker-protocol.md",
)
SHOWN_SHARE = 0.6
"""Of the training, in its picture."""


def make_voice(speak: Callable[[str, Path], bool], write: Callable[[Path, Any], None]) -> None:
    """Everything that lies in a data folder after some evenings with the Voice page."""
    from asr_desktop.language_model.own_texts import add_text, list_texts
    from asr_desktop.language_model.personal import learn_texts
    from asr_desktop.teaching.own_voice import (
        Gain,
        append_gain,
        corrections_folder,
        recordings_folder,
        training_folder,
    )
    from asr_desktop.teaching.wizard.prompts import own_prompts

    _make_takes(recordings_folder(), own_prompts()[:16], speak, write, "take-{number:04d}.wav")
    _make_takes(corrections_folder(), CORRECTED, speak, write, "Interview-{number:08d}.wav")
    before = _errors(0, "start")
    for when, minutes in (("2026-11-07", 2), ("2026-11-14", 10)):
        after = _errors(minutes, "top")
        gain = Gain(f"{when}T19:00:00+00:00", "starter-en", minutes, 8.0, before, after, None, None, True, "")
        append_gain(training_folder(), gain)
        before = after
    for name in TEXTS:
        add_text(ROOT / name)
    learn_texts([text.path for text in list_texts()], "starter-en")


def _measured(minutes: float, way: str) -> dict[str, Any]:
    """A row of docs/personalise.md."""
    rows = json.loads(MEASURED.read_text(encoding="utf-8"))
    return next(row for row in rows if (row["minutes"], row["way"]) == (minutes, way))


def _errors(minutes: float, way: str) -> float:
    errors: float = _measured(minutes, way)["beam_wer"]
    return errors


def _make_takes(
    folder: Path,
    sentences: Any,
    speak: Callable[[str, Path], bool],
    write: Callable[[Path, Any], None],
    name: str,
) -> None:
    """A data set as the wizard writes it: one take is too loud, and one ends too early."""
    from asr_desktop.audio.read import read_all

    folder.mkdir(parents=True, exist_ok=True)
    rows = ["file\tspeaker\tsession\tseconds\ttranscript"]
    for number, sentence in enumerate(sentences, start=1):
        path = folder / name.format(number=number)
        if not speak(sentence, path):
            return
        sound = read_all(path)
        quiet = np.zeros(RATE // 3, np.float32)
        if number == 7:
            sound = np.clip(12 * sound, -1.0, 1.0).astype(np.float32)
        sound = np.concatenate([quiet, 0.7 * sound if number != 7 else sound, quiet])
        if number == 11:
            sound = sound[: len(sound) // 2]
        write(path, sound + 0.0005 * np.random.default_rng(number).standard_normal(len(sound)))
        rows.append(f"{path.name}\tme\t2026-03-01\t{len(sound) / RATE:.3f}\t{sentence}")
    (folder / "manifest.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def make_versions() -> None:
    """A model of one's own, taught twice."""
    from asr_desktop.model_store.versions import add_version
    from asr_desktop.recognition.model_folder import find_model

    shipped = find_model("starter-en").path
    for _ in range(2):
        add_version("my-voice", shipped, before=shipped)


# The pages, as they look in use


def views_of_voice(page: Any, wait_for: Callable[[Callable[[], bool]], None]) -> Any:
    """A name for each tab of the Voice page, when it is ready to be looked at."""
    from asr_desktop.audio.levels import Level
    from asr_desktop.gui.voice_reading import ReadingState

    class Microphone:
        """In place of a recorder: somebody reads."""

        level = Level(-16.0, -8.0, False)

    wait_for(lambda: page.reading.state is ReadingState.IDLE)
    page.reading._recorder = Microphone()
    page.reading._become(ReadingState.READING)
    yield "voice"
    page.reading._recorder = None
    page.reading._become(ReadingState.IDLE)
    page.tabs.setCurrentWidget(page.material)
    page.material.look_over()
    wait_for(lambda: page.material.report.isVisible())
    yield "voice-speech"
    page.context.change_settings(model="my-voice")
    page.tabs.setCurrentWidget(page.teaching)
    wait_for(lambda: page.teaching.gains.versions.count() > 0)
    _show_training(page.training)
    yield "voice-teach"
    _end_training(page.training)
    page.context.change_settings(model="starter-en")
    page.tabs.setCurrentWidget(page.texts)
    wait_for(lambda: page.texts.own.texts.count() > 0)
    page.texts.use()
    yield "voice-texts"
    page.texts.take_back()


def _show_training(training: Any) -> None:
    from asr_desktop.gui.voice_training import TrainingState

    training._set_state(TrainingState.RUNNING)
    figures = [json.loads(line) for line in TRAINING.read_text(encoding="utf-8").splitlines()]
    steps = figures[-1]["step"]
    seconds = 60 * _measured(10, "top")["training_minutes"]
    for row in figures:
        done = row["step"] / steps
        if done <= SHOWN_SHARE:
            training.progressed.emit(
                {
                    "stage": "training",
                    "done": done,
                    "message": "",
                    "loss": None,
                    "wer": None,
                    **row,
                    "before_wer": figures[0]["wer"],
                    "seconds_left": (1 - done) * seconds,
                }
            )


def _end_training(training: Any) -> None:
    from asr_desktop.gui.voice_training import TrainingState

    training._set_state(TrainingState.IDLE)


def views_of_models(page: Any, wait_for: Callable[[Callable[[], bool]], None]) -> Any:
    """The page as it is, and with a download on its way."""
    from asr_desktop.model_store.cards import ModelState
    from asr_desktop.model_store.download import DownloadProgress, DownloadState

    shipped = page.views["starter-en"]
    wait_for(lambda: shipped.card.speed is not None)
    yield "models"
    there = (ModelState.ACTIVE, ModelState.INSTALLED)
    name = next(name for name, view in page.views.items() if view.card.state not in there)
    view = page.views[name]
    view.show_card(replace(view.card, state=ModelState.DOWNLOADING))
    view.show_progress(
        DownloadProgress(DownloadState.DOWNLOADING, 61_500_000, 95_286_046, bytes_per_second=3_100_000.0)
    )
    yield "models-download"
    page.look()
