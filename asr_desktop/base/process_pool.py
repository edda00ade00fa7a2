"""What the standard library keeps to itself of its pools: their processes, a wait and an end that a lost
process cannot make endless, and processes that do not outlive the one that started them.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from typing import Any, TypeVar

Result = TypeVar("Result")

LOOKS_AFTER_SECONDS = 5.0
"""How often it is looked whether the processes that are waited for are still there."""


def processes_of(pool: Executor) -> list[Any]:
    """Those of a pool of processes; none where it has threads or has ended."""
    return list((getattr(pool, "_processes", None) or {}).values())


def result_of(
    future: Future[Result], pool: Executor, looks_after_seconds: float = LOOKS_AFTER_SECONDS
) -> Result:
    """What a job gives. Raises BrokenExecutor where a process was lost, also where the pool did not notice.

    A process that is killed while it hands over its result leaves half a message in the pipe; the pool waits
    for the other half for ever.
    """
    while True:
        wait([future], timeout=looks_after_seconds)
        if future.done():
            return future.result()
        if any(not process.is_alive() for process in processes_of(pool)):
            raise BrokenExecutor("a process of the pool was lost")


def kill_pool(pool: Executor) -> None:
    """End its processes, whatever they do, and leave no thread behind that waits for half a message.

    Public since Python 3.14 only, as kill_workers.
    """
    processes, results = processes_of(pool), getattr(pool, "_result_queue", None)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
    if results is not None:  # with its last writer gone, whoever reads the pipe learns that it ended
        results._writer.close()


def end_with_parent() -> None:
    """To be called in a pool's process as it starts: it ends as soon as the one that started it has ended.

    A parent that is killed cannot stop its processes; they would wait for work for ever. Does nothing in a
    process that no other started.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)
