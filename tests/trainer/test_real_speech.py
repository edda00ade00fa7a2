"""A small network on minutes of real speech, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.data.splits import write_list
from trainer.cli import main
from trainer.finetune.job import read_figures

RECIPES = Path(__file__).parents[2] / "trainer" / "recipes"

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


def write_part(pack: Path, target: Path, first: int, count: int) -> Path:
    utterances = read_dataset(pack, report=lambda sentence: None)
    write_list(target, [u for u in utterances if u.seconds < 12][first : first + count])
    return target


def settings(**tables: dict[str, Any]) -> list[str]:
    return [
        f"--set={table}.{name}={json.dumps(value)}"
        for table, values in tables.items()
        for name, value in values.items()
    ]


def test_deep_speech_2_begins_to_learn_from_a_voice(shared_speech: Path, tmp_path: Path) -> None:
    pack = shared_speech / "one-voice.tar"
    data, held_out = (
        write_part(pack, tmp_path / "train.jsonl", 0, 48),
        write_part(pack, tmp_path / "held-out.jsonl", 60, 6),
    )
    output = tmp_path / "model"
    command = ["train", str(data), "--validation", str(held_out), "--output", str(output)]
    options = settings(
        deepspeech2={"mel_bands": 40, "channels": 4, "residual_layers": 1, "gru_layers": 1, "gru_size": 64},
        schedule={"learning_rate": 5e-3},
        batches={"seconds": 20.0},
        cache={"variants": 1},
        data={"loader_workers": 0},
        evaluation={"every_epochs": 0.0, "every_steps": 40, "patience": 0},
        masks={"time_share": 0.0, "channel_share": 0.0},
    )
    recipe = ["--recipe", str(RECIPES / "deepspeech2.toml"), "--steps", "40"]
    assert main([*command, *recipe, *options]) == 0
    rows = read_figures(output / "training" / "figures.jsonl")
    losses = [row["smoothed_loss"] for row in rows if "smoothed_loss" in row]
    assert losses[-1] < 0.6 * losses[0]
