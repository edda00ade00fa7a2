"""How often every n-gram of a text occurs, in numpy and in bounded memory.

An n-gram is a row of its order's table: the row of its prefix (all words but the last) among the n-grams
one shorter, its last word, and the row of its suffix (all words but the first). Rows are sorted by prefix and
word, so that (prefix, word) packed into one integer finds a row by bisection, whatever the order.

Counting goes up through the orders: the n-gram that ends at a position of the text is the (n-1)-gram that
ends one position before, plus the word there. Each order is counted in parts, which are ranges of prefixes
with at most POSITIONS_A_PART positions of the text, and the tables are files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

UNKNOWN, BEGIN, END = 0, 1, 2
SPECIAL_WORDS = ("<unk>", "<s>", "</s>")

POSITIONS_A_PART = 4_000_000
LINES_A_BLOCK = 20_000

Rows = NDArray[np.int32]


@dataclass(frozen=True)
class NGramTable:
    """The n-grams of one order as columns [n-grams], sorted by prefix and word.

    prefix, suffix: rows in the table one order below (0 for unigrams). word: the last word's id. count: how
    often it occurs.
    """

    prefix: Rows
    word: Rows
    suffix: Rows
    count: Rows

    def __len__(self) -> int:
        return len(self.word)


@dataclass(frozen=True)
class NGramCounts:
    """tables[k] holds the (k+1)-grams; the unigrams' rows are the word ids, words[id] the word."""

    words: tuple[str, ...]
    tables: tuple[NGramTable, ...]

    @property
    def order(self) -> int:
        return len(self.tables)


class WordIds(dict[str, int]):
    """Ids of words: the special words first, <unk> for what is not in the vocabulary."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        ordinary = sorted(set(vocabulary) - set(SPECIAL_WORDS))
        super().__init__((word, number) for number, word in enumerate((*SPECIAL_WORDS, *ordinary)))

    def __missing__(self, word: str) -> int:
        return UNKNOWN

    def encode(self, lines: Iterable[str]) -> Iterator[Rows]:
        """Word ids of the lines in blocks, each line between <s> and </s>; empty lines are left out."""
        lines = iter(lines)
        while block := list(islice(lines, LINES_A_BLOCK)):
            text = " </s> <s> ".join(stripped for line in block if (stripped := line.strip()))
            if text:
                yield np.array([*map(self.__getitem__, f"<s> {text} </s>".split())], dtype=np.int32)


def count_ngrams(lines: Iterable[str], vocabulary: Iterable[str], order: int, folder: Path) -> NGramCounts:
    """Count the n-grams up to `order` of normalised `lines` (words between spaces).

    The tables are files in `folder`, which has to outlive them: 16 bytes an n-gram, and 16 a word of text.
    """
    ids = WordIds(vocabulary)
    words = tuple(ids)
    with (folder / "text").open("wb") as file:
        for block in ids.encode(lines):
            block.tofile(file)
    text = _map(folder / "text")
    count = np.bincount(text, minlength=len(words)).astype(np.int32)
    nothing = np.zeros(len(words), dtype=np.int32)
    tables = [NGramTable(nothing, np.arange(len(words), dtype=np.int32), nothing, count)]
    ends_in = text  # ends_in[i]: row of the n-gram that ends at position i, -1 where none does
    for length in range(2, order + 1):
        table, ends_in = _count_longer(text, ends_in, tables[-1], len(words), folder, length)
        tables.append(table)
    return NGramCounts(words, tuple(tables))


def _count_longer(
    text: Rows, ends_in: Rows, shorter: NGramTable, vocabulary_size: int, folder: Path, length: int
) -> tuple[NGramTable, Rows]:
    """The table of n-grams one word longer than `shorter`, and which of them ends at each position."""
    longer_ends_in: Rows = np.memmap(
        folder / f"ends-{length}", dtype=np.int32, mode="w+", shape=(max(1, len(text)),)
    )
    longer_ends_in[:] = -1
    paths = [folder / f"{column}-{length}" for column in ("prefix", "word", "suffix", "count")]
    columns = [path.open("wb") for path in paths]
    rows = 0
    for low, high in _prefix_ranges(shorter.count):
        positions = 1 + np.flatnonzero((ends_in[:-1] >= low) & (ends_in[:-1] < high) & (text[1:] != BEGIN))
        key = pack(ends_in[positions - 1], text[positions], vocabulary_size)
        by_key = np.argsort(key)
        key, positions = key[by_key], positions[by_key]
        is_new = np.ones(len(key), dtype=bool)
        is_new[1:] = key[1:] != key[:-1]
        first = np.flatnonzero(is_new)
        prefix, word = np.divmod(key[first], vocabulary_size)
        suffix = ends_in[positions[first]]
        count = np.diff(first, append=len(key))
        for column, values in zip(columns, (prefix, word, suffix, count), strict=True):
            values.astype(np.int32).tofile(column)
        longer_ends_in[positions] = rows - 1 + np.cumsum(is_new)
        rows += len(first)
    for column in columns:
        column.close()
    return NGramTable(*map(_map, paths)), longer_ends_in


def _prefix_ranges(count: Rows) -> Iterator[tuple[int, int]]:
    """Ranges of rows whose counts add up to POSITIONS_A_PART or less, but for single rows with more."""
    reached = np.cumsum(count, dtype=np.int64)
    low = 0
    while low < len(count):
        before = reached[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(reached, before + POSITIONS_A_PART, side="right")))
        yield low, high
        low = high


def _map(path: Path) -> Rows:
    """A file of int32 as an array; numpy maps no empty files."""
    if path.stat().st_size == 0:
        return np.empty(0, dtype=np.int32)
    return np.memmap(path, dtype=np.int32, mode="r")


def pack(prefix: Rows, word: Rows, vocabulary_size: int) -> NDArray[np.int64]:
    """Prefix and word as one integer that sorts like them; a missing prefix (-1) stays below every row."""
    return prefix.astype(np.int64) * vocabulary_size + word
