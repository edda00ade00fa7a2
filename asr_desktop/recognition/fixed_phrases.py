"""Short phrases that are expected, such as spoken commands: which of them was said, if one was.

A word that is said by itself is what a recogniser hears worst: there is no context, and the language model
has seen its letters far more often inside of other texts. But where a short list of phrases is expected, each
can be asked for. Its most probable CTC path through the utterance's emissions is compared with the most
probable path of all, whatever that spells: how many letters' worth of evidence speak against the phrase?
One that is about as good as anything else was said; of a word that only resembles it, the emissions know
better. This is the likelihood ratio test of keyword spotting with a free loop of letters as the filler model
(Rose and Paul, "A hidden Markov model based keyword recognition system", ICASSP 1990).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.alignment import CtcGraph, align, build_graph, word_times
from asr_desktop.recognition.front_end import FrameTiming
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.live_events import PAUSE_SECONDS
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.transcripts.document import Word

EVIDENCE_PER_LETTER = 3.0
SHORT_PHRASES_LOSE = 7.0
"""A phrase may be less probable than the best path by so much for each of its letters, less this: a short one
is like something else too easily. Of all margins that take none of 347 fragments of one to three words, cut
out of training speech, for one of 50 commands, this misses fewest commands: 24 of 180 by six synthetic voices
(`python -m benchmarks.spoken_commands margins`)."""
_LENGTHENED_AT_MOST = 1.25
"""By what was heard instead, in letters: a sentence that begins or ends like a phrase is longer than it."""


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A phrase and how much worse it explains the sound than the best path of all does: a natural logarithm,
    0 at best."""

    phrase: str
    score: float

    @property
    def letters(self) -> int:
        return sum(character.isalnum() for character in self.phrase)

    @property
    def is_likely(self) -> bool:
        """Whether it was said, as far as the sound tells."""
        return self.score >= min(0.0, SHORT_PHRASES_LOSE - EVIDENCE_PER_LETTER * self.letters)


class FixedPhrases:
    """The phrases, ready to be asked for. Those that the labels cannot write are left out."""

    def __init__(self, phrases: Iterable[str], labels: Labels, spelling: Spelling | None = None) -> None:
        self._labels = labels
        self._spelling = spelling = spelling or Spelling(labels)
        self.phrases: list[str] = []
        graphs: list[CtcGraph] = []
        for phrase in dict.fromkeys(phrases):
            graph = build_graph(phrase.split(), spelling)
            if graph is not None and not spelling.unspellable_characters(phrase):
                self.phrases.append(phrase)
                graphs.append(graph)
        self._graph = _side_by_side(graphs)
        self._most_letters = max((len(phrase) for phrase in self.phrases), default=0)
        counts = [len(graph.heard) for graph in graphs]
        self._first_states = np.cumsum([0, *counts], dtype=np.intp)[:-1]

    def __bool__(self) -> bool:
        return bool(self.phrases)

    def best(self, log_probs: NDArray[np.floating]) -> PhraseMatch | None:
        """The phrase that explains the emissions [frames, labels] best; None where all are longer than the
        sound."""
        if self._graph is None or not len(log_probs):
            return None
        scores = self._graph.scores(log_probs, self._labels)
        paths = np.where(self._graph.starts, scores[0], -np.inf)
        for frame in range(1, len(scores)):
            paths = paths[self._graph.predecessors].max(axis=1) + scores[frame]
        paths = np.where(self._graph.ends, paths, -np.inf)
        each = np.maximum.reduceat(paths, self._first_states)
        found = int(each.argmax())
        if not np.isfinite(each[found]):
            return None
        score = float(each[found] - log_probs.max(axis=1).sum())
        return PhraseMatch(self.phrases[found], min(0.0, score))  # sums of floats may differ by a hair

    def put_in(
        self,
        words: Sequence[Word],
        log_probs: NDArray[np.floating],
        frames: FrameTiming,
        start_seconds: float,
    ) -> list[Word]:
        """The words of an utterance that begins at `start_seconds`, with a phrase in place of what was heard
        between two pauses, or an utterance's end and a pause, wherever that was the phrase."""
        found: list[Word] = []
        borders = [0, *_pauses(words), len(words)] if words else [0, 0]
        for first, end in pairwise(borders):
            group = list(words[first:end])
            start_frame = _middle_frame(words, first, frames, start_seconds) if first else 0
            end_frame = _middle_frame(words, end, frames, start_seconds) if end < len(words) else None
            part = log_probs[start_frame:end_frame]
            heard_letters = sum(character.isalnum() for word in group for character in word.text)
            match = self.best(part) if heard_letters <= most_heard(self._most_letters) else None
            if match is None or not match.is_likely or heard_letters > most_heard(match.letters):
                found += group
                continue
            aligned = align(part, match.phrase, self._labels, self._spelling)
            part_seconds = start_seconds + start_frame * frames.stride_samples / frames.sample_rate
            times = word_times(aligned, frames, len(part) * frames.stride_samples / frames.sample_rate)
            confidence = math.exp(match.score / match.letters)
            found += [
                Word(word.text, part_seconds + start, part_seconds + end, confidence)
                for word, (start, end) in zip(aligned, times, strict=True)
            ]
        return found


def most_heard(letters: int) -> float:
    """How many letters may have been heard instead of a phrase of so many."""
    return _LENGTHENED_AT_MOST * letters + 1


def _pauses(words: Sequence[Word]) -> list[int]:
    """The words before which there is a pause."""
    return [
        place
        for place in range(1, len(words))
        if words[place].start_seconds - words[place - 1].end_seconds >= PAUSE_SECONDS
    ]


def _middle_frame(words: Sequence[Word], place: int, frames: FrameTiming, start_seconds: float) -> int:
    """The frame in the middle of the pause before words[place]."""
    middle = (words[place - 1].end_seconds + words[place].start_seconds) / 2 - start_seconds
    delayed = max(0.0, middle + frames.emission_delay_seconds)
    return round(delayed * frames.sample_rate / frames.stride_samples)


def _side_by_side(graphs: Sequence[CtcGraph]) -> CtcGraph | None:
    """One graph without ways between its parts, so that all are gone through at once."""
    if not graphs:
        return None
    width = max(graph.predecessors.shape[1] for graph in graphs)
    firsts = np.cumsum([0, *(len(graph.heard) for graph in graphs)])
    predecessors = []
    for graph, first in zip(graphs, firsts, strict=False):
        # Unused places repeat the state itself, which is its own first predecessor.
        missing = width - graph.predecessors.shape[1]
        own = np.repeat(np.arange(len(graph.heard))[:, None], missing, axis=1)
        predecessors.append(np.concatenate([graph.predecessors, own], axis=1) + first)
    return CtcGraph(
        heard=np.concatenate([graph.heard for graph in graphs]),
        word_indices=np.concatenate([graph.word_indices for graph in graphs]),
        predecessors=np.concatenate(predecessors),
        starts=np.concatenate([graph.starts for graph in graphs]),
        ends=np.concatenate([graph.ends for graph in graphs]),
    )
