"""Where the loop gets the frozen part's outputs from: the cache, or the sound itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import torch

from trainer.finetune.frozen_part import Depth
from trainer.finetune.hidden_cache import HiddenCache, hidden_of
from trainer.finetune.loading import WaveformLoader, loaded_ahead
from trainer.finetune.plan import Item, planned_batches


@dataclass(frozen=True)
class Batch:
    """Padded tensors: features ``[batch, channels, frames]``, label rows, and the lengths of both."""

    features: torch.Tensor
    frames: torch.Tensor
    labels: torch.Tensor
    label_lengths: torch.Tensor


@dataclass(frozen=True)
class Plan:
    """What of the batches is whose: see :func:`trainer.finetune.plan.planned_batches`."""

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
        """Batches for ever, from the ``skip``-th on."""

    def validation(self, number: int) -> torch.Tensor:
        """One utterance of the validation set."""


@dataclass(frozen=True)
class CachedFeatures:
    """Both sets from the disk."""

    plan: Plan
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

    plan: Plan
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
