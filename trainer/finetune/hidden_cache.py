"""The frozen part's outputs of every utterance and augmented copy, computed once and kept on disk as float16.

Half precision costs three decimal digits of values that the next layer normalises first: what is trained from
the cache differs from what is trained without it by less than two shufflings of the data do. A cache belongs
to one frozen part, one data set and one augmentation; its name is the hash of all three.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from asr_desktop.base.atomic_write import write_text
from asr_desktop.teaching.dataset import TrainingUtterance
from trainer.augmentation import Augmentation
from trainer.finetune.errors import FinetuneError
from trainer.finetune.frozen_part import Depth, frozen_features

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
    """What the cache's content depends on, as 16 hex digits."""
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
    """Open the cache of that key, or compute it; None when cancelled (what is half done is thrown away).

    compute: the features of (utterance, variant). on_progress: items done, items in all, seconds left.

    :raises FinetuneError: the disk is full or not writable.
    """
    target = folder / key
    if (target / "index.json").is_file():
        return HiddenCache(target)
    # Several processes may compute the same cache: each its own file, whoever is last wins.
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
        # The index comes last: where it exists, the cache is whole.
        write_text(target / "index.json", json.dumps({"channels": channels, "places": places}))
    except OSError as error:
        with contextlib.suppress(OSError):  # where the folder is none, there is nothing to remove either
            part.unlink()
        raise FinetuneError(
            f"The cache in {folder} cannot be written ({error.strerror or error}); free up disk space, "
            "choose another folder with cache.folder, or train without it (cache.use=no)."
        ) from None
    return HiddenCache(target)


def _remove_abandoned(folder: Path) -> None:
    """What processes that were killed left half done; one that is alive writes every few seconds."""
    for part in folder.glob("*.part"):
        if time.time() - part.stat().st_mtime > _ABANDONED_SECONDS:
            part.unlink(missing_ok=True)


def normalised(samples: NDArray[np.float32], do_normalize: bool) -> torch.Tensor:
    """Samples as the network wants them: zero mean and unit variance, where its folder says so."""
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
