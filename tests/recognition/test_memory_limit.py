"""A bound on memory holds in its block and nowhere else."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

from asr_desktop.base.onnx_limits import memory_limit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a bound")

LARGE = 3 << 30  # bytes that are asked for and never touched


def bound() -> int:
    import resource

    return resource.getrlimit(resource.RLIMIT_DATA)[0]


def test_more_than_the_bound_is_refused_in_the_block_only() -> None:
    before = bound()
    with memory_limit(1 << 30), pytest.raises(MemoryError):
        np.empty(LARGE, np.uint8)
    assert bound() == before
    assert np.empty(LARGE, np.uint8).nbytes == LARGE


def test_it_is_lifted_after_an_error() -> None:
    before = bound()
    with pytest.raises(KeyError), memory_limit(1 << 30):
        raise KeyError
    assert bound() == before


def test_blocks_of_several_threads_that_end_in_any_order_leave_no_bound() -> None:
    before = bound()
    entered, may_leave = threading.Event(), threading.Event()

    def first() -> None:
        with memory_limit(1 << 30):
            entered.set()
            may_leave.wait()

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait()
    with memory_limit(8 << 30):
        may_leave.set()
        thread.join()
        assert np.empty(LARGE, np.uint8).nbytes == LARGE, "the most generous one counts"
    assert bound() == before
