from __future__ import annotations

import multiprocessing
import os
import signal
import struct
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr_desktop.teaching.data import read_dataset
from trainer.augmentation import Augmentation
from trainer.finetune import batches
from trainer.finetune.batches import Item, WaveformLoader, loaded_ahead

BATCHES: list[list[Item]] = [[(0, 0), (1, 3)], [(2, 1)], [(3, 0), (4, 2)], [(5, 5)], [(0, 7)], [(1, 1)]]


@pytest.fixture
def loader(packs: Path) -> WaveformLoader:
    return WaveformLoader(read_dataset(packs / "held-out"), Augmentation(), None, seed=9)


def endless() -> Iterator[list[Item]]:
    while True:
        yield from BATCHES


def first(loader: WaveformLoader, workers: int, said: list[str], count: int = 6) -> list[list[np.ndarray]]:
    loaded = loaded_ahead(endless(), loader, workers, said.append)
    try:
        got = [next(loaded) for _ in range(count)]
    finally:
        loaded.close()  # type: ignore[attr-defined]
    assert [items for items, _ in got] == BATCHES[:count]
    return [samples for _, samples in got]


def same(one: list[list[np.ndarray]], other: list[list[np.ndarray]]) -> bool:
    return all(
        np.array_equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True)
    )


@pytest.mark.slow
def test_processes_and_the_thread_load_the_same(loader: WaveformLoader) -> None:
    said: list[str] = []
    by_thread = first(loader, 0, said)
    by_process = first(loader, 1, said)
    assert said == []
    assert same(by_thread, by_process)
    np.testing.assert_array_equal(by_thread[0][0], loader((0, 0)))


def test_where_no_process_can_start_a_thread_does_it(
    loader: WaveformLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*arguments: object, **named: object) -> None:
        raise PermissionError("no processes here")

    monkeypatch.setattr(batches, "ProcessPoolExecutor", forbidden)
    # Only the name is replaced, so what asks for its type has to be content with none.
    monkeypatch.setattr(batches, "_is_pool_of_processes", lambda pool: False)
    said: list[str] = []
    loaded = first(loader, 2, said)
    assert len(said) == 1
    assert "no processes here" in said[0]
    np.testing.assert_array_equal(loaded[0][0], loader((0, 0)))


def test_a_batch_that_a_broken_pool_refuses_is_loaded_all_the_same(
    loader: WaveformLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(ThreadPoolExecutor):
        def submit(self, *arguments: object, **named: object) -> Future:  # type: ignore[override, type-arg]
            raise BrokenExecutor("a process has died")

    said: list[str] = []
    monkeypatch.setattr(batches, "_pool", lambda *arguments: Broken())
    loaded = loaded_ahead(endless(), loader, 1, said.append)
    got = [next(loaded)[0] for _ in BATCHES]
    loaded.close()  # type: ignore[attr-defined]
    assert got == BATCHES
    assert "loading continues in a thread" in said[0]


@pytest.mark.slow
def test_a_process_that_dies_is_replaced_by_a_thread(loader: WaveformLoader) -> None:
    said: list[str] = []
    before = set(multiprocessing.active_children())
    loaded = loaded_ahead(endless(), loader, 1, said.append)
    got = [next(loaded)]
    for child in set(multiprocessing.active_children()) - before:
        os.kill(child.pid or 0, 9)
        child.join(30)
    got += [next(loaded) for _ in range(5)]
    loaded.close()  # type: ignore[attr-defined]
    assert [items for items, _ in got] == BATCHES
    np.testing.assert_array_equal(got[-1][1][0], loader((1, 1)))


@pytest.mark.slow
def test_a_process_that_dies_in_the_middle_of_its_result_is_replaced_by_a_thread(
    loader: WaveformLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a message in the pipe: the pool itself waits for the rest for ever."""
    made: list[Any] = []
    open_pool = batches._pool
    monkeypatch.setattr(batches, "_pool", lambda *arguments: made.append(open_pool(*arguments)) or made[-1])
    monkeypatch.setattr(batches, "LOOKS_AFTER_SECONDS", 0.2)
    said: list[str] = []
    loaded = loaded_ahead(endless(), loader, 1, said.append)
    got = [next(loaded)]
    pool = made[0]
    reader, (process,) = pool._executor_manager_thread, pool._processes.values()
    os.kill(process.pid, signal.SIGSTOP)  # so that it writes nothing of its own meanwhile
    os.write(pool._result_queue._writer.fileno(), struct.pack("!i", 1000) + b"half of it")
    os.kill(process.pid, signal.SIGKILL)
    got += [next(loaded) for _ in range(5)]
    loaded.close()  # type: ignore[attr-defined]
    assert [items for items, _ in got] == BATCHES
    assert "loading continues in a thread" in said[0]
    reader.join(60)
    assert not reader.is_alive(), "it would keep the program from ending"


def test_a_recording_that_is_gone_is_a_sentence(packs: Path) -> None:
    from dataclasses import replace

    from asr_desktop.teaching.dataset import DataError

    utterances = [replace(u, path=u.path.with_name("gone.flac")) for u in read_dataset(packs / "held-out")]
    loader = WaveformLoader(utterances, Augmentation(), None, seed=9)
    with pytest.raises(DataError, match=r"gone\.flac"):
        first(loader, 0, [])
