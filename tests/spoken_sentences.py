"""Sentences to play into a microphone: real ones where the packs are at hand, else synthetic ones."""

from __future__ import annotations

import csv
import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tests.fixtures.make_fixtures import spoken

RATE = 16_000
PACK = "librispeech-dev"
TEXTS = (
    "the boat came back in the evening",
    "nobody on the quay asked where it had been",
    "we sailed at dawn and came back when it was dark",
    "the old man sat down by the fire and began to tell his story",
)


@dataclass(frozen=True)
class Sentence:
    """Mono samples at 16 kHz, without silence around them, and what is said in them, in small letters."""

    samples: NDArray[np.float32]
    text: str

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def sentences(count: int, *, shortest_seconds: float = 2.5, longest_seconds: float = 6.0) -> list[Sentence]:
    """So many sentences of about that length, always the same; raises VoiceMissingError."""
    if not are_real():
        return [_synthetic(TEXTS[number % len(TEXTS)]) for number in range(count)]
    found: list[Sentence] = []
    with tarfile.open(_pack()) as archive:
        manifest = archive.extractfile(f"{PACK}/manifest.tsv")
        assert manifest is not None
        rows = list(
            csv.DictReader(io.TextIOWrapper(manifest, "utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
        )
        fitting = [row for row in rows if shortest_seconds <= float(row["seconds"]) <= longest_seconds]
        for number in range(count):
            # Spread over the pack, so that every voice has its turn.
            row = fitting[number * 7 % len(fitting)]
            file = archive.extractfile(f"{PACK}/{row['file']}")
            assert file is not None
            samples, rate = soundfile.read(io.BytesIO(file.read()), dtype="float32")
            found.append(Sentence(_bare(_at_16_khz(samples, rate)), row["transcript"].lower()))
    return found


def are_real() -> bool:
    """Whether the sentences are those of people."""
    return _pack().is_file()


def _pack() -> Path:
    shared = Path(os.environ.get("ASR_SHARED", Path(__file__).parents[2] / "shared"))
    return shared / "speech" / f"{PACK}.tar"


def talk(of: list[Sentence], pause_seconds: float = 1.2) -> NDArray[np.float32]:
    """The sentences with pauses between them, beginning and ending with speech."""
    pause = np.zeros(round(pause_seconds * RATE), np.float32)
    pieces = [piece for sentence in of for piece in (pause, sentence.samples)]
    return np.concatenate(pieces[1:])


def _synthetic(text: str) -> Sentence:
    samples, rate = soundfile.read(spoken(text), dtype="float32")
    return Sentence(_bare(_at_16_khz(samples, rate)), text)


def _at_16_khz(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    return samples if rate == RATE else np.asarray(soxr.resample(samples, rate, RATE), np.float32)


def _bare(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    return samples[loud[0] : loud[-1] + 1]
