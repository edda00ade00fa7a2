"""Alternatives for a word, taken from the other texts that beam search found."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.beam_search import Decoder
from asr_desktop.recognition.confidence import ALTERNATIVES, common_ends

_MOST_WORDS_FOR_ONE = 3


@dataclass(frozen=True, slots=True)
class Alternative:
    """Alternative text for a word: "" to leave it out, or several words.

    probability: its share (0…1) of all hypotheses.
    """

    text: str
    probability: float


def word_alternatives(
    decoder: Decoder, log_probs: NDArray[np.floating[Any]], words: Sequence[str], index: int, count: int = 6
) -> list[Alternative]:
    """Up to `count` other texts for words[index], the most probable first.

    log_probs: emissions [frames, labels] of the utterance whose text, recognised or corrected, is `words`.
    Greedy decoding gives no alternatives, so the list may be empty.
    """
    hypotheses = decoder.decode_alternatives(log_probs, ALTERNATIVES)
    best = max(hypothesis.score for hypothesis in hypotheses)
    shares: dict[str, float] = defaultdict(float)
    for hypothesis in hypotheses:
        text = counterpart(words, hypothesis.text.split(), index)
        shares[text] += math.exp(hypothesis.score - best)
    total = sum(shares.values())
    own = _folded(words[index])
    others = [Alternative(text, share / total) for text, share in shares.items() if _folded(text) != own]
    return sorted(others, key=lambda other: -other.probability)[:count]


def counterpart(words: Sequence[str], others: Sequence[str], index: int) -> str:
    """What `others`, another text of the same sound, has in place of words[index].

    Common beginnings and ends are matched first; words between them are matched by spelling. One word may
    match up to three others, or none.
    """
    folded, other_folded = [_folded(word) for word in words], [_folded(word) for word in others]
    before, after = common_ends(folded, other_folded)
    if index < before:
        return others[index]
    if index >= len(words) - after:
        return others[index - len(words)]
    first, stop = _matched(
        folded[before : len(words) - after], other_folded[before : len(others) - after], index - before
    )
    return " ".join(others[before + first : before + stop])


def _matched(words: Sequence[str], others: Sequence[str], index: int) -> tuple[int, int]:
    """Which of `others` belong to words[index] in the match with the fewest spelling differences."""
    # cheapest[i][j]: cost of words[:i] against others[:j]; took[i][j]: how many others word i-1 has, and how
    # many before those belong to nobody.
    infinity = math.inf
    cheapest = [[infinity] * (len(others) + 1) for _ in range(len(words) + 1)]
    took = [[(0, 0)] * (len(others) + 1) for _ in range(len(words) + 1)]
    cheapest[0] = [float(sum(len(other) for other in others[:j])) for j in range(len(others) + 1)]
    for i, word in enumerate(words, start=1):
        for j in range(len(others) + 1):
            for count in range(min(_MOST_WORDS_FOR_ONE, j) + 1):
                cost = cheapest[i - 1][j - count] + _difference(word, "".join(others[j - count : j]))
                if cost < cheapest[i][j]:
                    cheapest[i][j], took[i][j] = cost, (count, 0)
            if j and cheapest[i][j - 1] + len(others[j - 1]) < cheapest[i][j]:
                cheapest[i][j] = cheapest[i][j - 1] + len(others[j - 1])
                took[i][j] = (took[i][j - 1][0], took[i][j - 1][1] + 1)
    stop = len(others)
    for i in range(len(words), 0, -1):
        count, skipped = took[i][stop]
        stop -= skipped
        if i - 1 == index:
            return stop - count, stop
        stop -= count
    raise IndexError(index)


def _difference(word: str, other: str) -> float:
    """How many letters the two do not have in common, about."""
    if not other:
        return len(word)
    likeness = SequenceMatcher(None, word, other, autojunk=False).ratio()
    return (1.0 - likeness) * max(len(word), len(other))


def _folded(text: str) -> str:
    """Without capitals and punctuation, which a corrected text has and a recognised one has not."""
    kept = (c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum() or c in "' ")
    return "".join(kept)
