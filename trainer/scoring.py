"""Word and character error rates with their parts, through jiwer where it is installed.

A bare training machine may lack jiwer; the same counts then come from the Levenshtein alignment below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
    def wer(self) -> float:
        return (self.substitutions + self.deletions + self.insertions) / max(1, self.words)

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
    substitutions = deletions = insertions = words = characters = character_errors = 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        s, d, i = edit_counts(reference.split(), hypothesis.split())
        substitutions, deletions, insertions = substitutions + s, deletions + d, insertions + i
        words += len(reference.split())
        characters += len(reference)
        character_errors += sum(edit_counts(reference, hypothesis))
    return Score(words, substitutions, deletions, insertions, characters, character_errors)


def edit_counts(reference: Sequence[str], hypothesis: Sequence[str]) -> tuple[int, int, int]:
    """Substitutions, deletions and insertions of a cheapest alignment (Levenshtein, by rows)."""
    # Each cell is (cost, substitutions, deletions, insertions); tuples compare by cost first.
    row = [(column, 0, 0, column) for column in range(len(hypothesis) + 1)]
    for number, wanted in enumerate(reference, start=1):
        previous, row = row, [(number, 0, number, 0)]
        for column, got in enumerate(hypothesis, start=1):
            diagonal = previous[column - 1]
            if wanted == got:
                row.append(diagonal)
                continue
            above, left = previous[column], row[-1]
            row.append(
                min(
                    (diagonal[0] + 1, diagonal[1] + 1, diagonal[2], diagonal[3]),
                    (above[0] + 1, above[1], above[2] + 1, above[3]),
                    (left[0] + 1, left[1], left[2], left[3] + 1),
                )
            )
    _, substitutions, deletions, insertions = row[-1]
    return substitutions, deletions, insertions
