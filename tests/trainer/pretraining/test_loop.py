from __future__ import annotations

import dataclasses
import json
import resource
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.teaching.dataset import DataError
from tests.trainer.finetune.conftest import write_start
from tests.trainer.killing import kill_when, saved_step
from trainer.cli import main
from trainer.finetune.job import read_figures
from trainer.pretraining import loop
from trainer.pretraining.loop import PretrainingJob, pretrain
from trainer.pretraining.network import PretrainingError, PretrainingStep, _told_apart
from trainer.pretraining.options import PretrainingRecipe, SoundOptions, read_pretraining_recipe
from trainer.pretraining.sound import find_sound
from trainer.training import CheckpointError, load_checkpoint

RECIPE = Path(__file__).parents[3] / "trainer" / "recipes" / "pretrain.toml"
SMALL = (
    "sound.least_seconds=0.6",
    "sound.held_out_every=6",
    "masking.negatives=10",
    "masking.span_frames=4",
    "optimisation.seconds_per_batch=8",
    "optimisation.accumulation=1",
    "optimisation.log_every=1",
    "optimisation.save_every=3",
    "optimisation.evaluate_every=100",
    "schedule.learning_rate=2e-3",
)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start") / "tiny"
    codes = {"num_codevectors_per_group": 8, "codevector_dim": 16, "proj_codevector_dim": 16}
    return write_start(folder, "wav2vec2", head=False, **codes)


def job(start: Path, packs: Path, output: Path, *more: str, **changes: Any) -> PretrainingJob:
    recipe = read_pretraining_recipe(RECIPE, (*SMALL, *more))
    made = PretrainingJob((packs / "train",), start, output, recipe, steps=6)
    return dataclasses.replace(made, **changes)


def test_it_learns_to_tell_hidden_sound_apart(start: Path, packs: Path, tmp_path: Path) -> None:
    said: list[str] = []
    result = pretrain(job(start, packs, tmp_path / "out", steps=60), said.append)
    assert result.finished
    assert result.steps == 60
    assert result.after.loss < result.before.loss
    assert result.after.accuracy > 1.5 * max(result.before.accuracy, 1 / 11)
    assert result.after.perplexity > 3  # of 16: the code book has not collapsed
    figures = read_figures(tmp_path / "out" / "training" / "figures.jsonl")
    trained = [row for row in figures if "contrastive_accuracy" in row]
    assert [row["step"] for row in trained] == list(range(1, 61))
    assert {"loss", "diversity_loss", "code_perplexity", "gumbel_temperature"} <= trained[0].keys()
    assert trained[-1]["gumbel_temperature"] < trained[0]["gumbel_temperature"]
    assert list((tmp_path / "out" / "training").rglob("events.out.tfevents.*"))
    assert any("codes in use" in line for line in said)
    assert said[0].startswith("20 pieces")


def test_what_comes_out_is_a_start_for_fine_tuning(start: Path, packs: Path, tmp_path: Path) -> None:
    from transformers import AutoModel, Wav2Vec2ForPreTraining

    from trainer.finetune.options import FinetuneRecipe
    from trainer.finetune.starts import open_start

    output = tmp_path / "out"
    pretrain(job(start, packs, output))
    before, after = load_file(start / "model.safetensors"), load_file(output / "model.safetensors")
    name = "encoder.layers.0.attention.q_proj.weight"
    assert not torch.equal(before[name], after[f"wav2vec2.{name}"])
    assert Wav2Vec2ForPreTraining.from_pretrained(output).quantizer.num_vars == 8
    assert torch.equal(AutoModel.from_pretrained(output).state_dict()[name], after[f"wav2vec2.{name}"])
    opened = open_start(output, ["abc cab bead dace face egg"] * 9, FinetuneRecipe())
    assert opened.new_head
    assert torch.equal(opened.base.state_dict()[name], after[f"wav2vec2.{name}"])


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_same_result(start: Path, packs: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    pretrain(job(start, packs, whole, steps=40))
    settings = [f"--set={setting}" for setting in SMALL]
    command = ["-m", "trainer.cli", "pretrain", str(packs / "train"), "--recipe", str(RECIPE), *settings]
    state = broken / "training" / "state.pt"
    kill_when(
        [*command, "--from", str(start), "--output", str(broken), "--steps", "40"],
        lambda: saved_step(state) >= 3,
    )
    assert not (broken / "model.safetensors").exists()
    saved = saved_step(state)
    said: list[str] = []
    pretrain(job(start, packs, broken, steps=40), said.append)
    assert any(line.startswith(f"resuming at step {saved}") for line in said)
    one, other = load_file(whole / "model.safetensors"), load_file(broken / "model.safetensors")
    for name, tensor in one.items():
        torch.testing.assert_close(other[name], tensor, msg=name)
    figures = [read_figures(output / "training" / "figures.jsonl") for output in (whole, broken)]
    assert [row["step"] for row in figures[0]] == [row["step"] for row in figures[1]]
    assert figures[1][-1]["validation_accuracy"] == pytest.approx(figures[0][-1]["validation_accuracy"])


def test_cancelling_saves_and_does_not_finish(start: Path, packs: Path, tmp_path: Path) -> None:
    asked = iter([False, False, True])
    result = pretrain(job(start, packs, tmp_path), cancelled=lambda: next(asked))
    assert (result.finished, result.steps) == (False, 2)
    assert not (tmp_path / "model.safetensors").exists()
    assert (tmp_path / "training" / "state.pt").is_file()
    assert pretrain(job(start, packs, tmp_path)).finished
    assert not (tmp_path / "training" / "state.pt").exists()


def test_time_ends_it_too(start: Path, packs: Path, tmp_path: Path) -> None:
    result = pretrain(job(start, packs, tmp_path, steps=None, minutes=0.02))
    assert result.finished
    assert result.steps >= 1


@pytest.mark.parametrize("family", ["conformer", "xls-r"])
def test_a_fine_tuned_model_gets_a_new_quantiser(family: str, packs: Path, tmp_path: Path) -> None:
    start = write_start(tmp_path / "start", family, mask_time_prob=0.0)
    said: list[str] = []
    output = tmp_path / "out"
    assert pretrain(job(start, packs, output, "optimisation.accumulation=2", steps=2), said.append).finished
    assert any("has no quantiser" in line for line in said)
    config = json.loads((output / "config.json").read_text())
    assert config["architectures"][0].endswith("ForPreTraining")


def test_other_data_does_not_go_on_with_this(start: Path, packs: Path, tmp_path: Path) -> None:
    asked = iter([False, True])
    pretrain(job(start, packs, tmp_path), cancelled=lambda: next(asked))
    with pytest.raises(PretrainingError, match="different audio, a different model or a different seed"):
        pretrain(job(start, packs, tmp_path, sound=(packs / "train", packs / "held-out")))


def test_a_loss_that_is_no_number_is_a_sentence(
    start: Path, packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loop._Run._forward

    def spoiled(run: Any, *arguments: Any) -> Any:
        figures = real(run, *arguments)
        return figures._replace(loss=figures.loss * float("nan")) if run._state.step == 4 else figures

    monkeypatch.setattr(loop._Run, "_forward", spoiled)
    with pytest.raises(PretrainingError, match=r"not a number at step 4.*saved state"):
        pretrain(job(start, packs, tmp_path))
    assert (tmp_path / "training" / "state.pt").is_file()


def test_a_gradient_that_is_no_number_never_reaches_the_weights(
    start: Path, packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loop._Run._forward

    def spoiled(run: Any, *arguments: Any) -> Any:
        figures = real(run, *arguments)
        if run._state.step == 4 and figures.loss.requires_grad:
            figures.loss.register_hook(lambda gradient: gradient * float("nan"))
        return figures

    monkeypatch.setattr(loop._Run, "_forward", spoiled)
    with pytest.raises(PretrainingError, match="A gradient is not a number at step 4"):
        pretrain(job(start, packs, tmp_path))
    saved = load_checkpoint(tmp_path / "training" / "state.pt")
    assert saved["step"] == 4
    assert all(bool(torch.isfinite(t).all()) for t in saved["network"].values())


def test_a_full_disk_is_a_sentence_and_keeps_the_state(start: Path, packs: Path, tmp_path: Path) -> None:
    state = tmp_path / "training" / "state.pt"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_the_disk() -> bool:
        if saved_step(state) >= 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        return False

    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(CheckpointError, match="free up disk space"):
            pretrain(job(start, packs, tmp_path), cancelled=fill_the_disk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, earlier)
    assert saved_step(state) == 3
    assert pretrain(job(start, packs, tmp_path)).finished


def test_too_little_memory_is_a_sentence_and_smaller_batches_go_on(
    start: Path, packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PretrainingStep.forward

    def greedy(module: Any, samples: torch.Tensor, *arguments: Any) -> Any:
        if module.training and samples.numel() > 5 * 16_000:
            torch.empty(2**50)  # what a batch that is far too large asks for
        return real(module, samples, *arguments)

    monkeypatch.setattr(PretrainingStep, "forward", greedy)
    with pytest.raises(PretrainingError, match=r"lower optimisation\.seconds_per_batch"):
        pretrain(job(start, packs, tmp_path))
    assert saved_step(tmp_path / "training" / "state.pt") == 0
    smaller = ("optimisation.seconds_per_batch=4", "optimisation.accumulation=2")
    said: list[str] = []
    assert pretrain(job(start, packs, tmp_path, *smaller), said.append).finished
    assert any("resuming at step 0" in line for line in said)


def test_one_code_for_all_is_not_counted_as_found() -> None:
    predicted, quantised = torch.randn(1, 6, 4), torch.ones(1, 6, 4)
    negatives = torch.tensor([[[1, 2], [2, 3], [3, 4], [4, 5], [5, 0], [0, 1]]])
    assert not _told_apart(predicted, quantised, negatives).any()
    apart = torch.eye(6)[None]
    assert _told_apart(apart, apart, negatives).all()
    assert not _told_apart(-apart, apart, negatives).any()


def test_long_recordings_are_cut_and_useless_ones_left_out(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    for name, seconds, level in (("a", 25.0, 0.1), ("b", 9.0, 0.1), ("c", 1.0, 0.1), ("d", 9.0, 0.0)):
        samples = level * generator.standard_normal(int(16_000 * seconds))
        soundfile.write(tmp_path / f"{name}.wav", samples, 16_000)
    (tmp_path / "e.wav").write_bytes(b"no sound")
    (tmp_path / "notes.txt").write_text("not asked for")
    said: list[str] = []
    sound = find_sound([tmp_path], SoundOptions(most_seconds=10.0), said.append)
    assert [(p.path.name, round(p.start_seconds, 2), round(p.end_seconds, 2)) for p in sound.train] == [
        ("a.wav", 0.0, 8.33),
        ("a.wav", 8.33, 16.67),
        ("a.wav", 16.67, 25.0),
    ]
    assert [p.path.name for p in sound.held_out] == ["b.wav"]
    assert said[:3] == [
        "left out: 1 recordings cannot be read: e.wav",
        "left out: 1 recordings are shorter than 2 s",
        "left out: 1 pieces are silent",
    ]
    alone = find_sound([tmp_path / "a.wav"], SoundOptions(most_seconds=10.0), said.append)
    assert (len(alone.train), len(alone.held_out)) == (2, 1)


@pytest.mark.parametrize("what", ["nothing", "too little", "hubert"])
def test_what_cannot_be_trained_is_a_sentence(what: str, start: Path, packs: Path, tmp_path: Path) -> None:
    expected: tuple[type[AsrDesktopError], str] = (DataError, "does not exist")
    wanted = job(start, packs, tmp_path / "out", sound=(tmp_path / "none",))
    if what == "too little":
        (tmp_path / "few").mkdir()
        shutil.copy(packs / "train" / "0.flac", tmp_path / "few")
        wanted = job(start, packs, tmp_path / "out", sound=(tmp_path / "few",))
        expected = (DataError, "at least two")
    if what == "hubert":
        wanted = job(write_start(tmp_path / "hubert", "hubert"), packs, tmp_path / "out")
        expected = (PretrainingError, "contains a hubert network")
    with pytest.raises(expected[0], match=expected[1]):
        pretrain(wanted)


def test_the_command(start: Path, packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["pretrain", str(packs / "train"), "--from", str(start), "--output", str(tmp_path / "out")]
    settings = [part for setting in SMALL for part in ("--set", setting)]
    assert main([*arguments, "--steps", "2", *settings]) == 0
    captured = capsys.readouterr()
    assert captured.out.strip() == str(tmp_path / "out")
    assert "Before: contrastive loss" in captured.err
    assert main([*arguments, "--steps", "0"]) == 2
    assert "0 must be a whole number, 1 or more" in capsys.readouterr().err
    assert main([*arguments, "--set", "masking.shares=1"]) == 1
    assert "masking.shares does not exist" in capsys.readouterr().err


def test_the_recipe_sets_what_exists() -> None:
    assert read_pretraining_recipe(RECIPE) != PretrainingRecipe()
    assert read_pretraining_recipe(None) == PretrainingRecipe()
