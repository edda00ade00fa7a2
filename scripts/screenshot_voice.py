"""What the Voice and Models pages show in pictures: takes, corrections, texts, trainings and a download.

Sentences of our own, spoken by flite or espeak-ng. The figures of the trainings are made up; that they look
like real ones is all that a picture needs.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from dataclasses import asdict, replace
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
LETTER = (
    "Dear Charlotte, thank you for the letters from Lisbon, which arrived on Monday.",
    "The second chapter needs a shorter beginning, and the harbour master has to come earlier.",
    "Ada Brockmann paid for the eastern wall, and nobody remembers the name of the engineer.",
)


def make_voice(speak: Callable[[str, Path], bool], write: Callable[[Path, Any], None]) -> None:
    """Everything that lies in a data folder after some evenings with the Voice page."""
    from trainer.language_model.own_texts import add_pasted, texts_folder
    from trainer.language_model.personal import GAIN_FILE, TextGain, personal_folder
    from trainer.personalise.history import Gain, append_gain
    from trainer.personalise.material import corrections_folder, recordings_folder, training_folder
    from trainer.wizard.prompts import own_prompts

    _make_takes(recordings_folder(), own_prompts()[:16], speak, write, "take-{number:04d}.wav")
    _make_takes(corrections_folder(), CORRECTED, speak, write, "Interview-{number:08d}.wav")
    for when, before, after in (
        ("2026-03-01", 0.318, 0.243),
        ("2026-03-14", 0.243, 0.209),
        ("2026-04-02", 0.209, 0.187),
    ):
        append_gain(
            training_folder(),
            Gain(f"{when}T19:00:00+00:00", "starter-en", 10.0, 1.8, before, after, 0.30, 0.305, True, ""),
        )
    add_pasted("\n\n".join(LETTER))
    for name, times in (("Letters of this year", 60), ("The harbour, chapters one to three", 210)):
        (texts_folder() / f"{name}.txt").write_text("\n".join(LETTER * times) + "\n", encoding="utf-8")
    personal_folder().mkdir(parents=True)
    gain = TextGain("starter-en", 12_150, 74, 0.31, 212.0, 151.0)
    (personal_folder() / GAIN_FILE).write_text(json.dumps(asdict(gain)), encoding="utf-8")


def _make_takes(
    folder: Path,
    sentences: Any,
    speak: Callable[[str, Path], bool],
    write: Callable[[Path, Any], None],
    name: str,
) -> None:
    """A data set as the wizard writes it: one take is too loud, and one ends too early."""
    from asr_desktop.audio.media import read_all

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
    from asr_desktop.recognition.model_folder import find_model
    from trainer.evaluation.versions import add_version

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
    chance = random.Random(3)
    wer = 0.187
    for step in range(1, 660, 6):
        if step % 132 == 1 and step > 1:
            wer = round(0.155 + 0.03 * math.exp(-step / 260), 3)
        loss = 0.42 + 1.1 * math.exp(-step / 190) + chance.uniform(-0.03, 0.03)
        training.progressed.emit(
            {
                "stage": "training",
                "done": step / 1000,
                "message": "",
                "step": step,
                "loss": loss,
                "wer": wer,
                "before_wer": 0.187,
                "seconds_left": 520.0,
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
