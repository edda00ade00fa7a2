"""Words as the punctuation network reads them: frequent words whole, all others by their beginnings and ends.

A name that no text had ("bulstrode") still has a beginning, an end and a length that other names share; those
are hashed into a table of fixed size, as fastText does with n-grams (Bojanowski et al. 2017), so that there
is no unknown word.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

PIECES_A_WORD = 8
"""Columns of the network's input; unused ones are 0, whose row in the table is zero."""
PADDING = 0
_BEGINNINGS = (2, 3, 4)
_ENDS = (2, 3, 4)
_LONGEST_LENGTH = 15


class WordPieces:
    """The vocabulary of a punctuation network.

    words: frequent words in lower case; word i has piece i + 1 for its own.
    buckets: rows of the table for hashed beginnings and ends, behind those of the words.
    """

    def __init__(self, words: Sequence[str], buckets: int) -> None:
        self.words = tuple(words)
        self.buckets = buckets
        self._ids = {word: number for number, word in enumerate(words, start=1)}

    def __len__(self) -> int:
        """Rows of the network's table: padding, words, buckets."""
        return 1 + len(self.words) + self.buckets

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def pieces(self, word: str) -> tuple[int, ...]:
        """The `PIECES_A_WORD` pieces of a word in lower case: its own number, or its hashed parts."""
        known = self._ids.get(word)
        if known is not None:
            return (known, *(PADDING,) * (PIECES_A_WORD - 1))
        return self.hashed_pieces(word)

    def hashed_pieces(self, word: str) -> tuple[int, ...]:
        """Its parts, also of a word that has a number of its own (training mixes them in)."""
        parts = [
            f"={word}",
            f"#{min(len(word), _LONGEST_LENGTH)}",
            *(f"{word[:length]}+" for length in _BEGINNINGS),
            *(f"+{word[-length:]}" for length in _ENDS),
        ]
        return tuple(self._bucket(part) for part in parts)

    def _bucket(self, part: str) -> int:
        return 1 + len(self.words) + zlib.crc32(part.encode("utf-8")) % self.buckets
