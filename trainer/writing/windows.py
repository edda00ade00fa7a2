"""Training windows from a corpus: words, pauses and errors of recognition; cut anywhere or at sentence ends.

A network trained on clean print relies on every word. So the training texts get random errors (`Misheard`):
similar-sounding words, phonetic misspellings, lost and repeated words, window by window, up to the error
rates of recognisers; marks and capitals stay in place.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asr_desktop.language_model.corpus import read_lines
from asr_desktop.writing.punctuation import GAP_CLOSED, GAP_EDGE, GAP_UNKNOWN, PIECES_A_WORD, WordPieces
from trainer.writing.corpus import Corpus
from trainer.writing.marked_text import EXCLAMATION, NOT_TAUGHT, QUESTION, STOP
from trainer.writing.pauses import Pauses

ALTERNATIVES = 4
_LEAST_PHONES = 2
_BY_EAR = (
    ("ph", "f"),
    ("ck", "k"),
    ("c", "k"),
    ("ee", "ea"),
    ("ea", "ee"),
    ("ie", "y"),
    ("y", "ie"),
    ("ou", "o"),
    ("ai", "ay"),
    ("tion", "shun"),
    ("ght", "t"),
    ("wh", "w"),
    ("kn", "n"),
    ("s", "z"),
    ("er", "or"),
    ("or", "er"),
    ("au", "aw"),
    ("x", "ks"),
    ("qu", "kw"),
    ("j", "g"),
    ("v", "f"),
    ("d", "t"),
    ("m", "n"),
    ("a", "e"),
    ("e", "i"),
    ("o", "u"),
    ("i", "e"),
    ("ed", "t"),
    ("le", "el"),
)
_DOUBLE = re.compile(r"([a-z])\1")


def sounding_alike(words: Sequence[str], pronunciations: Path, most: int) -> np.ndarray:
    """For each of `words` (frequent first) up to ALTERNATIVES indices of words that sound the same or differ
    in one phone, -1 where there are fewer: int32 [words, ALTERNATIVES]. Only the first `most` words are
    looked at.

    pronunciations: a file in CMUdict's format ("word  W ER1 D").
    """
    phones = _pronunciations(pronunciations, set(words[:most]))
    near: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, word in enumerate(words[:most]):
        said = phones.get(word, ())
        if len(said) >= _LEAST_PHONES:
            # Two words that differ in one phone are equal without it.
            near[said].append(number)
            for place in range(len(said)):
                near[(*said[:place], "_", *said[place + 1 :])].append(number)
    alike = np.full((len(words), ALTERNATIVES), -1, np.int32)
    for number, word in enumerate(words[:most]):
        said = phones.get(word, ())
        if len(said) < _LEAST_PHONES:
            continue
        same = [other for other in near[said] if other != number]
        close = sorted(
            {
                other
                for place in range(len(said))
                for other in near[(*said[:place], "_", *said[place + 1 :])]
                if other != number and other not in same
            }
        )
        chosen = (same + close)[:ALTERNATIVES]
        alike[number, : len(chosen)] = chosen
    return alike


def _pronunciations(path: Path, wanted: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in read_lines(path):
        word, *phones = line.partition("#")[0].split()
        if word in wanted and word not in found:
            found[word] = tuple(phone.rstrip("012") for phone in phones)
    return found


def spelt_by_ear(word: str, draw: random.Random) -> str:
    """A wrong spelling of `word` that sounds like it."""
    for _ in range(draw.choice((1, 1, 2))):
        rules = [(was, becomes) for was, becomes in _BY_EAR if was in word]
        double = _DOUBLE.search(word)
        if double and draw.random() < 0.5:
            word = word[: double.start()] + word[double.start() + 1 :]
        elif rules:
            was, becomes = draw.choice(rules)
            place = draw.choice([match.start() for match in re.finditer(was, word)])
            word = word[:place] + becomes + word[place + len(was) :]
    return word


class Misheard:
    """Adds errors to words given as indices.

    alike: see `sounding_alike`. by_ear: for the first words, the index of a misspelling. frequent: random
    replacements are drawn from this many of the first words.
    """

    def __init__(self, alike: np.ndarray, by_ear: np.ndarray, frequent: int) -> None:
        self._alike = alike
        self._by_ear = by_ear
        self._frequent = frequent

    def spoil(
        self, words: np.ndarray, rates: np.ndarray, draw: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Words with errors, and the number of repetitions of each (0: lost, 2: repeated), both [words].

        rates: error probability of each word.
        """
        words = words.copy()
        wrong = draw.random(len(words)) < rates
        kind = draw.random(len(words))
        times = np.ones(len(words), np.int64)
        alike = wrong & (kind < 0.55)
        chosen = self._alike[
            np.minimum(words, len(self._alike) - 1), draw.integers(0, ALTERNATIVES, len(words))
        ]
        alike &= (chosen >= 0) & (words < len(self._alike))
        words[alike] = chosen[alike]
        by_ear = wrong & (kind >= 0.55) & (kind < 0.75) & (words < len(self._by_ear))
        words[by_ear] = self._by_ear[words[by_ear]]
        times[wrong & (kind >= 0.75) & (kind < 0.9)] = 0
        times[wrong & (kind >= 0.9) & (kind < 0.93)] = 2
        other = wrong & (kind >= 0.93)
        # Zipf: uniform over the logarithm of the rank.
        words[other] = np.exp(draw.random(int(other.sum())) * np.log(self._frequent)).astype(words.dtype) - 1
        return words, times


IGNORED = 255
_CHUNK_WORDS = 2048
_POOL_CHUNKS = 64
_MOST_SENTENCES = 4
_SPELT_BY_EAR_WORDS = 30_000


@dataclass
class Windowing:
    """longest: maximum words in a window. whole_sentences: share of windows that end with a sentence, as
    utterances do; closed: share of those that are marked as closed. open_end: share of windows where the
    silence after the last word is unknown. misheard: share of windows with errors; most_errors: maximum share
    of wrong words in them. unseen: share of frequent words that are read by their hashed parts, so that the
    parts are trained too. batch_words: words per step.
    """

    longest: int = 72
    whole_sentences: float = 0.5
    closed: float = 0.5
    open_end: float = 0.4
    misheard: float = 0.5
    most_errors: float = 0.25
    unseen: float = 0.02
    batch_words: int = 4096


@dataclass(frozen=True)
class WordBatch:
    """pieces int64 [windows, words, PIECES_A_WORD]; gaps, marks, cases int64 [windows, words], the latter two
    are IGNORED where there is no word or no target.
    """

    pieces: np.ndarray
    gaps: np.ndarray
    marks: np.ndarray
    cases: np.ndarray


class PieceTable:
    """The pieces of every word of a corpus and of misspellings of the frequent words, and the hashed parts of
    the vocabulary's words."""

    def __init__(self, types: list[str], vocabulary: WordPieces, seed: int) -> None:
        draw = random.Random(seed)
        frequent = types[:_SPELT_BY_EAR_WORDS]
        ids = {word: number for number, word in enumerate(types)}
        spelt = [spelt_by_ear(word, draw) for word in frequent]
        strange = sorted({word for word in spelt if word not in ids})
        ids.update({word: number for number, word in enumerate(strange, start=len(types))})
        self.by_ear = np.array([ids[word] for word in spelt], np.int32)
        self.pieces = np.array([vocabulary.pieces(word) for word in [*types, *strange]], np.int32)
        self.known = len(vocabulary.words)
        self.hashed = np.array([vocabulary.hashed_pieces(word) for word in types[: self.known]], np.int32)


class Windows:
    """Draws batches from a corpus. `vocabulary` has the corpus' most frequent words, in its order."""

    def __init__(
        self,
        corpus: Corpus,
        vocabulary: WordPieces,
        windowing: Windowing,
        pauses: Pauses,
        pronunciations: Path | None,
        seed: int,
    ) -> None:
        self._corpus = corpus
        self._windowing = windowing
        self._pauses = pauses
        self._table = PieceTable(corpus.types, vocabulary, seed)
        alike = np.full((1, 4), -1, np.int32)
        if pronunciations is not None:
            alike = sounding_alike(corpus.types, pronunciations, len(vocabulary.words))
        self._misheard = Misheard(alike, self._table.by_ear, min(5000, len(corpus.types)))
        self._seed = seed

    @property
    def pools_a_pass(self) -> int:
        return -(-self._chunks // _POOL_CHUNKS)

    @property
    def _chunks(self) -> int:
        return -(-len(self._corpus.words) // _CHUNK_WORDS)

    def batches(self, pool: int) -> Iterator[WordBatch]:
        """The batches of pool number `pool`, numbered over all passes; a function of the number only."""
        passed, number = divmod(pool, self.pools_a_pass)
        order = np.random.default_rng((self._seed, passed)).permutation(self._chunks)
        draw = np.random.default_rng((self._seed, pool, 1))
        cuts = [
            window
            for chunk in order[number * _POOL_CHUNKS : (number + 1) * _POOL_CHUNKS]
            for window in self._cut(int(chunk) * _CHUNK_WORDS, draw)
        ]
        cuts.sort(key=lambda cut: cut[1] - cut[0])
        groups: list[list[tuple[int, int, bool]]] = [[]]
        for cut in cuts:
            if groups[-1] and (len(groups[-1]) + 1) * (cut[1] - cut[0] + 2) > self._windowing.batch_words:
                groups.append([])
            groups[-1].append(cut)
        for group in draw.permutation(len(groups)):
            yield self._batch(groups[int(group)], draw)

    def _cut(self, start: int, draw: np.random.Generator) -> Iterator[tuple[int, int, bool]]:
        """Split one chunk into windows: first word, end, whether the window ends with a sentence."""
        end = min(start + _CHUNK_WORDS, len(self._corpus.words))
        marks = np.asarray(self._corpus.marks[start:end])
        ends = np.flatnonzero((marks == STOP) | (marks == QUESTION) | (marks == EXCLAMATION)) + start + 1
        while start < end:
            stop, whole = min(start + self._windowing.longest, end), False
            if draw.random() < self._windowing.whole_sentences:
                following = np.searchsorted(ends, start, side="right")
                wanted = ends[following : following + int(draw.integers(1, _MOST_SENTENCES + 1))]
                wanted = wanted[wanted <= stop]
                if len(wanted):
                    stop, whole = int(wanted[-1]), True
            yield start, stop, whole
            start = stop

    def _batch(self, cuts: list[tuple[int, int, bool]], draw: np.random.Generator) -> WordBatch:
        corpus, windowing, table = self._corpus, self._windowing, self._table
        lengths = np.array([end - start for start, end, _ in cuts])
        window = np.repeat(np.arange(len(cuts)), lengths)
        words = np.concatenate([corpus.words[start:end] for start, end, _ in cuts])
        marks = np.concatenate([corpus.marks[start:end] for start, end, _ in cuts]).astype(np.int64)
        cases = np.concatenate([corpus.cases[start:end] for start, end, _ in cuts]).astype(np.int64)
        cases[cases == NOT_TAUGHT] = IGNORED
        gaps = self._pauses.draw(marks, window, draw)

        rates = (draw.random(len(cuts)) < windowing.misheard) * draw.random(len(cuts)) * windowing.most_errors
        words, times = self._misheard.spoil(words, rates[window], draw)
        last = np.cumsum(lengths) - 1
        times[last] = 1
        lost = np.flatnonzero(times == 0)
        # The mark of a lost word, with its pause, moves to the word before it if that has none.
        heirs = lost[(lost > 0) & (window[np.maximum(lost - 1, 0)] == window[lost])]
        heirs = heirs[(marks[heirs - 1] == 0) & (times[heirs - 1] > 0)]
        marks[heirs - 1] = marks[heirs]
        gaps[heirs - 1] = np.maximum(gaps[heirs - 1], gaps[heirs])
        place = np.repeat(np.arange(len(words)), times)
        said_again = np.append(place[1:] == place[:-1], False)
        words, marks, cases, gaps, window = (
            words[place],
            marks[place],
            cases[place],
            gaps[place],
            window[place],
        )
        marks[said_again] = 0
        gaps[said_again] = 0

        lengths = np.bincount(window, minlength=len(cuts))
        closed = np.array([whole for *_, whole in cuts]) & (draw.random(len(cuts)) < windowing.closed)
        ends = np.cumsum(lengths) - 1
        gaps[ends[draw.random(len(cuts)) < windowing.open_end]] = GAP_UNKNOWN
        gaps[ends[closed]] = GAP_CLOSED

        pieces = table.pieces[words]
        parts = (words < table.known) & (draw.random(len(words)) < windowing.unseen)
        pieces[parts] = table.hashed[words[parts]]

        # One place before the first word, at least one after the last.
        column = np.arange(len(words)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
        shape = (len(cuts), int(lengths.max()) + 2)
        batch = WordBatch(
            np.zeros((*shape, PIECES_A_WORD), np.int64),
            np.full(shape, GAP_EDGE, np.int64),
            np.full(shape, IGNORED, np.int64),
            np.full(shape, IGNORED, np.int64),
        )
        batch.pieces[window, column] = pieces
        batch.gaps[window, column] = gaps
        batch.marks[window, column] = marks
        batch.cases[window, column] = cases
        return batch
