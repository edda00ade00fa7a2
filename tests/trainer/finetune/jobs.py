"""Trainings of a few steps with a tiny network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.made_once import made_once
from tests.trainer.killing import saved_step
from trainer.finetune import FinetuneJob, finetune

TINY = (
    "schedule.learning_rate=3e-3",
    "batches.seconds=6",
    "evaluation.times=2",
    "evaluation.patience=0",
    "checkpoints.every_steps=2",
    "cache.variants=2",
    "optimisation.dropout=0.1",
    "output.onnx=false",
    "data.loader_workers=0",
)


def job(packs: Path, start: Path, output: Path, *overrides: str, steps: int = 8) -> FinetuneJob:
    return FinetuneJob(
        data=packs / "train",
        validation=packs / "held-out",
        start=start,
        output=output,
        steps=steps,
        overrides=(*TINY, *overrides),
    )


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def assert_same_weights(one: Path, other: Path) -> None:
    expected, found = weights(one), weights(other)
    assert expected.keys() == found.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, msg=name)


def stop_after(steps: int, output: Path) -> Callable[[], bool]:
    """Says stop when the training has come so far."""
    return lambda: saved_step(output / "training" / "state.pt") >= steps


@pytest.fixture(scope="session")
def whole(packs: Path, starts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What eight steps without an interruption come to."""

    def train(output: Path) -> None:
        assert finetune(job(packs, starts / "wav2vec2", output)).finished

    return made_once(tmp_path_factory, "whole", train)
