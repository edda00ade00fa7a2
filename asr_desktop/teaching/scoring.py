"""Word and character error rates with their parts, and which words were taken for which.

Levenshtein's alignment in numpy, a row at a time: a training machine may lack jiwer, and confusions need the
alignment itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pair = tuple[str | None, str | None]
"""(reference word, recognised word); None on the left is an insertion, on the right a deletion."""


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
    """The least number of substitutions, deletions and insertions."""
    return int(_costs(reference, hypothesis)[-1, -1])


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
    ids: dict[Hashable, int] = {}
    wanted = [ids.setdefault(item, len(ids)) for item in reference]
    got = np.array([ids.setdefault(item, len(ids)) for item in hypothesis], dtype=np.int32)
    steps = np.arange(len(got) + 1, dtype=np.int32)
    costs = np.empty((len(wanted) + 1, len(got) + 1), dtype=np.int32)
    costs[0] = steps
    for row, item in enumerate(wanted, start=1):
        above = costs[row - 1]
        best = above + 1
        np.minimum(best[1:], above[:-1] + (got != item), out=best[1:])
        # Insertions run along the row: the cheapest cell to the left plus the way from there.
        costs[row] = np.minimum.accumulate(best - steps) + steps
    return costs
