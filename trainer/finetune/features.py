"""Outputs of the frozen part for the training loop, from a cache or computed from sound."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from asr_desktop.base.atomic_write import write_text
from asr_desktop.teaching.dataset import TrainingUtterance
from trainer.augmentation import Augmentation
from trainer.finetune.batches import Item, WaveformLoader, loaded_ahead, planned_batches
from trainer.finetune.frozen_part import Depth, frozen_features
from trainer.finetune.job import FinetuneError

# The frozen part's outputs for every utterance and augmented copy, computed once and stored on disk as
# float16.
#
# The next layer normalises these values, so half precision suffices: results with and without the cache
# differ less than those of two data orders. A cache belongs to one frozen part, one data set and one
# augmentation; its name is the hash of all three.

LARGEST_HALF = 65504.0
_ABANDONED_SECONDS = 3600.0

Compute = Callable[[int, int], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Place:
    first: int
    frames: int


class HiddenCache:
    """Random access by (utterance, variant), ``[channels, frames]`` float32 each."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self._places = {(u, v): _Place(first, frames) for u, v, first, frames in index["places"]}
        frames = sum(place.frames for place in self._places.values())
        self._rows = np.memmap(
            folder / "hidden.f16", dtype=np.float16, mode="r", shape=(frames, index["channels"])
        )

    def __call__(self, utterance: int, variant: int) -> NDArray[np.float32]:
        place = self._places[utterance, variant]
        return np.asarray(self._rows[place.first : place.first + place.frames], dtype=np.float32).T


def cache_key(
    base: Any,
    depth: Depth,
    utterances: Sequence[TrainingUtterance],
    variants: int,
    augmentation: Augmentation,
    seed: int,
) -> str:
    """Hash of everything that the cache's content depends on, as 16 hex digits."""
    digest = hashlib.sha256()
    digest.update(json.dumps([asdict(depth), variants, augmentation.settings_that_matter(), seed]).encode())
    for utterance in utterances:
        stat = utterance.path.stat()
        named = [str(utterance.path.resolve()), stat.st_size, stat.st_mtime_ns, utterance.start_seconds]
        digest.update(json.dumps([*named, utterance.end_seconds]).encode())
    frozen = [base.feature_extractor.conv_layers[: depth.convolutions]]
    if depth.encoder_layers is not None:
        frozen += [base.feature_projection, base.encoder.layer_norm]
        if hasattr(base.encoder, "pos_conv_embed"):
            frozen.append(base.encoder.pos_conv_embed)
        frozen += [base.encoder.layers[: depth.encoder_layers]]
    for module in frozen:
        for tensor in module.state_dict().values():
            digest.update(tensor.detach().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def open_cache(
    folder: Path,
    key: str,
    utterances: int,
    variants: int,
    compute: Compute,
    on_progress: Callable[[int, int, float], None],
    cancelled: Callable[[], bool],
) -> HiddenCache | None:
    """Open the cache of that key, or compute it; None when cancelled (a partial cache is deleted).

    compute: the features of (utterance, variant). on_progress: items done, items in all, seconds left.

    :raises FinetuneError: the disk is full or not writable.
    """
    target = folder / key
    if (target / "index.json").is_file():
        return HiddenCache(target)
    # Several processes may compute the same cache, each in its own file; the last one to finish replaces it.
    part = target / f"hidden.{os.getpid()}.part"
    jobs = [(utterance, variant) for utterance in range(utterances) for variant in range(variants)]
    places: list[tuple[int, int, int, int]] = []
    first = channels = 0
    started = time.monotonic()
    try:
        target.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target)
        with part.open("wb") as file:
            for utterance, variant in jobs:
                if cancelled():
                    part.unlink()
                    return None
                hidden = compute(utterance, variant)
                channels, frames = hidden.shape
                rows = np.clip(hidden.T, -LARGEST_HALF, LARGEST_HALF).astype(np.float16)
                file.write(np.ascontiguousarray(rows).tobytes())
                places.append((utterance, variant, first, frames))
                first += frames
                left = (time.monotonic() - started) / len(places) * (len(jobs) - len(places))
                on_progress(len(places), len(jobs), left)
        os.replace(part, target / "hidden.f16")
        # The index is written last: if it exists, the cache is complete.
        write_text(target / "index.json", json.dumps({"channels": channels, "places": places}))
    except OSError as error:
        with contextlib.suppress(OSError):  # without such a folder there is nothing to remove
            part.unlink()
        raise FinetuneError(
            f"The cache in {folder} cannot be written ({error.strerror or error}); free up disk space, "
            "choose another folder with cache.folder, or train without it (cache.use=no)."
        ) from None
    return HiddenCache(target)


def _remove_abandoned(folder: Path) -> None:
    """Remove partial files of killed processes; a running one writes every few seconds."""
    for part in folder.glob("*.part"):
        if time.time() - part.stat().st_mtime > _ABANDONED_SECONDS:
            part.unlink(missing_ok=True)


def normalised(samples: NDArray[np.float32], do_normalize: bool) -> torch.Tensor:
    """The network's input: samples, normalised to zero mean and unit variance if its folder requires it."""
    tensor = torch.from_numpy(np.ascontiguousarray(samples, dtype=np.float32))
    if not do_normalize:
        return tensor
    return (tensor - tensor.mean()) / torch.sqrt(tensor.var(unbiased=False) + 1e-7)


def hidden_of(
    base: Any, depth: Depth, samples: NDArray[np.float32], do_normalize: bool, device: torch.device
) -> torch.Tensor:
    """The frozen part's output of one recording's samples: ``[channels, frames]``, on ``device``."""
    training = base.training
    base.eval()
    try:
        return frozen_features(base, depth, normalised(samples, do_normalize).to(device))
    finally:
        base.train(training)


@dataclass(frozen=True)
class Batch:
    """Padded tensors: features ``[batch, channels, frames]``, label rows, and the lengths of both."""

    features: torch.Tensor
    frames: torch.Tensor
    labels: torch.Tensor
    label_lengths: torch.Tensor


@dataclass(frozen=True)
class CachePlan:
    """The arguments of :func:`trainer.finetune.batches.planned_batches`."""

    seconds: Sequence[float]
    batch_seconds: float
    augmented_share: float
    seed: int

    def batches(self, variants: int | None, skip: int, rank: int, world: int) -> Iterator[list[Item]]:
        """This process's share, ``skip`` counting all processes' batches."""
        everyone = planned_batches(
            self.seconds, self.batch_seconds, self.augmented_share, variants, self.seed, skip
        )
        return islice(everyone, rank, None, world)


class Features(Protocol):
    """The frozen part's outputs, ``[channels, frames]`` each, of batches to train on and of validation."""

    def training(self, skip: int, rank: int, world: int) -> Iterator[tuple[list[Item], list[torch.Tensor]]]:
        """Endless batches, from the ``skip``-th on."""

    def validation(self, number: int) -> torch.Tensor:
        """One utterance of the validation set."""


@dataclass(frozen=True)
class CachedFeatures:
    """Both sets from the cache on disk."""

    plan: CachePlan
    variants: int
    training_cache: HiddenCache
    validation_cache: HiddenCache
    device: torch.device

    def training(self, skip: int, rank: int, world: int) -> Iterator[tuple[list[Item], list[torch.Tensor]]]:
        for items in self.plan.batches(self.variants, skip, rank, world):
            yield items, [torch.from_numpy(self.training_cache(*item)).to(self.device) for item in items]

    def validation(self, number: int) -> torch.Tensor:
        return torch.from_numpy(self.validation_cache(number, 0)).to(self.device)


@dataclass(frozen=True)
class ComputedFeatures:
    """Both sets from the sound, with a new augmentation in every epoch."""

    plan: CachePlan
    base: Any
    depth: Depth
    do_normalize: bool
    training_loader: WaveformLoader
    validation_loader: WaveformLoader
    workers: int
    report: Callable[[str], None]
    device: torch.device

    def training(self, skip: int, rank: int, world: int) -> Iterator[tuple[list[Item], list[torch.Tensor]]]:
        batches = self.plan.batches(None, skip, rank, world)
        for items, waveforms in loaded_ahead(batches, self.training_loader, self.workers, self.report):
            yield (
                items,
                [
                    hidden_of(self.base, self.depth, samples, self.do_normalize, self.device)
                    for samples in waveforms
                ],
            )

    def validation(self, number: int) -> torch.Tensor:
        samples = self.validation_loader((number, 0))
        return hidden_of(self.base, self.depth, samples, self.do_normalize, self.device)


def collate(
    items: Sequence[Item], features: Sequence[torch.Tensor], labels: Sequence[Sequence[int]], blank: int
) -> Batch:
    """Pad the features with zeros and the labels with blanks. ``labels`` are of all utterances."""
    frames = torch.tensor([tensor.shape[1] for tensor in features])
    padded = features[0].new_zeros(len(features), features[0].shape[0], int(frames.max()))
    wanted = [labels[utterance] for utterance, _ in items]
    label_lengths = torch.tensor([len(row) for row in wanted])
    rows = torch.full((len(wanted), max(1, int(label_lengths.max()))), blank, dtype=torch.long)
    for number, (tensor, row) in enumerate(zip(features, wanted, strict=True)):
        padded[number, :, : tensor.shape[1]] = tensor
        rows[number, : len(row)] = torch.tensor(row, dtype=torch.long)
    device = padded.device
    return Batch(padded, frames.to(device), rows.to(device), label_lengths.to(device))
