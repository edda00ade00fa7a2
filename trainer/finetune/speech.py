"""Which utterances a fine-tuning learns from and which it is measured with; what cannot be used is named."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from asr_desktop.base.sentences import Sentence
from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.data.splits import BY_SESSION, Split, evenly, split, write_split
from asr_desktop.teaching.dataset import DataError, TrainingUtterance
from trainer.finetune.frozen_part import SAMPLE_RATE, Depth, label_frames
from trainer.finetune.options import DataOptions
from trainer.finetune.vocabulary import TranscriptSpelling

Report = Callable[[str], None]


@dataclass(frozen=True)
class Speech:
    """Both sides, the validation side thinned out to what one measurement is worth."""

    train: list[TrainingUtterance]
    validation: list[TrainingUtterance]

    @property
    def train_seconds(self) -> float:
        return sum(utterance.seconds for utterance in self.train)


def find_speech(
    data: Path, validation: Path | None, options: DataOptions, seed: int, output: Path | None, report: Report
) -> Speech:
    """Read, divide, and write both lists beside the model in ``output`` (None = another process does).

    :raises DataError: nothing usable, or too little to divide.
    """
    utterances = read_dataset(data, report=report)
    if validation is None:
        parts = split(utterances, validation_share=options.validation_share, seed=seed)
    else:
        held_out = read_dataset(validation, report=report)
        parts = Split(utterances, held_out, BY_SESSION, seed, (f"measured with {validation}",))
    for sentence in parts.sentences:
        report(sentence)
    if output is not None:
        write_split(parts, output)
    train = [u for u in parts.train if options.least_seconds <= u.seconds <= options.most_seconds]
    if len(train) < len(parts.train):
        report(
            f"{len(parts.train) - len(train)} utterances left out: shorter than {options.least_seconds:g} s "
            f"or longer than {options.most_seconds:g} s"
        )
    held_out = [u for u in parts.validation if u.seconds <= 2 * options.most_seconds]
    wanted = max(1, options.validation_utterances)
    if len(held_out) > wanted:
        held_out = evenly(held_out, wanted)
    if not train or not held_out:
        raise DataError(
            Sentence(
                "{data} does not contain enough usable speech for training and validation; record more, "
                "or raise data.most_seconds.",
                data=data,
            )
        )
    return Speech(train, held_out)


def learnable(
    speech: Speech, spelling: TranscriptSpelling, config: Any, fastest: float, report: Report
) -> tuple[Speech, list[list[int]], list[str]]:
    """What can be spelled and has a frame for each letter; its labels, and the validation side's spelled
    texts.

    fastest: the quickest augmented copy's speed, which leaves the fewest frames.

    :raises DataError: nothing is left.
    """
    train, labels, wordless, too_fast = [], [], 0, 0
    for utterance in speech.train:
        ids = spelling.encode(spelling.spell(utterance.transcript))
        frames = _frames(config, utterance.seconds / fastest)
        # CTC needs a frame a letter, and one more between two equal letters.
        needed = len(ids) + sum(a == b for a, b in itertools.pairwise(ids))
        if not ids:
            wordless += 1
        elif needed > frames:
            too_fast += 1
        else:
            train.append(utterance)
            labels.append(ids)
    for count, why in (
        (wordless, "the transcript has no letters of the model's alphabet"),
        (too_fast, "the transcript is too long for the audio"),
    ):
        if count:
            report(f"{count} utterances left out: {why}")
    held_out = [u for u in speech.validation if spelling.spell(u.transcript)]
    if not train or not held_out:
        raise DataError(
            Sentence(
                "No usable speech is left for training and validation; check that the transcripts match "
                "the audio and are in the model's language."
            )
        )
    return Speech(train, held_out), labels, [spelling.spell(u.transcript) for u in held_out]


def _frames(config: Any, seconds: float) -> int:
    return int(label_frames(config, Depth(0), torch.tensor(int(seconds * SAMPLE_RATE))))


def fingerprint(utterances: Sequence[TrainingUtterance]) -> list[list[Any]]:
    """What makes a data set the same one: names, places and transcripts."""
    return [
        [u.path.name, u.start_seconds, round(u.seconds, 3), u.transcript]
        for u in sorted(utterances, key=lambda u: (str(u.path), u.start_seconds))
    ]
