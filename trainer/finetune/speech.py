"""Divides speech into training and validation utterances, and reports what cannot be used."""

from __future__ import annotations

import itertools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.ctc import printed_labels
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.spelling import UNSPELLABLE, Spelling
from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.data.splits import BY_SESSION, Split, evenly, split, write_split
from asr_desktop.teaching.dataset import DataError, TrainingUtterance
from trainer.finetune.frozen_part import SAMPLE_RATE, Depth, label_frames
from trainer.finetune.options import DataOptions

# Spelling of transcripts in a model's labels, and the letters that are missing from them.
#
# No language is assumed; the spelling itself is the app's (:mod:`asr_desktop.recognition.spelling`).

_APOSTROPHES = dict.fromkeys(map(ord, "’‘`´ʼ"), "'")

# Rarer letters are taken for foreign names or typing errors and spelled without their accents.
LEAST_LETTER_SHARE = 5e-4


class TranscriptSpelling:
    """Spells transcripts with a model's labels."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._spelling = Spelling(labels)
        self._printed = printed_labels(labels)

    def spell(self, transcript: str) -> str:
        """The transcript in the labels' letters, with single spaces between words; characters without a
        spelling are left out.

        >>> english = Labels(("<pad>", "|", "'", *"acdefnot"), 0, "|", frozenset({0}))
        >>> TranscriptSpelling(english).spell("“Don’t”—a CAFÉ?")
        "don't a cafe"
        """
        return " ".join(self._spelling.spell(transcript).replace(UNSPELLABLE, "").split())

    def encode(self, spelled: str) -> list[int]:
        """Label ids of a spelled text. If several labels fit, the longest is taken; spaces are encoded only
        if a label prints them.
        """
        # Pieces such as "▁the" print the space before them, so the text begins with a space.
        text = f" {spelled}" if self._spelling.spaces_in_pieces else spelled
        labels, position = [], 0
        while position < len(text):
            fitting = list(self._spelling.labels_at(text, position))
            if not fitting:
                position += 1  # a space between words that no label prints
                continue
            label, position = max(fitting, key=lambda found: found[1])
            labels.append(label)
        return labels

    def lacks(self, transcripts: Iterable[str], least_count: int) -> list[str]:
        """Letters of the transcripts, in the labels' case, that have no label and are not rare; sorted."""
        known = "".join(self._printed)
        upper = sum(c.isupper() for c in known) > sum(c.islower() for c in known)
        found = _letters(transcripts, least_count) - set(known.casefold()) - set(known.lower())
        if not upper:
            return sorted(found)
        # "ß" in upper case is two letters, for which there may be labels.
        return sorted({letter for c in found for letter in c.upper()} - set(known))


def extended(labels: Labels, letters: Iterable[str]) -> Labels:
    """The labels with new ones appended."""
    return replace(labels, tokens=(*labels.tokens, *letters))


def labels_of_texts(transcripts: Iterable[str], least_count: int) -> Labels:
    """Labels for a new head: the letters of the transcripts, in lower case."""
    transcripts = list(transcripts)
    letters = _letters(transcripts, least_count)
    if any("'" in text.translate(_APOSTROPHES) for text in transcripts):
        letters.add("'")
    tokens = ("<pad>", "<s>", "</s>", "<unk>", "|", *sorted(letters))
    return Labels(tokens, 0, "|", frozenset({0, 1, 2, 3}))


def _letters(transcripts: Iterable[str], least_count: int) -> set[str]:
    counts = Counter(
        character
        for text in transcripts
        for character in unicodedata.normalize("NFC", text).lower()
        if character.isalpha()
    )
    least = max(least_count, LEAST_LETTER_SHARE * counts.total())
    return {letter for letter, count in counts.items() if count >= least}


Report = Callable[[str], None]


@dataclass(frozen=True)
class Speech:
    """Training and validation utterances; the validation part is reduced to the size for one measurement."""

    train: list[TrainingUtterance]
    validation: list[TrainingUtterance]

    @property
    def train_seconds(self) -> float:
        return sum(utterance.seconds for utterance in self.train)


def find_speech(
    data: Path, validation: Path | None, options: DataOptions, seed: int, output: Path | None, report: Report
) -> Speech:
    """Read and divide the data, and write both lists beside the model in ``output`` (None = another process
    writes them).

    :raises DataError: there is no usable speech, or too little to divide.
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
    """The speech that can be spelled and has enough frames for its letters; its label ids, and the spelled
    texts of the validation part.

    fastest: largest speed factor of augmented copies, which leaves the fewest frames.

    :raises DataError: no usable speech is left.
    """
    train, labels, wordless, too_fast = [], [], 0, 0
    for utterance in speech.train:
        ids = spelling.encode(spelling.spell(utterance.transcript))
        frames = _frames(config, utterance.seconds / fastest)
        # CTC needs one frame per letter, and one more between two equal letters.
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
    """Identity of a data set: file names, times and transcripts."""
    return [
        [u.path.name, u.start_seconds, round(u.seconds, 3), u.transcript]
        for u in sorted(utterances, key=lambda u: (str(u.path), u.start_seconds))
    ]
