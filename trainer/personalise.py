"""Trains a model on one voice, from recordings to a verdict.

It always starts from the original model and not from the last result, because repeated training would overfit
to the recordings and accumulate forgetting. The comparison is with the model in use.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base.sentences import Sentence
from asr_desktop.model_store.versions import VOICE_MODEL, first_version
from asr_desktop.recognition.model_folder import ModelFolder, find_model
from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.own_voice import (
    LEARNT_FILE,
    MODEL_FOLDER,
    Gain,
    append_gain,
    gather,
    general_speech,
    own_folders,
    training_folder,
)
from trainer.evaluation.comparison import Comparison, Verdict, compare, judge
from trainer.evaluation.recognise import BEAM
from trainer.finetune.job import (
    FinetuneJob,
    OnProgress,
    OtherTrainingError,
    TrainingProgress,
    finetune,
    never,
    nobody,
)
from trainer.model_card import write_voice_card

# Progress of the comparison of two models, by seconds of recognised sound, with the remaining time

COMPARING = "comparing"
TELLS_EVERY_SECONDS = 1.0
_FIRST_ESTIMATE_SECONDS = 3.0
"""Earlier estimates would be dominated by loading the model."""


class ComparingProgress:
    """Called with the seconds of each recording that a model has recognised.

    total_seconds: of sound for both models together. Reports at most once per second.
    """

    def __init__(
        self, total_seconds: float, on_progress: OnProgress, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total_seconds = total_seconds
        self._on_progress = on_progress
        self._clock = clock
        self._heard_seconds = 0.0
        self._began = self._told = clock()
        self._message = ""

    def begin(self, message: str) -> None:
        """Start the next part, described by a sentence for the log."""
        self._message = message
        self._tell()

    def __call__(self, seconds: float) -> None:
        self._heard_seconds += seconds
        if self._clock() - self._told >= TELLS_EVERY_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told = self._clock()
        elapsed = self._told - self._began
        # 1.0 is reported with the verdict, so this stays below it.
        share = min(0.999, self._heard_seconds / self._total_seconds) if self._total_seconds else 0.0
        left = elapsed * (1 - share) / share if share and elapsed >= _FIRST_ESTIMATE_SECONDS else None
        self._on_progress(TrainingProgress(COMPARING, share, self._message, seconds_left=left))


@dataclass(frozen=True)
class LearnJob:
    """data: folders of the user's speech; empty for recordings and corrections made with the program. model:
    the one in use. general: speech of others to detect forgetting; None for the bundled speech. home: folder
    for the held-out list, the history, and the running training. minutes: maximum length.
    """

    data: Sequence[Path] = ()
    model: str | Path = DEFAULT_MODEL
    general: Path | None = None
    home: Path = field(default_factory=training_folder)
    minutes: float | None = None
    recipe: Path | None = None
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class LearntVoice:
    """finished: False if it was stopped; the same job resumes. verdict, folder: None until it is finished."""

    finished: bool
    sentence: str
    verdict: Verdict | None = None
    folder: Path | None = None


def learn(
    job: LearnJob, on_progress: OnProgress = nobody, cancelled: Callable[[], bool] = never
) -> LearntVoice:
    """Train, measure and compare; the model in use is not changed (see `model_store.versions.adopt`).

    :raises AsrDesktopError: errors that the user can fix, as a sentence.
    """

    def say(sentence: str) -> None:
        on_progress(TrainingProgress("preparing", 0.0, sentence))

    places = list(job.data) or own_folders()
    if not places:
        raise DataError(
            Sentence(
                "There is no speech to learn from yet: read some sentences aloud, or correct "
                "transcripts and teach the model with them."
            )
        )
    in_use = find_model(job.model)
    material = gather(places, job.home, say)
    say(
        f"{material.train_seconds / 60:.1f} minutes to learn from, {material.held_out_seconds / 60:.1f} "
        "minutes set aside to test on"
    )
    output = job.home / MODEL_FOLDER
    start = first_version(job.model)
    training = FinetuneJob(
        data=job.home / LEARNT_FILE,
        start=start,
        output=output,
        recipe=job.recipe,
        overrides=job.overrides,
        minutes=job.minutes,
    )
    try:
        result = finetune(training, on_progress, cancelled)
    except OtherTrainingError as error:
        say("the speech, the model or the recipe has changed since the last run: training starts over")
        shutil.rmtree(error.folder)
        result = finetune(training, on_progress, cancelled)
    if not result.finished:
        return LearntVoice(False, "Stopped. It resumes from here next time.")
    place = job.general or general_speech()
    others = read_dataset(place) if place.exists() else []
    heard = ComparingProgress(
        2 * sum(utterance.seconds for utterance in (*material.held_out, *others)), on_progress
    )
    heard.begin("testing on your speech that was set aside")
    own = compare(in_use.path, output, material.held_out, data="your own speech", heard=heard)
    general = None
    if place.exists():
        heard.begin("testing on other voices")
        general = compare(in_use.path, output, others, data="general speech", heard=heard)
    verdict = judge(own, general)
    write_voice_card(
        output, ModelFolder.load(start), material.train_seconds, own, general, verdict, VOICE_MODEL
    )
    append_gain(
        job.home, _gain(in_use.name, material.train_seconds, material.held_out_seconds, own, general, verdict)
    )
    on_progress(TrainingProgress(COMPARING, 1.0, verdict.sentence))
    return LearntVoice(True, verdict.sentence, verdict, output)


def _gain(
    model: str,
    train_seconds: float,
    held_out_seconds: float,
    own: Comparison,
    general: Comparison | None,
    verdict: Verdict,
) -> Gain:
    def rates(comparison: Comparison) -> tuple[float, float]:
        return comparison.old.by(BEAM).wer.value, comparison.new.by(BEAM).wer.value

    own_before, own_after = rates(own)
    general_before, general_after = rates(general) if general is not None else (None, None)
    return Gain(
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        model=model,
        minutes=train_seconds / 60,
        held_out_minutes=held_out_seconds / 60,
        own_before=own_before,
        own_after=own_after,
        general_before=general_before,
        general_after=general_after,
        offered=verdict.offered,
        sentence=verdict.sentence,
    )
