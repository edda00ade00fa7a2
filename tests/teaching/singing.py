"""Sung sentences, as `conftest.sing` sings them, on disk and in recordings with pauses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 16_000


def sung(text: str, seed: int = 0, *, silence_seconds: float = 0.3) -> NDArray[np.float32]:
    """A sentence with silence on both sides and a little noise under all of it."""
    generator = np.random.default_rng(seed)
    parts = [np.zeros(round(silence_seconds * RATE))]
    times = np.arange(round(0.12 * RATE)) / RATE
    for letter in text.lower():
        if letter == " ":
            parts.append(np.zeros(times.size))
        elif letter.isalpha():
            number = ord(letter) - ord("a")
            tones = (300 + 190 * number, 2600 + 310 * number)
            parts.append(sum(np.sin(2 * np.pi * tone * times) for tone in tones) * np.hanning(times.size))
    parts.append(np.zeros(round(silence_seconds * RATE)))
    sound = np.concatenate(parts)
    return (0.2 * sound + 0.0005 * generator.standard_normal(sound.size)).astype(np.float32)


def write_sung(path: Path, text: str, seed: int = 0, rate: int = RATE) -> Path:
    import soxr

    path.parent.mkdir(parents=True, exist_ok=True)
    sound = sung(text, seed)
    soundfile.write(path, sound if rate == RATE else soxr.resample(sound, RATE, rate), rate)
    return path


def sung_talk(
    sentences: Sequence[str], pause_seconds: float = 0.8
) -> tuple[NDArray[np.float32], list[float]]:
    """Sentences with pauses between them, and where each begins."""
    parts, starts, length = [], [], 0
    for number, sentence in enumerate(sentences):
        sound = sung(sentence, number, silence_seconds=pause_seconds / 2)
        starts.append((length + round(pause_seconds / 2 * RATE)) / RATE)
        parts.append(sound)
        length += sound.size
    return np.concatenate(parts), starts
