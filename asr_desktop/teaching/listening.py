"""Checks whether a recording matches its transcript, with an ONNX model and without PyTorch.

The transcript is aligned to the emissions (the most probable path through its letters), and every frame of
that path is compared with the network's best label there. Missing, extra and wrong words show as a
shortfall, in nats: a voice that is difficult for the model has a small shortfall everywhere, a wrong word a
large one in one place. (This is the "GOP" score of Witt & Young 2000, for CTC letters.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop import DEFAULT_MODEL
from asr_desktop.recognition.alignment import WILDCARD, AlignedWord, align, word_times
from asr_desktop.recognition.ctc import greedy, printed_labels, silent_ids
from asr_desktop.recognition.emissions import SAMPLE_RATE, EmissionsModel, load_emissions
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.teaching.scoring import edit_counts

_FLOOR = -10.0  # nats: a frame in which the letter is out of the question says no more than that


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word of the transcript, its position (seconds into the sound), and how well it matches.

    letters: (letter in the model's vocabulary, shortfall in nats ≥ 0) of each; empty for a word without
    spoken letters. shortfall: of all its frames, per letter; 0 is a perfect match.
    """

    text: str
    start_seconds: float
    end_seconds: float
    letters: tuple[tuple[str, float], ...]
    shortfall: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The comparison of a recording with its transcript.

    recognised, expected: in the model's letters. words: the transcript's. shortfall: of the whole sound, in
    nats for each letter of the transcript, speech between the words that has no letters included.
    word_errors, letter_errors: of `recognised` against `expected`, as shares of it. fits: whether the sound
    is long enough for so many letters; if not, the words' times are guesses.
    """

    recognised: str
    expected: str
    words: tuple[HeardWord, ...]
    shortfall: float
    word_errors: float
    letter_errors: float
    fits: bool


class Listener:
    """A loaded model that compares recordings with their transcripts.

    model: a model folder or the name of an installed model. Raises ModelFolderError.
    """

    def __init__(
        self, model: str | Path | EmissionsModel = DEFAULT_MODEL, *, threads: int | None = None
    ) -> None:
        self.emissions: EmissionsModel = (
            load_emissions(find_model(model), threads=threads) if isinstance(model, str | Path) else model
        )
        self.labels = self.emissions.folder.labels
        self.spelling = Spelling(self.labels)
        self._printed = printed_labels(self.labels)

    def hear(self, samples: NDArray[np.float32], transcript: str) -> Heard:
        """Compare mono samples at 16 kHz, shape [n], with a transcript."""
        log_probs = self.emissions(samples)
        aligned = align(log_probs, transcript, self.labels, self.spelling)
        recognised = self.spelling.spell(greedy(log_probs, self.labels))
        expected = self.spelling.spell(transcript)
        frames = np.maximum(log_probs, _FLOOR)
        best = frames.max(axis=1) if len(frames) else np.zeros(0, np.float32)
        shortfall = best - self._silence(frames)
        words = self._words(aligned, frames, best, shortfall, len(samples))
        letters = sum(len(word.letters) for word in words)
        # The aligner spreads a text that is too long for the sound over it, and says nothing of its letters.
        fits = letters > 0 or not expected
        return Heard(
            recognised=recognised,
            expected=expected,
            words=tuple(words),
            shortfall=float(shortfall.sum()) / max(1, letters) if fits else -_FLOOR,
            word_errors=sum(edit_counts(expected.split(), recognised.split()))
            / max(1, len(expected.split())),
            letter_errors=sum(edit_counts(expected, recognised)) / max(1, len(expected)),
            fits=fits,
        )

    def _silence(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """[frames] how probable it is that no letter is heard."""
        silent = sorted(silent_ids(self.labels))
        if self.labels.word_delimiter is not None:
            silent.append(self.labels.tokens.index(self.labels.word_delimiter))
        return np.asarray(frames[:, silent].max(axis=1, initial=_FLOOR))

    def _words(
        self,
        aligned: Sequence[AlignedWord],
        frames: NDArray[np.float32],
        best: NDArray[np.float32],
        shortfall: NDArray[np.float32],
        sample_count: int,
    ) -> list[HeardWord]:
        """The words; `shortfall` gets what the letters' frames lack in place of what silence there would."""
        times = word_times(aligned, self.emissions.folder.frame_timing, sample_count / SAMPLE_RATE)
        words = []
        for word, (start, end) in zip(aligned, times, strict=True):
            letters = []
            for token in word.tokens:
                here = slice(token.start_frame, token.end_frame)
                lack = best[here] - (
                    frames[here, token.label_id] if token.label_id != WILDCARD else best[here]
                )
                shortfall[here] = lack
                if token.label_id != WILDCARD:
                    letters.append((self._printed[token.label_id].strip(), float(lack.sum())))
            total = float(shortfall[word.start_frame : word.end_frame].sum())
            words.append(HeardWord(word.text, start, end, tuple(letters), total / max(1, len(word.tokens))))
        return words
