"""Input of the punctuation network: frequent words as a whole, all others by their prefixes and suffixes.

An unseen name ("bulstrode") shares prefix, suffix and length with other names; these are hashed into a table
of fixed size, as fastText does with n-grams (Bojanowski et al. 2017), so there are no unknown words.
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

    words: frequent words in lower case; the piece of word i is i + 1. buckets: rows of the table for hashed
    prefixes and suffixes, after those of the words.
    """

    def __init__(self, words: Sequence[str], buckets: int) -> None:
        self.words = tuple(words)
        self.buckets = buckets
        self._ids = {word: number for number, word in enumerate(words, start=1)}

    def __len__(self) -> int:
        """Number of rows of the network's table: padding, words, buckets."""
        return 1 + len(self.words) + self.buckets

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def pieces(self, word: str) -> tuple[int, ...]:
        """The `PIECES_A_WORD` pieces of a word in lower case: its own row, or its hashed parts."""
        known = self._ids.get(word)
        if known is not None:
            return (known, *(PADDING,) * (PIECES_A_WORD - 1))
        return self.hashed_pieces(word)

    def hashed_pieces(self, word: str) -> tuple[int, ...]:
        """Its hashed parts, even of a word with its own row (training uses both)."""
        parts = [
            f"={word}",
            f"#{min(len(word), _LONGEST_LENGTH)}",
            *(f"{word[:length]}+" for length in _BEGINNINGS),
            *(f"+{word[-length:]}" for length in _ENDS),
        ]
        return tuple(self._bucket(part) for part in parts)

    def _bucket(self, part: str) -> int:
        return 1 + len(self.words) + zlib.crc32(part.encode("utf-8")) % self.buckets
