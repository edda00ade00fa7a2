"""A tiny data set of synthesised speech-like sound: every letter is a chord of its own, so that a network can
learn it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.made_once import made_once

RATE = 16_000
WORDS = ("abba", "cab", "bead", "dace", "face", "egg")


def sing(text: str, generator: np.random.Generator) -> np.ndarray:
    """Each letter as 120 ms of two tones that only this letter has."""
    parts = []
    for letter in text:
        times = np.arange(int(0.12 * RATE)) / RATE
        if letter == " ":
            parts.append(np.zeros(times.size))
            continue
        number = ord(letter) - ord("a")
        tones = np.sin(2 * np.pi * (300 + 190 * number) * times) + np.sin(
            2 * np.pi * (2600 + 310 * number) * times
        )
        parts.append(tones * np.hanning(times.size))
    sound = np.concatenate(parts)
    return (0.2 * sound + 0.002 * generator.standard_normal(sound.size)).astype(np.float32)


def write_pack(folder: Path, utterances: int, seed: int) -> Path:
    generator = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    with (folder / "manifest.tsv").open("w", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(["file", "speaker", "seconds", "transcript"])
        for number in range(utterances):
            text = " ".join(generator.choice(WORDS, size=3))
            samples = sing(text, generator)
            soundfile.write(folder / f"{number}.flac", samples, RATE)
            rows.writerow(
                [f"{number}.flac", f"speaker{number % 2}", f"{samples.size / RATE:.3f}", text.upper()]
            )
    return folder


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packs ``train`` and ``held-out``."""

    def write(root: Path) -> None:
        write_pack(root / "train", 24, seed=1)
        write_pack(root / "held-out", 6, seed=2)

    return made_once(tmp_path_factory, "packs", write)
