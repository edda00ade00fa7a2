"""An acoustic model that knows the stream it will hear, and what is said in it.

It finds the samples it is given in the stream, and gives emissions of the words that are said there: whole
ones clearly, ones that the edge of the window cuts wrongly. So the emissions of one stretch are the same in
every window, as far as an honest network's can be, and tests know what has to come out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.model_folder import ModelFolder
from tests.fixtures.make_models import model_folder
from tests.recognition.synthetic_emissions import english_labels

RATE = 16_000


@dataclass(frozen=True)
class Said:
    """A word and where in the stream it is said."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass
class ScriptedNetwork:
    """`on_run` is called with the seconds of sound of every run; `windows` keeps them all."""

    stream: NDArray[np.float32]
    script: Sequence[Said]
    folder: ModelFolder
    on_run: Callable[[float], None] = lambda seconds: None
    warnings: Sequence[str] = ()
    windows: list[tuple[float, float]] = field(default_factory=list)

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        begin = self._place(samples)
        end = begin + len(samples)
        self.windows.append((begin / RATE, end / RATE))
        self.on_run(len(samples) / RATE)
        folder = self.folder
        stride = folder.frame_stride_samples
        count = max(0, (len(samples) - folder.receptive_field_samples) // stride + 1)
        blank = folder.labels.blank_id
        path = np.full(count, blank)
        label_of = {token: label for label, token in enumerate(folder.labels.tokens)}
        for word in self.script:
            first, last = round(word.start_seconds * RATE) - begin, round(word.end_seconds * RATE) - begin
            if last <= 0 or first >= len(samples):
                continue
            text = (
                word.text if first >= 0 and last <= len(samples) else "X" + word.text[: len(word.text) // 2]
            )
            first, last = max(first, 0), min(last, len(samples))
            # Letters with blanks between them, then the delimiter.
            places = np.linspace(first, last, 2 * len(text) + 1, dtype=int)[:-1] // stride
            for letter, place in zip(text, places[::2], strict=True):
                if place < count:
                    path[place] = label_of[letter]
            if last // stride < count:
                path[last // stride] = label_of["|"]
        log_probs = np.full((count, len(folder.labels.tokens)), np.log(1e-4), np.float32)
        log_probs[np.arange(count), path] = np.log(0.99)
        return log_probs

    def _place(self, samples: NDArray[np.float32]) -> int:
        for place in np.flatnonzero(self.stream == samples[0]):
            if np.array_equal(self.stream[place : place + len(samples)], samples):
                return int(place)
        raise AssertionError("the network was given samples that are not in the stream")


def scripted_folder(path: Path) -> ModelFolder:
    """20 ms frames and English letters; no file of it is read but those beside the network."""
    return replace(ModelFolder.load(model_folder("wav2vec2-group")), path=path, labels=english_labels())


def script_for(speech: Sequence[tuple[float, float]], word_seconds: float = 0.32) -> list[Said]:
    """Different words one after the other in each of the stretches, which are in seconds."""
    letters = "BCDFGHJKLMNPQRSTVW"
    said = []
    for start, end in speech:
        for begin in np.arange(start, end - word_seconds, word_seconds + 0.08):
            number = len(said)
            text = letters[number % 18] + "A" + letters[number // 18 % 18] + "E"
            said.append(Said(text, float(begin), float(begin) + word_seconds))
    return said
