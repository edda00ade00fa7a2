"""Many small jobs for a pool of processes, their results in the jobs' order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import TypeVar

from asr_desktop.process_pool import LOOKS_AFTER_SECONDS, result_of

Job = TypeVar("Job")
Result = TypeVar("Result")

CHUNKS_AHEAD = 32
"""Handed out before their turn: enough for any number of cores, few enough for any memory."""


def results_in_order(
    pool: Executor,
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    chunk: int,
    looks_after_seconds: float = LOOKS_AFTER_SECONDS,
) -> Iterator[Result]:
    """function(job) of every job, handed to the pool so many at a time.

    Raises BrokenExecutor where a process was lost (see `asr_desktop.process_pool.result_of`); what came
    before is right.
    """
    waiting: deque[Future[list[Result]]] = deque()
    starts = iter(range(0, len(jobs), chunk))
    while True:
        while len(waiting) < CHUNKS_AHEAD and (start := next(starts, None)) is not None:
            waiting.append(pool.submit(_each, function, jobs[start : start + chunk]))
        if not waiting:
            return
        yield from result_of(waiting[0], pool, looks_after_seconds)
        waiting.popleft()


def _each(function: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    return [function(job) for job in jobs]
