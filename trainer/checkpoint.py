"""Checkpoints: whole or absent, never half; the last one resumes a training, the last few are averaged."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from asr_desktop.base.errors import AsrDesktopError


class CheckpointError(AsrDesktopError):
    """A checkpoint that cannot be written or read."""


def save_atomically(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint beside its final name and move it there, so that a kill at any moment leaves the
    earlier one.

    :raises CheckpointError: the disk is full or not writable.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as RuntimeError
        part.unlink(missing_ok=True)
        raise CheckpointError(
            f"The checkpoint {path} cannot be written ({error}); free up disk space and run the command "
            "again to resume from the last complete checkpoint."
        ) from None


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint's tensors and plain values (nothing in it is executed).

    :raises CheckpointError: damaged, or not a checkpoint of ours.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # torch.load raises whatever the damage leads to: EOFError, KeyError, UnpicklingError, RuntimeError …
        raise CheckpointError(
            f"The checkpoint {path} cannot be read ({type(error).__name__}); delete it to start over."
        ) from None
    return state


def average(states: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Element-wise mean of several checkpoints' weights; whole numbers (step counters) come from the last
    one.
    """
    if not states:
        raise ValueError("nothing to average")
    return {
        name: torch.stack([state[name].float() for state in states]).mean(0).to(last.dtype)
        if last.is_floating_point()
        else last
        for name, last in states[-1].items()
    }
