"""The recipes that come along, each in a small version: a tiny network, seconds of sound, a few steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.trainer.finetune.conftest import write_start
from trainer.finetune import FinetuneJob, finetune
from trainer.finetune.job import read_figures
from trainer.finetune.options import FinetuneRecipe
from trainer.recipe import build, read_tables

RECIPES = Path(__file__).parents[3] / "trainer" / "recipes"
SMALL = ("batches.seconds=12", "batches.accumulation=1", "cache.variants=2", "checkpoints.every_steps=100")


@pytest.mark.parametrize(
    "path",
    sorted({*RECIPES.glob("finetune-*.toml"), RECIPES / "starter-en.toml", RECIPES / "deepspeech2.toml"}),
    ids=lambda path: path.stem,
)
def test_every_recipe_sets_what_exists(path: Path) -> None:
    recipe = build(FinetuneRecipe, read_tables(path))
    assert recipe != FinetuneRecipe()


def test_a_new_language_by_vocabulary_extraction_measured_each_epoch(packs: Path, tmp_path: Path) -> None:
    start = write_start(tmp_path / "pretrained", "xls-r", head=False)
    output = tmp_path / "model"
    job = FinetuneJob(
        packs / "train",
        start,
        output,
        packs / "held-out",
        RECIPES / "finetune-new-language.toml",
        (*SMALL, "schedule.epochs=2", "start.least_letter_count=2", "output.onnx=false"),
    )
    result = finetune(job)
    assert result.finished
    letters = set("abcdefg")  # what the packs' words are spelled with
    assert set(json.loads((output / "vocab.json").read_text())) == {
        "<pad>",
        "<s>",
        "</s>",
        "<unk>",
        "|",
        *letters,
    }
    figures = read_figures(output / "training" / "figures.jsonl")
    measured = [row["step"] for row in figures if "wer" in row]
    assert len(measured) == 3  # before, and after each of two epochs
    assert measured[-1] == result.steps == 2 * measured[1]


def test_lj_speech_with_augmentation_early_stop_and_onnx(packs: Path, starts: Path, tmp_path: Path) -> None:
    lj = tmp_path / "LJSpeech"
    (lj / "wavs").mkdir(parents=True)
    import soundfile

    lines = (packs / "train" / "manifest.tsv").read_text().splitlines()[1:]
    with (lj / "metadata.csv").open("w") as metadata:
        for number, line in enumerate(lines):
            file, _, _, transcript = line.split("\t")
            samples, rate = soundfile.read(packs / "train" / file)
            name = f"LJ{1 + number // 8:03d}-{number % 8:04d}"
            soundfile.write(lj / "wavs" / f"{name}.wav", samples, rate)
            metadata.write(f"{name}|{transcript}|{transcript.lower()}\n")
    output = tmp_path / "model"
    recipe = RECIPES / "finetune-lj-speech.toml"
    settings = (*SMALL, "schedule.learning_rate=1e-9", "evaluation.patience=2", "data.least_seconds=0.2")
    result = finetune(
        FinetuneJob(lj, starts / "wav2vec2", output, recipe=recipe, overrides=settings, steps=100)
    )
    assert result.finished
    assert result.steps < 100  # nothing got better, so it stopped
    assert (output / "model.onnx").is_file()
    assert (output / "model.int8.onnx").is_file()


def test_ones_own_voice(packs: Path, starts: Path, tmp_path: Path) -> None:
    job = FinetuneJob(
        packs / "train",
        starts / "conformer",
        tmp_path / "model",
        recipe=RECIPES / "finetune-voice.toml",
        overrides=(*SMALL, "output.onnx=false", "trainable.top_layers=2"),
        steps=2,
    )
    result = finetune(job)
    assert result.finished
    assert (tmp_path / "model" / "model.safetensors").is_file()
