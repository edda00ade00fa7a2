from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_desktop.language_model.columns import Lookup, Workspace, looked_up, write_all


def test_stretches_are_read_as_a_list_would_be_sliced(tmp_path: Path) -> None:
    values = np.arange(10, 20, dtype=np.int32)
    column = Workspace(tmp_path).store("numbers", values)
    assert len(column) == 10
    for rows in (slice(None), slice(3, 5), slice(8, 99), slice(5, 5), slice(7, 2), slice(-3, None)):
        np.testing.assert_array_equal(column[rows], values[rows])
    assert [stretch.tolist() for stretch in column.stretches(4)] == [
        [10, 11, 12, 13],
        [14, 15, 16, 17],
        [18, 19],
    ]


def test_nothing_is_a_column_too(tmp_path: Path) -> None:
    column = Workspace(tmp_path).store("nothing", np.empty(0, dtype=np.float64))
    assert column[:].dtype == np.float64
    assert len(column[:]) == 0
    assert list(column.stretches(3)) == []


@pytest.mark.parametrize("most", [1, 3, 7, 100])
def test_rows_are_looked_up_in_any_order_whatever_fits(tmp_path: Path, most: int) -> None:
    draw = np.random.default_rng(0)
    values = draw.random(50).astype(np.float32)
    column = Workspace(tmp_path).store("values", values)
    lookup = Lookup(column, most)
    for rows in (draw.integers(0, 50, 200), np.sort(draw.integers(20, 30, 9)), np.empty(0, dtype=np.int32)):
        np.testing.assert_array_equal(lookup(rows), values[rows])
        np.testing.assert_array_equal(looked_up(values, rows, most), values[rows])
        assert lookup(rows).dtype == np.float32


def test_memory_is_shared_out_in_rows(tmp_path: Path) -> None:
    assert Workspace(tmp_path, 1_000).rows(8) == 125
    assert Workspace(tmp_path, 4).rows(8) == 1
    assert Workspace(tmp_path, 4).rows(8, least=20) == 20


def test_what_a_file_takes_in_pieces_is_written_whole() -> None:
    class Pipe:
        """Takes three bytes at a time."""

        taken = b""

        def write(self, data: memoryview) -> int:
            self.taken += bytes(data[:3])
            return min(3, len(data))

    pipe, values = Pipe(), np.arange(5, dtype=np.int32)
    write_all(pipe, values)
    assert pipe.taken == values.tobytes()
