"""Two people of the development pack, for tests that need real voices."""

from __future__ import annotations

import csv
import io
import os
import tarfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

RATE = 16_000
_PACK = "librispeech-dev"
_TAR = Path(os.environ.get("ASR_SHARED", Path(__file__).parents[3] / "shared")) / "speech" / f"{_PACK}.tar"

needs_pack = pytest.mark.skipif(not _TAR.is_file(), reason=f"needs real voices: {_TAR} is not there")


@cache
def said_by(speaker: str, count: int = 3) -> tuple[NDArray[np.float32], ...]:
    """So many utterances of 4 to 7 s of one speaker ("LS2416", "LS3242" or "LS1867"), always the
    same."""
    found: list[NDArray[np.float32]] = []
    with tarfile.open(_TAR) as archive:
        manifest = archive.extractfile(f"{_PACK}/manifest.tsv")
        assert manifest is not None
        lines = io.TextIOWrapper(manifest, "utf-8")
        for row in sorted(
            csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), key=lambda row: row["file"]
        ):
            if row["speaker"] == speaker and float(row["seconds"]) >= 4:
                file = archive.extractfile(f"{_PACK}/{row['file']}")
                assert file is not None
                samples, rate = soundfile.read(io.BytesIO(file.read()), dtype="float32")
                assert rate == RATE
                found.append(_without_silence(samples[: 7 * RATE]))
                if len(found) == count:
                    break
    return tuple(found)


def _without_silence(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the first loud 10 ms to the last."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    level = np.sqrt(np.mean(frames**2, axis=1))
    loud = np.flatnonzero(level > 0.1 * level.max())
    return samples[loud[0] * 160 : (loud[-1] + 1) * 160]


def conversation(*speakers: str) -> tuple[NDArray[np.float32], list[tuple[float, float, str]]]:
    """The next utterance of each in turn, with half a second between them, and who speaks from when to
    when."""
    sound = [np.zeros(RATE // 2, np.float32)]
    turns = []
    position = len(sound[0])
    used: dict[str, int] = {}
    for speaker in speakers:
        samples = said_by(speaker)[used.get(speaker, 0)]
        used[speaker] = used.get(speaker, 0) + 1
        turns.append((position / RATE, (position + len(samples)) / RATE, speaker))
        sound += [samples, np.zeros(RATE // 2, np.float32)]
        position += len(samples) + RATE // 2
    return np.concatenate(sound), turns
