"""Counts the n-grams of a text with NumPy in bounded memory.

An n-gram is a row of its order's table: the row of its prefix (all words but the last) among the n-grams
one shorter, its last word, and the row of its suffix (all words but the first). Rows are sorted by prefix and
word, so that (prefix, word) packed into one integer finds a row by bisection, whatever the order.

Orders are counted from the shortest up: the n-gram that ends at a position of the text is the (n-1)-gram that
ends one position before, plus the word there. Text and tables are files. Each order is sorted on disk:

    text, a block at a time → parts by ranges of prefixes → each part sorted → its rows of the table
                            → the same blocks again, to note which row ends at each position

It uses a distribution sort, unlike lmplz, which merges sorted blocks (Heafield et al. 2013): the count of
every prefix is known from the order below, so the parts can be sized beforehand, and row numbers, which the
next order needs at every position, are known as soon as a part is sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from asr_desktop.language_model.columns import DEFAULT_MEMORY, Column, ColumnWriter, Workspace, write_all

UNKNOWN, BEGIN, END = 0, 1, 2
SPECIAL_WORDS = ("<unk>", "<s>", "</s>")

LINES_A_BLOCK = 5_000
BYTES_A_POSITION = 100
"""Memory for sorting, per text position in a part, including keys, their order and rows."""

Rows = NDArray[np.int32]
RowColumn = Column[np.int32]


@dataclass(frozen=True)
class NGramTable:
    """The n-grams of one order as columns [n-grams], sorted by prefix and word.

    prefix, suffix: rows in the table one order below (0 for unigrams). word: the last word's id. count: how
    often it occurs.
    """

    prefix: RowColumn
    word: RowColumn
    suffix: RowColumn
    count: RowColumn

    def __len__(self) -> int:
        return len(self.word)


@dataclass(frozen=True)
class NGramCounts:
    """tables[k] holds the (k+1)-grams; the unigrams' rows are the word ids, words[id] the word.

    space: the workspace of the tables, which must outlive them, with the memory limit.
    """

    words: tuple[str, ...]
    tables: tuple[NGramTable, ...]
    space: Workspace

    @property
    def order(self) -> int:
        return len(self.tables)


class WordIds(dict[str, int]):
    """Ids of words: the special words first, <unk> for words outside the vocabulary."""

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


def count_ngrams(
    lines: Iterable[str], vocabulary: Iterable[str], order: int, folder: Path, memory: int = DEFAULT_MEMORY
) -> NGramCounts:
    """Count the n-grams up to `order` of normalised `lines` (words between spaces).

    folder: needs 16 bytes per n-gram, which remain, and 28 bytes per word of text, which are removed at the
    end. memory: limit in bytes, excluding the vocabulary with its counts and Python itself. Raises OSError
    where the folder's disk is full.
    """
    space = Workspace(folder, memory)
    ids = WordIds(vocabulary)
    words = tuple(ids)
    count = np.zeros(len(words), dtype=np.int64)
    with space.writer("text", np.int32) as writer:
        for block in ids.encode(lines):
            writer.append(block)
            count += np.bincount(block, minlength=len(words))
    text = ends_in = writer.column
    nothing = space.store("nothing", np.zeros(len(words), dtype=np.int32))
    word = space.store("word-1", np.arange(len(words), dtype=np.int32))
    tables = [NGramTable(nothing, word, nothing, space.store("count-1", count.astype(np.int32)))]
    for length in range(2, order + 1):
        sort = _Sort(text, ends_in, tables[-1].count, len(words), space)
        tables.append(sort.table(length))
        shorter_ends_in = ends_in
        if length < order:
            ends_in = sort.ends_in(length)
        if shorter_ends_in is not text:
            shorter_ends_in.delete()
        sort.delete()
    text.delete()
    return NGramCounts(words, tuple(tables), space)


class _Sort:
    """Sorts the n-grams of one order, given the rows of the (n-1)-grams that end at each position of the
    text.

    ends_in: those rows, -1 where none ends. count: how often each (n-1)-gram occurs.
    """

    def __init__(
        self, text: RowColumn, ends_in: RowColumn, count: RowColumn, vocabulary_size: int, space: Workspace
    ) -> None:
        self._text = text
        self._ends_in = ends_in
        self._vocabulary_size = vocabulary_size
        self._space = space
        self._most = space.rows(BYTES_A_POSITION)
        self._first_prefix, self._at = _parts(count, self._most)
        self._rows = space.folder / "sorted-rows"
        self._records = space.folder / "records"
        self._filled = self._distribute()

    def table(self, length: int) -> NGramTable:
        """Sort part by part: the table, and the row of each record in the records' order."""
        with ExitStack() as files:
            writers = (self._space.writer(f"{name}-{length}", np.int32) for name in _COLUMNS)
            columns = [files.enter_context(writer) for writer in writers]
            rows = files.enter_context(self._rows.open("wb", buffering=0))
            for part, start in enumerate(self._at.tolist()):
                rows.seek(start * 4)
                if self._filled[part] - start <= self._most:
                    self._sort(part, columns, rows)
                else:
                    self._sort_one_prefix(part, columns, rows)
        return NGramTable(*(column.column for column in columns))

    def ends_in(self, length: int) -> RowColumn:
        """The row of the n-gram that ends at each position, -1 where none does."""
        read = self._at.copy()
        sorted_rows = Column(self._rows, np.int32, int(self._filled.max(initial=0)))
        with self._space.writer(f"ends-{length}", np.int32) as writer:
            for size, positions, parts, _ in self._blocks():
                rows = [sorted_rows[read[part] : read[part] + records] for part, records in parts]
                for part, records in parts:
                    read[part] += records
                block = np.full(size, -1, dtype=np.int32)
                if rows:
                    block[positions] = np.concatenate(rows)
                writer.append(block)
        return writer.column

    def delete(self) -> None:
        self._records.unlink()
        self._rows.unlink()

    def _distribute(self) -> NDArray[np.int64]:
        """Write each position's prefix, word and suffix to its part in one file; returns where each part
        ends."""
        filled = self._at.copy()
        with self._records.open("wb", buffering=0) as file:
            for _, _, parts, records in self._blocks():
                done = 0
                for part, count in parts:
                    file.seek(int(filled[part]) * _RECORD_BYTES)
                    write_all(file, records[done : done + count])
                    filled[part] += count
                    done += count
        return filled

    def _blocks(self) -> Iterator[tuple[int, NDArray[np.int64], list[tuple[int, int]], Rows]]:
        """For each block of the text: its size, the positions in it where an n-gram ends, by parts and in the
        text's order within each, (part, how many of them) and their records [positions, 3].
        """
        before = np.full(1, -1, dtype=np.int32)  # row of what ends before the block
        for start in range(0, len(self._text), self._most):
            word = self._text[start : start + self._most]
            suffix = self._ends_in[start : start + self._most]
            prefix = np.concatenate([before, suffix[:-1]])
            before = suffix[-1:].copy()
            positions = np.flatnonzero((prefix >= 0) & (word != BEGIN))
            part = np.searchsorted(self._first_prefix, prefix[positions], side="right") - 1
            # NumPy's stable sort of 16-bit integers is a radix sort.
            short = np.uint16 if len(self._at) <= 1 << 16 else np.int64
            by_part = np.argsort(part.astype(short), kind="stable")
            sizes = np.bincount(part)
            del part
            positions = positions[by_part]
            records = np.stack([prefix[positions], word[positions], suffix[positions]], axis=1)
            yield len(word), positions, [(int(p), int(sizes[p])) for p in np.flatnonzero(sizes)], records

    def _read(self, start: int, stop: int) -> Rows:
        offset, count = start * _RECORD_BYTES, 3 * (stop - start)
        return np.fromfile(self._records, np.int32, count, offset=offset).reshape(-1, 3)

    def _sort(self, part: int, columns: list[ColumnWriter[np.int32]], rows: BinaryIO) -> None:
        records = self._read(int(self._at[part]), int(self._filled[part]))
        if len(records) == 0:
            return
        key = pack(records[:, 0], records[:, 1], self._vocabulary_size)
        by_key = np.argsort(key)
        key = key[by_key]
        is_new = np.ones(len(key), dtype=bool)
        is_new[1:] = key[1:] != key[:-1]
        del key
        row = np.empty(len(by_key), dtype=np.int32)
        row[by_key] = columns[0].length - 1 + np.cumsum(is_new, dtype=np.int64)
        write_all(rows, row)
        first = np.flatnonzero(is_new)
        count = np.diff(first, append=len(is_new))
        for column, values in zip(columns, records[by_key[first]].T, strict=False):
            column.append(values)
        columns[3].append(count)

    def _sort_one_prefix(self, part: int, columns: list[ColumnWriter[np.int32]], rows: BinaryIO) -> None:
        """A part with a single prefix that is too frequent for the memory: counts each word instead of
        sorting."""
        count = np.zeros(self._vocabulary_size, dtype=np.int64)
        suffix = np.zeros(self._vocabulary_size, dtype=np.int32)
        starts = range(int(self._at[part]), int(self._filled[part]), self._most)
        stops = [min(start + self._most, int(self._filled[part])) for start in starts]
        for start, stop in zip(starts, stops, strict=True):
            records = self._read(start, stop)
            count += np.bincount(records[:, 1], minlength=self._vocabulary_size)
            suffix[records[:, 1]] = records[:, 2]
        word = np.flatnonzero(count)
        row = (columns[0].length - 1 + np.cumsum(count > 0)).astype(np.int32)
        for start, stop in zip(starts, stops, strict=True):
            write_all(rows, row[self._read(start, stop)[:, 1]])
        columns[0].append(np.full(len(word), self._first_prefix[part]))
        columns[1].append(word)
        columns[2].append(suffix[word])
        columns[3].append(count[word])


_COLUMNS = ("prefix", "word", "suffix", "count")
_RECORD_BYTES = 12


def _parts(count: RowColumn, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranges of prefixes with a total count of at most `most`, except single more frequent prefixes: the
    first prefix of each range, and the total count before it.
    """
    first_prefix: list[int] = []
    at: list[int] = []
    before, rows = 0, 0  # totals of the blocks so far
    for stretch in count.stretches(most):
        reached = before + np.cumsum(stretch, dtype=np.int64)
        low = 0
        while low < len(stretch):
            start = int(reached[low - 1]) if low else before
            # A part may continue into the next block as long as there is room.
            if low or not at or int(reached[0]) - at[-1] > most:
                first_prefix.append(rows + low)
                at.append(start)
            low = max(low + 1, int(np.searchsorted(reached, at[-1] + most, side="right")))
        before, rows = int(reached[-1]), rows + len(stretch)
    return np.array(first_prefix, dtype=np.int64), np.array(at, dtype=np.int64)


def pack(prefix: Rows, word: Rows, vocabulary_size: int) -> NDArray[np.int64]:
    """Prefix and word as one integer that sorts like them; a missing prefix (-1) sorts before all rows."""
    return prefix.astype(np.int64) * vocabulary_size + word
