"""What the standard library keeps to itself of its pools: their processes, and an end that waits for none."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any


def processes_of(pool: Executor) -> list[Any]:
    """Those of a pool of processes; none where it has threads or has ended."""
    return list((getattr(pool, "_processes", None) or {}).values())


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
