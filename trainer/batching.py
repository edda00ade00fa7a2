"""Batches by seconds of sound, of near-equal length, in an order that a seed and an epoch number fix for
ever.

That the order is a pure function is what lets a killed training go on as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.feature_cache import JoinedCaches
from trainer.frame_targets import IGNORED, Alignment


@dataclass(frozen=True)
class Targets:
    """What an utterance is to be recognised as.

    ``phones`` is empty where a word's pronunciation is unknown, ``alignment`` None where none was made.
    """

    labels: tuple[int, ...]
    phones: tuple[int, ...]
    alignment: Alignment | None = None


@dataclass(frozen=True)
class Batch:
    """Padded tensors: features ``[batch, bands, frames]``, and the lengths of every row."""

    features: torch.Tensor
    frames: torch.Tensor
    labels: torch.Tensor
    label_lengths: torch.Tensor
    phones: torch.Tensor
    phone_lengths: torch.Tensor
    frame_letters: torch.Tensor  # [batch, label frames], IGNORED where there is no alignment
    frame_phones: torch.Tensor


def epoch_batches(
    frames: Sequence[int], weights: Sequence[float], seconds_per_batch: float, seed: int, epoch: int
) -> list[list[int]]:
    """Item numbers of each batch of one epoch.

    An item of weight 2.3 comes twice, and a third time in three epochs of ten. Items are sorted by length
    within a jitter of ±10 %, so that a batch is nearly free of padding and yet no two epochs have the same
    batches.
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
    """Epoch after epoch, the first ``skip`` batches left out: where a resumed training goes on."""
    epoch = 0
    while True:
        batches = epoch_batches(frames, weights, seconds_per_batch, seed, epoch)
        yield from batches[skip:]
        skip = max(0, skip - len(batches))
        epoch += 1


def collate(
    cache: JoinedCaches, items: Sequence[int], targets: Sequence[Targets], stride: int, kernel: int
) -> Batch:
    """Read the items' features and pad them with zeros; label rows are padded with blanks.

    stride, kernel: of the convolution that makes label frames of the features' frames.
    """
    features: list[NDArray[np.float32]] = [cache[item] for item in items]
    frames = torch.tensor([array.shape[1] for array in features])
    padded = torch.zeros(len(items), features[0].shape[0], int(frames.max()))
    label_frames = (int(frames.max()) - kernel) // stride + 1
    frame_letters = torch.full((len(items), label_frames), IGNORED)
    frame_phones = torch.full((len(items), label_frames), IGNORED)
    wanted = [targets[cache.variants[item].utterance] for item in items]
    for row, (item, array, target) in enumerate(zip(items, features, wanted, strict=True)):
        padded[row, :, : array.shape[1]] = torch.from_numpy(array)
        if target.alignment is not None:
            count = (array.shape[1] - kernel) // stride + 1
            speed = cache.original_frames(item) / array.shape[1]
            frame_phones[row, :count] = torch.from_numpy(
                target.alignment.phone_frames(count, stride, kernel, speed)
            )
            letters = target.alignment.letter_frames(count, stride, kernel, speed)
            if letters is not None:
                frame_letters[row, :count] = torch.from_numpy(letters)
    labels, label_lengths = _pad([target.labels for target in wanted])
    phones, phone_lengths = _pad([target.phones for target in wanted])
    return Batch(padded, frames, labels, label_lengths, phones, phone_lengths, frame_letters, frame_phones)


def _pad(sequences: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    padded = torch.zeros(len(sequences), max(1, int(lengths.max())), dtype=torch.long)
    for row, sequence in enumerate(sequences):
        padded[row, : len(sequence)] = torch.tensor(sequence, dtype=torch.long)
    return padded, lengths
