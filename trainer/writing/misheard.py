"""Simulates recognition errors: similar-sounding words, phonetic misspellings, lost and repeated words.

A network trained on clean print relies on every word. So the training texts get random errors, window by
window, up to the error rates of recognisers; marks and capitals stay in place.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from asr_desktop.language_model.corpus import read_lines

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
