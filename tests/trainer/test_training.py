from __future__ import annotations

import itertools
import json
import resource
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.killing import kill_when, saved_step
from trainer.checkpoint import CheckpointError, average, load_checkpoint
from trainer.dataset import DataError
from trainer.finetune.progress import read_figures
from trainer.network import TrainingNetwork
from trainer.recipe import Recipe, read_recipe
from trainer.training import learning_rate, train
from trainer.training_data import TrainingData, prepare

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

    class Stopped(Exception):
        pass

    def stop_late(line: str) -> None:
        if line.startswith("step 12 "):
            raise Stopped

    # Stopped behind step 12's work but before it is saved: the last checkpoint is that of step 8.
    with pytest.raises(Stopped):
        train(recipe, data, tmp_path / "stopped", stop_late)
    assert saved_step(tmp_path / "stopped" / "last.pt") == 8
    lines: list[str] = []
    train(recipe, data, tmp_path / "stopped", lines.append)
    assert "resumed at step 8" in lines
    assert_same_end(tmp_path / "whole", tmp_path / "stopped")


@pytest.mark.slow
def test_the_command_killed_at_any_moment_goes_on_to_the_same_weights(
    recipe: Recipe, data: TrainingData, packs: Path, tmp_path: Path
) -> None:
    train(recipe, data, tmp_path / "whole", silent)
    (tmp_path / "tiny.toml").write_text(RECIPE)
    killed = tmp_path / "killed"
    command = ["-m", "trainer.cli", "train", "--recipe", str(tmp_path / "tiny.toml"), "--data", str(packs)]
    command += ["--output", str(killed), "--workers", "1"]
    kill_when(command, lambda: saved_step(killed / "last.pt") >= 4)
    lines: list[str] = []
    train(recipe, data, killed, lines.append)
    assert lines[0].startswith("resumed at step ")
    assert_same_end(tmp_path / "whole", killed)


def assert_same_end(whole: Path, resumed: Path) -> None:
    expected = load_checkpoint(whole / "averaged.pt")["network"]
    found = load_checkpoint(resumed / "averaged.pt")["network"]
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, msg=name)
    # The log of a resumed training is that of one training.
    rows = [read_figures(run / "log.jsonl") for run in (whole, resumed)]
    assert [row["step"] for row in rows[0]] == [row["step"] for row in rows[1]]


def assert_good_state(run: Path) -> None:
    saved = load_checkpoint(run / "last.pt")
    assert all(bool(torch.isfinite(tensor).all()) for tensor in saved["network"].values())


@pytest.mark.parametrize(("spoilt", "what"), [("loss", "The loss"), ("gradient", "A gradient")])
def test_what_is_no_number_is_a_sentence_and_a_saved_state(
    recipe: Recipe,
    data: TrainingData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoilt: str,
    what: str,
) -> None:
    real, calls = TrainingNetwork.losses, []

    def losses(network: TrainingNetwork, *arguments: Any, **named: Any) -> Any:
        found = real(network, *arguments, **named)
        calls.append(1)
        if len(calls) < 3:
            return found
        if spoilt == "loss":
            return found._replace(total=found.total * float("nan"))
        found.total.register_hook(lambda gradient: gradient * float("nan"))
        return found

    monkeypatch.setattr(TrainingNetwork, "losses", losses)
    with pytest.raises(DataError, match=rf"{what} is no number .* lower training\.learning_rate"):
        train(recipe, data, tmp_path, silent)
    assert saved_step(tmp_path / "last.pt") == 2
    assert_good_state(tmp_path)


def test_too_little_memory_is_a_sentence_and_smaller_batches_go_on(
    recipe: Recipe, data: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = TrainingNetwork.losses

    def losses(network: TrainingNetwork, batch: Any, **named: Any) -> Any:
        if batch.features.shape[0] > 3:
            torch.empty(2**50)  # what a batch that is far too large asks for
        return real(network, batch, **named)

    monkeypatch.setattr(TrainingNetwork, "losses", losses)
    with pytest.raises(DataError, match=r"smaller training\.seconds_per_batch"):
        train(recipe, data, tmp_path, silent)
    lines: list[str] = []
    train(with_training(recipe, seconds_per_batch=4.0), data, tmp_path, lines.append)
    assert lines[0].startswith("resumed at step ")


def test_a_full_disk_is_a_sentence_and_keeps_the_state(
    recipe: Recipe, data: TrainingData, tmp_path: Path
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_the_disk(line: str) -> None:
        if line.startswith("step 12 "):
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))

    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(CheckpointError, match="free some space"):
            train(recipe, data, tmp_path, fill_the_disk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, earlier)
    assert saved_step(tmp_path / "last.pt") == 8
    assert train(recipe, data, tmp_path, silent).is_file()


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
