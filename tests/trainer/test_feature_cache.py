from __future__ import annotations

import multiprocessing
import os
import signal
import struct
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer import feature_cache
from trainer.augmentation import Augmentation
from trainer.dataset import read_manifest


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Chunks of one job, so that much is left when a process is lost, and a quick look; the pools made."""
    made: list[Any] = []

    class Pool(ProcessPoolExecutor):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            made.append(self)

    monkeypatch.setattr(feature_cache, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(feature_cache, "JOBS_A_CHUNK", 1)
    monkeypatch.setattr(feature_cache, "LOOKS_AFTER_SECONDS", 0.2)
    return made


def features(packs: Path, workers: int, said: list[str]) -> Iterator[np.ndarray]:
    utterances = read_manifest(packs / "train")
    jobs = [(number, variant) for number in range(len(utterances)) for variant in range(3)]
    return feature_cache._compute(jobs, utterances, Augmentation(), None, 5, workers, said.append)


def test_what_was_computed_is_opened_again(packs: Path, tmp_path: Path) -> None:
    said: list[str] = []
    utterances = read_manifest(packs / "held-out")
    arguments = (utterances, 2, Augmentation(), None, 5, said.append, 1)
    made = feature_cache.cache_features(tmp_path, *arguments)
    again = feature_cache.cache_features(tmp_path, *arguments)
    assert [(v.utterance, v.variant) for v in again.variants] == [(u, v) for u in range(6) for v in range(2)]
    np.testing.assert_array_equal(made[7], again[7])
    assert sorted(path.suffix for path in tmp_path.rglob("*") if path.is_file()) == [".f16", ".json"]


@pytest.mark.slow
def test_a_process_that_dies_costs_nothing_but_time(packs: Path, few_at_a_time: list[Any]) -> None:
    said: list[str] = []
    expected = list(features(packs, 1, said))
    before = set(multiprocessing.active_children())
    computed = features(packs, 2, said)
    got = [next(computed)]
    child = next(iter(set(multiprocessing.active_children()) - before))
    os.kill(child.pid or 0, signal.SIGKILL)
    got += computed
    assert len(got) == len(expected)
    assert all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))
    assert said == ["the processes that compute features have ended; this one goes on in their place"]


@pytest.mark.slow
def test_a_process_that_dies_in_the_middle_of_its_result_is_noticed(
    packs: Path, few_at_a_time: list[Any]
) -> None:
    """Half a message in the pipe: the pool itself waits for the rest for ever."""
    said: list[str] = []
    expected = list(features(packs, 1, said))
    computed = features(packs, 2, said)
    got = [next(computed)]
    (pool,) = few_at_a_time
    processes = list(pool._processes.values())
    for process in processes:  # so that they write nothing of their own meanwhile
        os.kill(process.pid, signal.SIGSTOP)
    os.write(pool._result_queue._writer.fileno(), struct.pack("!i", 1000) + b"half of it")
    os.kill(processes[0].pid, signal.SIGKILL)
    got += computed
    assert all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))
    assert said == ["the processes that compute features have ended; this one goes on in their place"]
