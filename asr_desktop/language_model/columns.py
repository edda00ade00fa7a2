"""Columns of numbers in files, read and written block by block: tables that are larger than memory.

They are read, not mapped: mapped pages count as the process's memory until the system needs them, so a
bound on memory could not be verified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)

DEFAULT_MEMORY = 1_000_000_000


class Column(Generic[Number]):
    """Numbers in a file. `column[a:b]` reads that stretch, `column[:]` all of it."""

    def __init__(self, path: Path, dtype: type[Number], length: int) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, rows: slice) -> NDArray[Number]:
        start, stop, _ = rows.indices(self._length)
        count = max(0, stop - start)
        return np.fromfile(self._path, self._dtype, count, offset=start * self._dtype.itemsize)

    def stretches(self, rows: int) -> Iterator[NDArray[Number]]:
        """All of it, `rows` at a time."""
        for start in range(0, self._length, rows):
            yield self[start : start + rows]

    def delete(self) -> None:
        self._path.unlink()


class ColumnWriter(Generic[Number]):
    """Writes a column from its beginning to its end, in a `with` block."""

    def __init__(self, path: Path, dtype: type[Number]) -> None:
        self._path = path
        self._dtype = dtype
        self._file = path.open("wb", buffering=0)
        self.length = 0

    def append(self, values: NDArray[Any]) -> None:
        if len(values):
            # Not ndarray.tofile, which does not report why writing failed.
            write_all(self._file, np.ascontiguousarray(values, dtype=self._dtype))
            self.length += len(values)

    @property
    def column(self) -> Column[Number]:
        """What has been written."""
        return Column(self._path, self._dtype, self.length)

    def __enter__(self) -> ColumnWriter[Number]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


@dataclass(frozen=True)
class Workspace:
    """A folder for columns, and the memory limit in bytes for working with them."""

    folder: Path
    memory: int = DEFAULT_MEMORY

    def rows(self, bytes_a_row: int, *, least: int = 1) -> int:
        """Number of rows of this size that fit into the memory limit."""
        return max(least, self.memory // bytes_a_row)

    def writer(self, name: str, dtype: type[Number]) -> ColumnWriter[Number]:
        return ColumnWriter(self.folder / name, dtype)

    def store(self, name: str, values: NDArray[Number]) -> Column[Number]:
        with self.writer(name, values.dtype.type) as column:
            column.append(values)
        return column.column


class Lookup(Generic[Number]):
    """Random access to rows of a column, with at most `most` of its values in memory.

    A longer column is read again on every call, so each call should request many rows.
    """

    def __init__(self, column: Column[Number], most: int) -> None:
        self._column = column
        self._most = most
        self._whole = column[:] if len(column) <= most else None

    def __call__(self, rows: NDArray[np.integer[Any]]) -> NDArray[Number]:
        """The values of these rows (not negative), in their order."""
        if self._whole is not None:
            return self._whole[rows]
        return looked_up(self._column, rows, self._most)


def looked_up(
    values: Column[Number] | NDArray[Number], rows: NDArray[np.integer[Any]], most: int
) -> NDArray[Number]:
    """values[rows], with at most `most` of a column's values in memory."""
    found = np.empty(len(rows), dtype=values[:0].dtype)
    if len(rows) == 0:
        return found
    for start in range(int(rows.min()), int(rows.max()) + 1, most):
        part = values[start : start + most]
        here = np.flatnonzero((rows >= start) & (rows < start + most))
        found[here] = part[rows[here] - start]
    return found


def write_all(file: Any, values: NDArray[Any]) -> None:
    """Write a contiguous array to an unbuffered file, which may need several writes."""
    left = memoryview(values.data).cast("B")
    while len(left):
        left = left[file.write(left) :]
