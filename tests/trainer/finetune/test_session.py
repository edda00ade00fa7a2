"""Whole jobs on a tiny network: they learn, end, and leave a folder that others read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.teaching.data import read_dataset
from tests.trainer.finetune.jobs import TINY, assert_same_weights, job, weights, whole
from trainer.finetune import FinetuneJob, FinetuneResult, TrainingProgress, finetune
from trainer.finetune.job import read_figures
from trainer.finetune.options import FinetuneRecipe

__all__ = ["whole"]


def test_it_learns_and_tells_how_it_goes(packs: Path, starts: Path, tmp_path: Path) -> None:
    told: list[TrainingProgress] = []
    result = finetune(
        job(packs, starts / "conformer", tmp_path / "model", "trainable.convolutions=1", steps=40),
        told.append,
    )
    assert result.finished
    assert result.steps == 40
    stages = [progress.stage for progress in told]
    assert list(dict.fromkeys(stages)) == ["preparing", "caching", "training", "writing"]
    rows = read_figures(tmp_path / "model" / "training" / "figures.jsonl")
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < losses[0]
    assert [row["step"] for row in rows if "cer" in row] == [0, 20, 40]
    measured = [progress for progress in told if progress.before_cer is not None]
    assert measured[-1].best_cer == pytest.approx(min(p.cer for p in measured if p.cer is not None))
    assert list((tmp_path / "model" / "training").rglob("events.out.tfevents*"))


def test_the_folder_says_how_to_repeat_it(whole: Path) -> None:
    assert len(read_dataset(whole / "data" / "train.jsonl")) == 24
    assert len(read_dataset(whole / "data" / "validation.jsonl")) == 6
    from trainer.recipe import build, read_tables

    recipe: FinetuneRecipe = build(FinetuneRecipe, read_tables(whole / "training" / "recipe.toml"))
    assert recipe.schedule.steps == 8
    assert recipe.augmentation.gain_db == (-6.0, 6.0)
    assert not list((whole / "training").glob("*.pt"))
    assert not (whole / "training" / "cache").exists()


def test_with_and_without_the_cache_it_trains_alike(packs: Path, starts: Path, tmp_path: Path) -> None:
    # Without augmentation both hear the same; half precision in the cache is all that differs.
    results = []
    for use in ("yes", "no"):
        settings = ("data.augmented_share=0.0", "optimisation.dropout=0.0", f"cache.use={use}")
        finetune(job(packs, starts / "wav2vec2", tmp_path / use, *settings, steps=4))
        results.append(weights(tmp_path / use))
    for name, tensor in results[0].items():
        torch.testing.assert_close(results[1][name], tensor, atol=2e-3, rtol=1e-2, msg=name)


def test_a_cache_of_the_top_layers_trains_like_the_whole_network(
    packs: Path, starts: Path, tmp_path: Path
) -> None:
    results = []
    for use in ("yes", "no"):
        settings = (
            "trainable.way=top",
            "trainable.top_layers=1",
            "data.augmented_share=0.0",
            "optimisation.dropout=0.0",
            "masks.time_share=0.0",
            "masks.channel_share=0.0",
            f"cache.use={use}",
        )
        finetune(job(packs, starts / "xls-r", tmp_path / use, *settings, steps=4))
        results.append(weights(tmp_path / use))
    for name, tensor in results[0].items():
        torch.testing.assert_close(results[1][name], tensor, atol=2e-3, rtol=1e-2, msg=name)


@pytest.mark.parametrize("way", ["lora", "head"])
def test_other_ways_leave_a_plain_network(packs: Path, starts: Path, tmp_path: Path, way: str) -> None:
    output = tmp_path / "model"
    settings = (f"trainable.way={way}", "trainable.lora_rank=2", "checkpoints.choose=last")
    assert finetune(job(packs, starts / "hubert", output, *settings, steps=4)).finished
    before, after = weights(starts / "hubert"), weights(output)
    assert before.keys() <= after.keys()
    moved = {name for name, tensor in before.items() if not torch.equal(after[name].float(), tensor.float())}
    assert "lm_head.weight" in moved
    assert any("encoder.layers" in name for name in moved) == (way == "lora")


def test_it_stops_when_nothing_gets_better(packs: Path, starts: Path, tmp_path: Path) -> None:
    settings = ("schedule.learning_rate=1e-9", "evaluation.every_steps=2", "evaluation.patience=2")
    result = finetune(job(packs, starts / "wav2vec2", tmp_path / "m", *settings, steps=40))
    assert result.finished
    assert result.steps <= 8
    assert "no better than the original" in result.sentence


@pytest.mark.parametrize("way", ["whole", "lora"])
def test_what_is_random_at_the_start_is_the_same_in_every_run(
    packs: Path, starts: Path, tmp_path: Path, way: str
) -> None:
    settings = (f"trainable.way={way}", "start.head=new", "start.least_letter_count=2")
    for name in ("one", "other"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / name, *settings, steps=2))
    assert_same_weights(tmp_path / "one", tmp_path / "other")


def test_minutes_end_it_and_the_schedule_with_it(packs: Path, starts: Path, tmp_path: Path) -> None:
    told: list[TrainingProgress] = []
    timed = FinetuneJob(
        packs / "train", starts / "wav2vec2", tmp_path / "m", packs / "held-out", overrides=TINY, minutes=0.05
    )
    result = finetune(timed, told.append)
    assert result.finished
    rates = [progress.learning_rate for progress in told if progress.learning_rate]
    assert rates[-1] < 3e-3


def test_the_folder_works_in_the_app_and_in_plain_transformers(
    packs: Path, starts: Path, tmp_path: Path
) -> None:
    from transformers import AutoModelForCTC, AutoProcessor

    output = tmp_path / "m"
    finetune(
        job(packs, starts / "wav2vec2", output, "output.onnx=true", "output.keep_float_onnx=true", steps=2)
    )
    folder = ModelFolder.load(output)
    samples = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    ours = load_emissions(folder)(samples)
    processor = AutoProcessor.from_pretrained(output)
    network = AutoModelForCTC.from_pretrained(output).eval().float()
    inputs = processor(samples, sampling_rate=16_000, return_tensors="pt")
    with torch.no_grad():
        theirs = network(**inputs).logits.log_softmax(-1)[0].numpy()
    assert ours.shape == theirs.shape
    assert float(np.abs(np.exp(ours) - np.exp(theirs)).max()) < 0.05  # 8-bit weights
    assert processor.decode(theirs.argmax(-1)).islower() or processor.decode(theirs.argmax(-1)) == ""


def test_new_letters_are_in_every_file(packs: Path, starts: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCTC, AutoProcessor

    data = tmp_path / "data"
    data.mkdir()
    lines = (packs / "train" / "manifest.tsv").read_text().splitlines()
    changed = [lines[0], *(line.replace("A", "Ä") for line in lines[1:])]
    changed = [
        line.replace(line.split("\t")[0], str(packs / "train" / line.split("\t")[0]), 1)
        for line in changed[1:]
    ]
    (data / "manifest.tsv").write_text("\n".join([lines[0], *changed]), encoding="utf-8")
    output = tmp_path / "m"
    german = FinetuneJob(data, starts / "wav2vec2", output, data, steps=2, overrides=TINY)
    assert finetune(german).finished
    network = AutoModelForCTC.from_pretrained(output)
    processor = AutoProcessor.from_pretrained(output)
    assert network.config.vocab_size == len(json.loads((output / "vocab.json").read_text())) == 33
    assert processor.decode([processor.tokenizer.convert_tokens_to_ids("ä")]) == "ä"


@pytest.mark.parametrize(
    "settings",
    [
        ("optimisation.precision=bf16",),
        ("optimisation.gradient_checkpointing=true", "batches.accumulation=2"),
        ("cache.use=no", "trainable.convolutions=3", "data.loader_workers=0"),
        ("augmentation.pitch_probability=1.0", "augmentation.stretch_probability=1.0"),
    ],
)
def test_settings_that_only_have_to_work(
    packs: Path, starts: Path, tmp_path: Path, settings: tuple[str, ...]
) -> None:
    result: FinetuneResult = finetune(job(packs, starts / "wav2vec2", tmp_path / "m", *settings, steps=2))
    assert result.finished
    assert result.steps == 2
