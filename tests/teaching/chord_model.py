"""An acoustic model without a network that understands what `conftest.sing` sings: a letter is a chord."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.front_end import FrameTiming
from asr_desktop.recognition.labels import Labels
from asr_desktop.teaching.listening import Listener

RATE = 16_000
STRIDE, VIEW = 320, 400
LETTERS = "abcdefgh"
TOKENS = ("<pad>", "|", *LETTERS)


class ChordModel:
    """Stands in for an EmissionsModel; each frame is one letter, a space or nothing, with 97 % certainty."""

    warnings: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.folder: Any = SimpleNamespace(
            name="chords",
            labels=Labels(TOKENS, 0, "|", frozenset({0})),
            frame_stride_samples=STRIDE,
            receptive_field_samples=VIEW,
            frame_timing=FrameTiming(STRIDE, VIEW, RATE),
            sample_rate=RATE,
            language="en",
        )
        self.calls = 0

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        self.calls += 1
        if len(samples) < VIEW:
            samples = np.pad(samples, (0, VIEW - len(samples)))
        if np.abs(samples).max() > 1e-4:
            samples = samples * (0.4 / np.abs(samples).max())
        frames = np.lib.stride_tricks.sliding_window_view(samples, VIEW)[::STRIDE]
        times = np.arange(VIEW) / RATE
        loudness = np.zeros((len(frames), len(LETTERS)))
        for number in range(len(LETTERS)):
            tones = [300 + 190 * number, 2600 + 310 * number]
            heard = [np.abs(frames @ np.exp(-2j * np.pi * tone * times)) / VIEW for tone in tones]
            loudness[:, number] = np.minimum(*heard)
        labels = np.where(loudness.max(axis=1) > 0.03, loudness.argmax(axis=1) + 2, 0)
        silent = np.pad(loudness.max(axis=1) < 0.01, 2, constant_values=True)
        labels[np.lib.stride_tricks.sliding_window_view(silent, 5).all(axis=1)] = 1
        probabilities = np.full((len(frames), len(TOKENS)), 0.03 / (len(TOKENS) - 1))
        probabilities[np.arange(len(frames)), labels] = 0.97
        return np.log(probabilities).astype(np.float32)


def chord_listener() -> Listener:
    return Listener(ChordModel())
