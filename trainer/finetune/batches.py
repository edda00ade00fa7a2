"""Composition and order of batches, and their sound, which is read and augmented ahead in worker processes.

The standard library keeps some things of its pools to itself: their processes, a wait and an end that a lost
process cannot make endless, and processes that do not outlive the one that started them. They come first.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from asr_desktop.teaching.dataset import TrainingUtterance
from trainer.augmentation import Augmentation, WaveformAugmenter

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


# Batches by seconds of sound, with utterances of similar length, in an order that depends only on a seed
# and an epoch number. Because the order is a pure function, a killed training resumes exactly where it was.


def epoch_batches(
    frames: Sequence[int], weights: Sequence[float], seconds_per_batch: float, seed: int, epoch: int
) -> list[list[int]]:
    """Item numbers of each batch of one epoch.

    frames: of each item, 10 ms each. weights: how often each item occurs; one of weight 2.3 occurs twice, and
    a third time in three of ten epochs. Items are sorted by length with a jitter of ±10 %, so that batches
    need little padding but differ between epochs.
    """
    generator = np.random.default_rng((seed, epoch))
    repeats = np.floor(np.asarray(weights) + generator.random(len(weights))).astype(int)
    items = np.repeat(np.arange(len(frames)), repeats)
    jitter = generator.uniform(0.9, 1.1, size=items.size)
    order = items[np.argsort(np.asarray(frames)[items] * jitter, kind="stable")]
    limit = seconds_per_batch * 100
    batches: list[list[int]] = []
    batch: list[int] = []
    longest = 0
    for item in order:
        longest_with = max(longest, frames[item])
        if batch and longest_with * (len(batch) + 1) > limit:
            batches.append(batch)
            batch, longest_with = [], frames[item]
        batch.append(int(item))
        longest = longest_with
    if batch:
        batches.append(batch)
    generator.shuffle(batches)
    return batches


def endless_batches(
    frames: Sequence[int], weights: Sequence[float], seconds_per_batch: float, seed: int, skip: int
) -> Iterator[list[int]]:
    """Batches of all epochs without the first ``skip``, from which a resumed training continues."""
    epoch = 0
    while True:
        batches = epoch_batches(frames, weights, seconds_per_batch, seed, epoch)
        yield from batches[skip:]
        skip = max(0, skip - len(batches))
        epoch += 1


# The utterances of each batch and their augmented copies: a pure function of seed and batch number, so that a
# killed training resumes exactly where it was.

Item = tuple[int, int]  # utterance, variant; variant 0 is the unchanged recording


def planned_batches(
    seconds: Sequence[float],
    batch_seconds: float,
    augmented_share: float,
    variants: int | None,
    seed: int,
    skip: int = 0,
) -> Iterator[list[Item]]:
    """Endless batches, without the first ``skip``; each epoch contains every utterance once.

    variants: number of copies of each utterance in a cache; None = a new one in every epoch.
    """
    frames = [round(100 * length) for length in seconds]
    epoch = 0
    while True:
        batches = epoch_batches(frames, [1.0] * len(frames), batch_seconds, seed, epoch)
        if skip >= len(batches):
            skip -= len(batches)
        else:
            generator = np.random.default_rng((seed, 1, epoch))
            augmented = generator.random(len(frames)) < augmented_share
            chosen = (
                np.full(len(frames), 1 + epoch)
                if variants is None
                else generator.integers(1, variants, len(frames))
                if variants > 1
                else np.zeros(len(frames), dtype=int)
            )
            drawn = np.where(augmented, chosen, 0)
            for batch in batches[skip:]:
                yield [(utterance, int(drawn[utterance])) for utterance in batch]
            skip = 0
        epoch += 1


# Reads and augments recordings ahead of the training: in worker processes, or in a thread if the machine
# allows no processes.

Samples = NDArray[np.float32]

# Number of batches prepared ahead; a small number, because they are kept in memory.
AHEAD = 4
# Number of utterances that the babble noise is made of; they stay in memory (20 MB).
BABBLE_VOICES = 60


class WaveformLoader:
    """Returns the samples of (utterance, variant); the same pair always gives the same samples."""

    def __init__(
        self,
        utterances: Sequence[TrainingUtterance],
        augmentation: Augmentation,
        noise_folder: Path | None,
        seed: int,
    ) -> None:
        self._utterances = utterances
        self._augmenter = WaveformAugmenter.with_synthetic_rooms(augmentation, noise_folder)
        self._seed = seed
        if augmentation.babble_probability:
            chosen = np.random.default_rng(seed).choice(
                len(utterances), min(BABBLE_VOICES, len(utterances)), replace=False
            )
            self._augmenter.hear_in_background([utterances[number].samples() for number in chosen])

    def __call__(self, item: Item) -> Samples:
        utterance, variant = item
        generator = np.random.default_rng((self._seed, utterance, variant))
        return self._augmenter.variant(self._utterances[utterance].samples(), variant, generator)


_in_worker: WaveformLoader | None = None


def _start_worker(loader: WaveformLoader) -> None:
    global _in_worker
    _in_worker = loader
    end_with_parent()


def _load(items: Sequence[Item]) -> list[Samples]:
    if _in_worker is None:
        raise RuntimeError("the loading worker was not started")
    return [_in_worker(item) for item in items]


def loaded_ahead(
    batches: Iterator[list[Item]],
    loader: WaveformLoader,
    workers: int,
    report: Callable[[str], None],
) -> Iterator[tuple[list[Item], list[Samples]]]:
    """Each batch with its samples, in order, prepared by ``workers`` processes (0 = by a thread)."""
    waiting: deque[tuple[list[Item], Future[list[Samples]]]] = deque()
    pool: Executor | None = None

    def in_thread(items: list[Item]) -> list[Samples]:
        return [loader(item) for item in items]

    def submit(items: list[Item]) -> Future[list[Samples]]:
        if pool is None:
            raise RuntimeError("no pool")
        try:
            return pool.submit(_load if _is_pool_of_processes(pool) else in_thread, items)
        except BrokenExecutor as error:
            # Raised when its turn comes, like any other failure: if raised here, the batch would be lost.
            failed: Future[list[Samples]] = Future()
            failed.set_exception(error)
            return failed

    try:
        pool = _pool(loader, workers, report)
        while True:
            try:
                while len(waiting) < AHEAD:
                    items = next(batches)
                    waiting.append((items, submit(items)))
                items, future = waiting[0]
                samples = result_of(future, pool, LOOKS_AFTER_SECONDS)
            except BrokenExecutor:
                report("the processes that load audio have ended; loading continues in a thread")
                kill_pool(pool)
                pool = ThreadPoolExecutor(1)
                again = [items for items, _ in waiting]
                waiting = deque((items, submit(items)) for items in again)
                continue
            waiting.popleft()
            yield items, samples
    finally:
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def _is_pool_of_processes(pool: Executor) -> bool:
    return isinstance(pool, ProcessPoolExecutor)


def _pool(loader: WaveformLoader, workers: int, report: Callable[[str], None]) -> Executor:
    if workers == 0:
        return ThreadPoolExecutor(1)
    # A fork of a process with torch's threads can hang; a new process cannot.
    context = multiprocessing.get_context("spawn")
    try:
        pool = ProcessPoolExecutor(workers, context, _start_worker, (loader,))
        # Start the processes now: a sandbox may forbid them only at this point.
        pool.submit(_load, []).result()
    except (OSError, BrokenExecutor, RuntimeError, PermissionError) as error:
        report(f"cannot start processes to load audio ({error}); loading in a thread instead")
        return ThreadPoolExecutor(1)
    return pool
