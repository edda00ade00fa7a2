"""The frozen front end's output of every utterance and variant, computed once and kept on disk.

On a CPU this is what makes epochs affordable; on a GPU it keeps the card from waiting for sound files. One
file holds all features, ``float16``, an index tells where each variant lies. A cache belongs to exactly one
recipe and data set: its key says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from asr_desktop.process_pool import LOOKS_AFTER_SECONDS, end_with_parent, kill_pool
from asr_desktop.whole_file import write_text
from trainer.augmentation import Augmentation, WaveformAugmenter
from trainer.dataset import TrainingUtterance
from trainer.filterbank_front_end import BANDS
from trainer.network import TrainingNetwork
from trainer.recipe import NetworkRecipe
from trainer.worker_pool import results_in_order

Report = Callable[[str], None]

JOBS_A_CHUNK = 8


@dataclass(frozen=True, slots=True)
class CachedVariant:
    """Where one variant of one utterance lies in the cache."""

    utterance: int
    variant: int
    first_frame: int
    frames: int


class FeatureCache:
    """Random access to one pack's cached features, ``[bands, frames]`` float32 for each variant."""

    def __init__(self, folder: Path) -> None:
        self.variants = [CachedVariant(*row) for row in json.loads((folder / "index.json").read_text())]
        frames = sum(variant.frames for variant in self.variants)
        self._features = np.memmap(folder / "features.f16", dtype=np.float16, mode="r", shape=(frames, BANDS))

    def __getitem__(self, number: int) -> NDArray[np.float32]:
        variant = self.variants[number]
        rows = self._features[variant.first_frame : variant.first_frame + variant.frames]
        return np.asarray(rows, dtype=np.float32).T


class JoinedCaches:
    """Several packs' caches as one; utterances are numbered on from pack to pack."""

    def __init__(self, caches: Sequence[FeatureCache], utterances: Sequence[int]) -> None:
        self.variants: list[CachedVariant] = []
        self._places: list[tuple[FeatureCache, int]] = []
        before = 0
        for cache, count in zip(caches, utterances, strict=True):
            self.variants += [
                replace(variant, utterance=variant.utterance + before) for variant in cache.variants
            ]
            self._places += [(cache, number) for number in range(len(cache.variants))]
            before += count
        self._original_frames = {v.utterance: v.frames for v in self.variants if v.variant == 0}

    def original_frames(self, number: int) -> int:
        """Frames of the unvaried recording that this item is a variant of."""
        return self._original_frames[self.variants[number].utterance]

    def __getitem__(self, number: int) -> NDArray[np.float32]:
        cache, place = self._places[number]
        return cache[place]


def cache_features(
    folder: Path,
    utterances: Sequence[TrainingUtterance],
    variants: int,
    augmentation: Augmentation,
    noise_folder: Path | None,
    seed: int,
    report: Report,
    workers: int | None = None,
) -> FeatureCache:
    """Compute the features of ``variants`` variants of each utterance below ``folder``, or open them if they
    are there already.

    Every variant draws from a generator seeded by its own number, so the cache is the same with any number of
    workers.
    """
    key = _key(utterances, variants, augmentation, seed)
    target = folder / key
    if (target / "index.json").is_file():
        return FeatureCache(target)
    target.mkdir(parents=True, exist_ok=True)
    jobs = [(number, variant) for number in range(len(utterances)) for variant in range(variants)]
    index: list[list[int]] = []
    first_frame = 0
    started = reported = time.monotonic()
    # Always the same name: what a killed run left half done is written over.
    with (target / "features.f16.part").open("wb") as features:
        for (utterance, variant), rows in zip(
            jobs, _compute(jobs, utterances, augmentation, noise_folder, seed, workers, report), strict=True
        ):
            features.write(np.ascontiguousarray(rows).tobytes())
            index.append([utterance, variant, first_frame, rows.shape[0]])
            first_frame += rows.shape[0]
            if time.monotonic() - reported > 10:
                reported = time.monotonic()
                left = (reported - started) / len(index) * (len(jobs) - len(index))
                report(f"features: {len(index)} of {len(jobs)}, about {left:.0f} s left")
    os.replace(target / "features.f16.part", target / "features.f16")
    # The index comes last: where it exists, the cache is whole.
    write_text(target / "index.json", json.dumps(index))
    return FeatureCache(target)


def _key(
    utterances: Sequence[TrainingUtterance], variants: int, augmentation: Augmentation, seed: int
) -> str:
    names = [
        (utterance.path.parent.name, utterance.path.name, utterance.seconds)
        # A whole file's key stays what it was before there were stretches of files.
        + ((utterance.start_seconds,) if utterance.start_seconds else ())
        for utterance in utterances
    ]
    text = json.dumps([names, variants, augmentation.settings_that_matter(), seed])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _compute(
    jobs: list[tuple[int, int]],
    utterances: Sequence[TrainingUtterance],
    augmentation: Augmentation,
    noise_folder: Path | None,
    seed: int,
    workers: int | None,
    report: Report,
) -> Iterator[NDArray[np.float16]]:
    arguments = [
        (utterances[utterance], variant, seed + 7919 * utterance + variant) for utterance, variant in jobs
    ]
    workers = workers or os.cpu_count() or 1
    done = 0
    if workers > 1:
        pool = ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(augmentation, noise_folder))
        try:
            for features in results_in_order(
                pool, _features_of, arguments, JOBS_A_CHUNK, LOOKS_AFTER_SECONDS
            ):
                done += 1
                yield features
        except BrokenExecutor:
            report("the processes that compute features have ended; this one goes on in their place")
            kill_pool(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if done < len(arguments):
        _start_worker(augmentation, noise_folder)
        yield from map(_features_of, arguments[done:])


_worker: tuple[TrainingNetwork, WaveformAugmenter] | None = None


def _start_worker(augmentation: Augmentation, noise_folder: Path | None) -> None:
    global _worker
    end_with_parent()
    torch.set_num_threads(1)
    # The frozen layers are the same in every network, so the smallest one computes them.
    network = TrainingNetwork(
        NetworkRecipe(hidden_size=16, layers=1, heads=1, intermediate_size=16, phone_layer=0), 0.0
    )
    _worker = (network.eval(), WaveformAugmenter.from_folder(augmentation, noise_folder))


def _features_of(job: tuple[TrainingUtterance, int, int]) -> NDArray[np.float16]:
    utterance, variant, seed = job
    if _worker is None:
        raise RuntimeError("the feature worker was not started")
    network, augmenter = _worker
    samples = augmenter.variant(utterance.samples(), variant, np.random.default_rng(seed))
    if samples.size < 1600:
        samples = np.pad(samples, (0, 1600 - samples.size))
    return network.front_end(torch.from_numpy(samples)).T.numpy().astype(np.float16)
