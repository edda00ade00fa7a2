"""Word and character error rates with their parts, and which words were taken for which.

Levenshtein in numpy, a row at a time. jiwer gives the same rates (tests/teaching/test_scoring.py),
but does not say which of several cheapest alignments it takes, which confusions need, and would bring 12 MB
of rapidfuzz into the base install.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.language_model.english import ENGLISH_VOCABULARY, normalise_text
from asr_desktop.recognition.labels import Labels

Pair = tuple[str | None, str | None]
"""(reference word, recognised word); None on the left is an insertion, on the right a deletion."""


# What of a transcript is compared: words without case and punctuation, the same rule for both sides

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_EDGE_APOSTROPHE = re.compile(r"(?<!\w)'+|'+(?!\w)")


def comparable(text: str, labels: Labels) -> str:
    """``text`` in lower case, words apart by single spaces.

    For labels of plain English as `english` writes it; for others whatever is no letter, digit or mark on a
    letter separates words. Where words are not delimited (Chinese), each character is a word.

    >>> german = Labels(("<pad>", "|", *"äabdeflrstu"), 0, "|", frozenset({0}))
    >>> comparable("»Läuft’s?«", german)
    "läuft's"
    """
    if labels.word_delimiter is not None and is_english(labels):
        return normalise_text(text)
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    kept = "".join(
        character if character == "'" or unicodedata.category(character)[0] in "LMN" else " "
        for character in text
    )
    words = _EDGE_APOSTROPHE.sub(" ", kept).split()
    return " ".join(words if labels.word_delimiter is not None else "".join(words))


def is_english(labels: Labels) -> bool:
    """Whether a model spells nothing but plain English letters."""
    spelled = {
        token.lower() for number, token in enumerate(labels.tokens) if number not in labels.special_ids
    }
    return spelled <= {token for token in ENGLISH_VOCABULARY if not token.startswith("<")}


# Errors against references


@dataclass(frozen=True)
class Score:
    """Errors against the references; rates are errors per reference word (or character)."""

    words: int
    substitutions: int
    deletions: int
    insertions: int
    characters: int
    character_errors: int

    @property
    def word_errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def wer(self) -> float:
        return self.word_errors / max(1, self.words)

    @property
    def cer(self) -> float:
        return self.character_errors / max(1, self.characters)

    def __str__(self) -> str:
        return (
            f"WER {100 * self.wer:.1f} % (S {self.substitutions} D {self.deletions} I {self.insertions} "
            f"of {self.words} words), CER {100 * self.cer:.1f} %"
        )


def score(references: Sequence[str], hypotheses: Sequence[str]) -> Score:
    """Compare normalised texts pairwise. Empty references count their hypothesis as insertions."""
    return add_scores(score_one(*pair) for pair in zip(references, hypotheses, strict=True))


def score_one(reference: str, hypothesis: str) -> Score:
    """The errors of one utterance."""
    substitutions, deletions, insertions = edit_counts(reference.split(), hypothesis.split())
    return Score(
        words=len(reference.split()),
        substitutions=substitutions,
        deletions=deletions,
        insertions=insertions,
        characters=len(reference),
        character_errors=edit_distance(reference, hypothesis),
    )


def add_scores(scores: Iterable[Score]) -> Score:
    """The errors of all of them together."""
    total = np.zeros(6, dtype=int)
    for each in scores:
        total += (
            each.words,
            each.substitutions,
            each.deletions,
            each.insertions,
            each.characters,
            each.character_errors,
        )
    return Score(*map(int, total))


def edit_counts(reference: Sequence[str], hypothesis: Sequence[str]) -> tuple[int, int, int]:
    """Substitutions, deletions and insertions of a cheapest alignment."""
    pairs = align_words(reference, hypothesis)
    deletions = sum(got is None for _, got in pairs)
    insertions = sum(wanted is None for wanted, _ in pairs)
    return sum(wanted != got for wanted, got in pairs) - deletions - insertions, deletions, insertions


def edit_distance(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> int:
    """The least number of substitutions, deletions and insertions.

    Keeps one row at a time, so texts of hours are no matter of memory: 40,000 words against as many take some
    seconds, and a megabyte.
    """
    distance = 0
    for row in _rows(reference, hypothesis):
        distance = int(row[-1])
    return distance


def align_words(reference: Sequence[str], hypothesis: Sequence[str]) -> list[Pair]:
    """A cheapest alignment from left to right; of several, one that substitutes rather than deletes and
    inserts.
    """
    costs = _costs(reference, hypothesis)
    pairs: list[Pair] = []
    row, column = len(reference), len(hypothesis)
    while row or column:
        here = costs[row, column]
        if row and column:
            equal = reference[row - 1] == hypothesis[column - 1]
            if here == costs[row - 1, column - 1] + (not equal):
                row, column = row - 1, column - 1
                pairs.append((reference[row], hypothesis[column]))
                continue
        if row and here == costs[row - 1, column] + 1:
            row -= 1
            pairs.append((reference[row], None))
        else:
            column -= 1
            pairs.append((None, hypothesis[column]))
    return pairs[::-1]


def _costs(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> NDArray[np.int32]:
    """Levenshtein distances of all beginnings, [reference + 1, hypothesis + 1]."""
    return np.stack(list(_rows(reference, hypothesis)))


def _rows(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> Iterator[NDArray[np.int32]]:
    """The rows of `_costs`, one after the other."""
    ids: dict[Hashable, int] = {}
    wanted = [ids.setdefault(item, len(ids)) for item in reference]
    got = np.array([ids.setdefault(item, len(ids)) for item in hypothesis], dtype=np.int32)
    steps = np.arange(len(got) + 1, dtype=np.int32)
    row = steps
    yield row
    for item in wanted:
        best = row + 1
        np.minimum(best[1:], row[:-1] + (got != item), out=best[1:])
        # Insertions run along the row: the cheapest cell to the left plus the way from there.
        row = np.minimum.accumulate(best - steps) + steps
        yield row
