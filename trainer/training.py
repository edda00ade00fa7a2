"""Shared by all training loops: checkpoints, learning rate schedules, agreement between processes."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from asr_desktop.base.errors import AsrDesktopError
from trainer.finetune.options import ScheduleOptions

# Checkpoints are written atomically; the last one resumes a training, the last few are averaged


class CheckpointError(AsrDesktopError):
    """A checkpoint that cannot be written or read."""


def save_atomically(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint beside its final name and move it there, so that the earlier one survives a kill at
    any time.

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
    except (OSError, RuntimeError) as error:  # torch raises RuntimeError for a full disk
        part.unlink(missing_ok=True)
        raise CheckpointError(
            f"The checkpoint {path} cannot be written ({error}); free up disk space and run the command "
            "again to resume from the last complete checkpoint."
        ) from None


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint's tensors and plain values (nothing in it is executed).

    :raises CheckpointError: damaged, or not a checkpoint of this program.
    """
    try:
        with warnings.catch_warnings():  # PyTorch warns about an unusual pickle before it rejects it
            warnings.simplefilter("ignore")
            state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # torch.load raises many types of errors for damaged files: EOFError, KeyError, UnpicklingError,
        # RuntimeError …
        raise CheckpointError(
            f"The checkpoint {path} cannot be read ({type(error).__name__}); delete it to start over."
        ) from None
    return state


def average(states: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Element-wise mean of several checkpoints' weights; integers (step counters) come from the last one."""
    if not states:
        raise ValueError("nothing to average")
    return {
        name: torch.stack([state[name].float() for state in states]).mean(0).to(last.dtype)
        if last.is_floating_point()
        else last
        for name, last in states[-1].items()
    }


# Agreement between the processes of a distributed training


def any_process(accelerator: Any, flag: bool) -> bool:
    """Whether the flag is set in any process; all get the same answer, so that none waits for one that has
    ended."""
    if accelerator.num_processes == 1:
        return flag
    return bool(accelerator.reduce(torch.tensor(float(flag), device=accelerator.device), "sum") > 0)


# The learning rate as a function of the share of the training that is done; without state, so nothing has to
# be resumed.


def learning_rate(done: float, options: ScheduleOptions) -> float:
    """The learning rate after the share ``done`` (0 … 1) of the training.

    cosine, linear: warm-up, then down to ``final_share`` of the peak.
    tri-stage: warm-up, ``hold_share`` at the peak, then an exponential decay (Baevski et al., "wav2vec 2.0",
    2020).
    one-cycle: half a cosine up and half a cosine down to a 400th of the final rate (Smith & Topin,
    "Super-Convergence", 2018; the shares are those of torch's OneCycleLR with a warm-up of ``warmup_share``).
    constant: warm-up, then the peak.
    """
    done = min(1.0, max(0.0, done))
    return options.learning_rate * _share(done, options)


def _share(done: float, options: ScheduleOptions) -> float:
    warmup, final = options.warmup_share, options.final_share
    if options.shape == "one-cycle":
        first, last = 1 / 25, final / 400
        if done < warmup:
            return first + (1 - first) * (1 - math.cos(math.pi * done / warmup)) / 2
        return last + (1 - last) * (1 + math.cos(math.pi * _after(done, warmup))) / 2
    if done < warmup:
        # Never zero, which would waste the first step.
        return max(done / warmup, 1e-3)
    if options.shape == "constant":
        return 1.0
    if options.shape == "linear":
        return 1 - (1 - final) * _after(done, warmup)
    if options.shape == "cosine":
        return final + (1 - final) * (1 + math.cos(math.pi * _after(done, warmup))) / 2
    held_until = min(1.0, warmup + options.hold_share)
    if done < held_until:
        return 1.0
    return max(final, 1e-8) ** _after(done, held_until)


def _after(done: float, begin: float) -> float:
    return (done - begin) / (1 - begin) if begin < 1 else 1.0
