from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from trainer.checkpoint import CheckpointError, average, load_checkpoint
from trainer.dataset import DataError
from trainer.recipe import Recipe, read_recipe
from trainer.training import TrainingData, learning_rate, prepare, train

RECIPE = """
[network]
hidden_size = 48
layers = 2
heads = 2
intermediate_size = 64
subsampling = 3
subsampling_kernel = 5
subsampling_channels = 48
depthwise_kernel = 7
phone_layer = 1

[data]
train = ["train"]
validation = ["held-out"]
variants = 2
pronunciations = "words.dict"
alignments = "train.jsonl"

[training]
steps = 12
learning_rate = 3e-3
warmup_steps = 5
seconds_per_batch = 10.0
validate_every = 1000
save_every = 4
average_last = 2
average_every = 6
frame_steps = 6
"""


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(RECIPE)
    return read_recipe(path)


@pytest.fixture(scope="module")
def data(recipe: Recipe, packs: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingData:
    return prepare(recipe, [packs], tmp_path_factory.mktemp("work"), lambda line: None, workers=1)


def silent(line: str) -> None:
    pass


def with_training(recipe: Recipe, **settings: float) -> Recipe:
    return replace(recipe, training=replace(recipe.training, **settings))


@pytest.mark.slow
def test_a_tiny_network_learns_to_spell_what_it_hears(
    recipe: Recipe, data: TrainingData, tmp_path: Path
) -> None:
    train(with_training(recipe, steps=150, frame_steps=60), data, tmp_path, silent)
    last = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()][-1]
    assert last["cer"] < 0.2  # guessing scores about 1


def test_a_killed_training_goes_on_to_the_same_weights(
    recipe: Recipe, data: TrainingData, tmp_path: Path
) -> None:
    train(recipe, data, tmp_path / "whole", silent)

    class Killed(Exception):
        pass

    def kill_late(line: str) -> None:
        if line.startswith("step 12 "):
            raise Killed

    # Killed behind step 12's work but before it is saved: the last checkpoint is that of step 8.
    with pytest.raises(Killed):
        train(recipe, data, tmp_path / "killed", kill_late)
    assert load_checkpoint(tmp_path / "killed" / "last.pt")["step"] == 8
    lines: list[str] = []
    train(recipe, data, tmp_path / "killed", lines.append)
    assert "resumed at step 8" in lines
    whole = load_checkpoint(tmp_path / "whole" / "averaged.pt")["network"]
    resumed = load_checkpoint(tmp_path / "killed" / "averaged.pt")["network"]
    for name, tensor in whole.items():
        torch.testing.assert_close(resumed[name], tensor, msg=name)


def test_a_loss_that_is_no_number_is_a_sentence(recipe: Recipe, data: TrainingData, tmp_path: Path) -> None:
    broken = with_training(recipe, learning_rate=float("inf"), warmup_steps=0)
    with pytest.raises(DataError, match=r"lower training\.learning_rate"):
        train(broken, data, tmp_path, silent)


def test_a_damaged_checkpoint_is_a_sentence(recipe: Recipe, data: TrainingData, tmp_path: Path) -> None:
    (tmp_path / "last.pt").write_bytes(b"half a checkpoint")
    with pytest.raises(CheckpointError, match="remove it to start anew"):
        train(recipe, data, tmp_path, silent)


def test_features_are_computed_once(recipe: Recipe, packs: Path, tmp_path: Path) -> None:
    prepare(recipe, [packs], tmp_path, silent, workers=1)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.f16")}
    assert len(written) == 2
    prepare(recipe, [packs], tmp_path, silent, workers=1)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.f16")} == written


def test_workers_do_not_change_the_features(recipe: Recipe, packs: Path, tmp_path: Path) -> None:
    prepare(recipe, [packs], tmp_path / "one", silent, workers=1)
    prepare(recipe, [packs], tmp_path / "two", silent, workers=2)
    for path in (tmp_path / "one").rglob("*.f16"):
        assert (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes() == path.read_bytes()


def test_missing_packs_are_named(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train is in none of"):
        prepare(recipe, [tmp_path], tmp_path / "work", silent, workers=1)


def test_what_cannot_be_aligned_is_left_out_and_said(recipe: Recipe, packs: Path, tmp_path: Path) -> None:
    pack = tmp_path / "train"
    pack.mkdir()
    manifest = (packs / "train" / "manifest.tsv").read_text().splitlines()
    rows = [manifest[0], *manifest[1:4], manifest[4].rsplit("\t", 1)[0] + "\t" + "A LOT OF WORDS " * 20]
    (pack / "manifest.tsv").write_text("\n".join(rows) + "\n")
    for number in range(4):
        (pack / f"{number}.flac").write_bytes((packs / "train" / f"{number}.flac").read_bytes())
    lines: list[str] = []
    prepare(recipe, [tmp_path, packs], tmp_path / "work", lines.append, workers=1)
    assert any("1 utterances left out" in line for line in lines)


def test_the_learning_rate_rises_then_falls_to_its_end(recipe: Recipe) -> None:
    rates = [learning_rate(step, recipe.training) for step in range(recipe.training.steps + 1)]
    peak = rates.index(max(rates))
    assert rates[peak] == pytest.approx(recipe.training.learning_rate)
    assert all(a < b for a, b in itertools.pairwise(rates[: peak + 1]))
    assert all(a > b for a, b in itertools.pairwise(rates[peak + 1 :]))
    assert rates[-1] == pytest.approx(recipe.training.final_rate * recipe.training.learning_rate)


def test_averaging_is_the_mean_of_weights() -> None:
    states = [
        {"w": torch.tensor([1.0, 2.0]), "n": torch.tensor(3)},
        {"w": torch.tensor([3.0, 6.0]), "n": torch.tensor(9)},
    ]
    mean = average(states)
    torch.testing.assert_close(mean["w"], torch.tensor([2.0, 4.0]))
    assert int(mean["n"]) == 9
