"""Trained from nothing on sung letters, by its recipe in small; used by the app; killed and resumed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.transcripts.document import Transcript
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.trainer.conftest import sing
from tests.trainer.killing import ROOT
from trainer.cli import main
from trainer.finetune import FinetuneJob, FinetuneResult, finetune
from trainer.finetune.job import FinetuneError, read_figures
from trainer.finetune.options import FinetuneRecipe
from trainer.recipe import build, read_tables
from trainer.training import load_checkpoint

RECIPE = Path(__file__).parents[3] / "trainer" / "recipes" / "deepspeech2.toml"
SMALL = (
    "deepspeech2.mel_bands=32",
    "deepspeech2.channels=4",
    "deepspeech2.residual_layers=1",
    "deepspeech2.gru_layers=1",
    "deepspeech2.gru_size=48",
    "schedule.learning_rate=1e-2",
    "batches.seconds=6",
    "cache.variants=2",
    "start.least_letter_count=1",
    "data.loader_workers=0",
    "optimisation.dropout=0.0",
    # A sung letter is its pitch.
    "augmentation.speed=[1.0, 1.0]",
    "augmentation.noise_probability=0.0",
    "masks.time_share=0.0",
    "masks.channel_share=0.0",
)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def trained(packs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[FinetuneResult, Path]:
    output = tmp_path_factory.mktemp("deepspeech2") / "model"
    job = FinetuneJob(
        packs / "train",
        None,
        output,
        packs / "held-out",
        RECIPE,
        (*SMALL, "evaluation.patience=0", "evaluation.every_epochs=10", "schedule.epochs=30"),
    )
    return finetune(job), output


def test_it_learns_from_nothing(trained: tuple[FinetuneResult, Path]) -> None:
    result, output = trained
    assert result.finished
    assert result.before_cer > 0.8
    assert result.after_cer < 0.2
    figures = read_figures(output / "training" / "figures.jsonl")
    assert sum("cer" in row and "wer" in row for row in figures) > 3
    recipe: FinetuneRecipe = build(FinetuneRecipe, read_tables(output / "training" / "recipe.toml"))
    assert recipe.start.architecture == "deepspeech2"
    assert recipe.schedule.shape == "one-cycle"
    assert list((output / "training").rglob("events.out.tfevents*"))


def test_the_app_uses_its_folder(trained: tuple[FinetuneResult, Path], packs: Path) -> None:
    folder = ModelFolder.load(trained[1])
    assert folder.config["model_type"] == "deepspeech2"
    assert folder.onnx_path.name == "model.onnx"
    assert (folder.frame_stride_samples, folder.receptive_field_samples) == (320, 400)
    emissions = load_emissions(folder, providers=["cpu"])
    recogniser = Recogniser(emissions, make_decoder(folder, "greedy", None, (), None)[0])
    samples = sing("abba egg face", np.random.default_rng(5))
    words = recogniser.words(samples)
    letter = 0.12  # seconds that it is sung for
    # Nothing binds a GRU that hears the whole utterance to the moment itself: two letters off is in time.
    assert [word.text for word in words] == ["abba", "egg", "face"]
    for word, first, last in zip(words, (0, 5, 9), (4, 8, 13), strict=True):
        assert word.start_seconds == pytest.approx(first * letter, abs=2 * letter)
        assert word.end_seconds == pytest.approx(last * letter, abs=2 * letter)


def test_the_app_transcribes_a_file_with_it(trained: tuple[FinetuneResult, Path]) -> None:
    try:
        sound = spoken("when the boat came back nobody asked where it had been")
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    transcript = Transcriber(trained[1], decoder="greedy", providers=["cpu"], writing=SPOKEN).transcribe(
        sound
    )
    assert isinstance(transcript, Transcript)
    words = [word for segment in transcript.segments for word in segment.words]
    # It knows six sung words: what it hears in speech is gibberish, but gibberish in its letters and in time.
    assert words
    assert set("".join(word.text for word in words)) <= set("abcdefg")
    assert all(0 <= word.start_seconds <= word.end_seconds for word in words)


@pytest.mark.slow
def test_without_the_trainer_pytorch_leaves_it_to_onnx_and_says_why(
    trained: tuple[FinetuneResult, Path],
) -> None:
    # In a fresh process nobody has told transformers of this network; the app never imports the trainer.
    script = (
        "import sys\n"
        "from asr_desktop.recognition.emissions import load_emissions\n"
        "from asr_desktop.recognition.model_folder import ModelFolder\n"
        f"model = load_emissions(ModelFolder.load({str(trained[1])!r}), providers=['torch:cpu'])\n"
        "print(model.provider, *model.warnings, sep='\\n')\n"
        "assert not any(name.startswith('trainer') for name in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    provider, warning = done.stdout.splitlines()[:2]
    assert not provider.startswith("torch")
    assert "deepspeech2" in warning
    assert "PyTorch" in warning


def test_the_same_folder_can_be_fine_tuned(
    trained: tuple[FinetuneResult, Path], packs: Path, tmp_path: Path
) -> None:
    job = FinetuneJob(
        packs / "train",
        trained[1],
        tmp_path / "model",
        packs / "held-out",
        overrides=("batches.seconds=12", "cache.variants=1", "data.loader_workers=0", "output.onnx=false"),
        steps=2,
    )
    result = finetune(job)
    assert result.finished
    assert result.before_cer == pytest.approx(trained[0].after_cer, abs=0.05)


def test_stopped_in_the_middle_it_comes_to_the_same_weights(packs: Path, tmp_path: Path) -> None:
    def job(output: Path) -> FinetuneJob:
        settings = (*SMALL, "start.architecture=deepspeech2", "output.onnx=false")
        settings += ("checkpoints.every_steps=2", "evaluation.times=1", "optimisation.dropout=0.1")
        return FinetuneJob(packs / "train", None, output, packs / "held-out", overrides=settings, steps=6)

    assert finetune(job(tmp_path / "whole")).finished
    state = tmp_path / "stopped" / "training" / "state.pt"
    stopped = finetune(
        job(tmp_path / "stopped"),
        cancelled=lambda: state.is_file() and int(load_checkpoint(state)["step"]) >= 4,
    )
    assert not stopped.finished
    assert stopped.steps == 4
    assert finetune(job(tmp_path / "stopped")).finished
    expected = load_file(tmp_path / "whole" / "model.safetensors")
    for name, tensor in load_file(tmp_path / "stopped" / "model.safetensors").items():
        torch.testing.assert_close(tensor, expected[name], msg=name)


def test_the_command_wants_one_start(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(packs / "train"), "--output", str(tmp_path / "a")]) == 1
    assert "--architecture deepspeech2" in capsys.readouterr().err
    with pytest.raises(FinetuneError, match="not both"):
        finetune(
            FinetuneJob(
                packs / "train", tmp_path, tmp_path / "b", overrides=("start.architecture=deepspeech2",)
            )
        )


def test_the_command_trains_one(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = [f"--set={setting}" for setting in (*SMALL, "output.onnx=false")]
    command = ["train", str(packs / "train"), "--architecture", "deepspeech2", "--steps", "2", *settings]
    assert main([*command, "--output", str(tmp_path / "model")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "model")
    assert (tmp_path / "model" / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("trainable.way=lora", "no trained parts to keep"),
        ("optimisation.gradient_checkpointing=true", "smaller batches.seconds"),
    ],
)
def test_what_a_new_network_cannot_do_is_said(
    packs: Path, tmp_path: Path, setting: str, sentence: str
) -> None:
    settings = (*SMALL, "start.architecture=deepspeech2", setting)
    with pytest.raises(FinetuneError, match=sentence):
        finetune(FinetuneJob(packs / "train", None, tmp_path / "model", overrides=settings, steps=1))


def test_its_layers_have_no_lora(trained: tuple[FinetuneResult, Path], packs: Path, tmp_path: Path) -> None:
    job = FinetuneJob(
        packs / "train", trained[1], tmp_path / "model", overrides=("trainable.way=lora",), steps=1
    )
    with pytest.raises(FinetuneError, match="does not work on a GRU"):
        finetune(job)


def test_its_onnx_can_be_made_anew(trained: tuple[FinetuneResult, Path], tmp_path: Path) -> None:
    assert main(["export", str(trained[1]), "--output", str(tmp_path / "again")]) == 0
    folder = ModelFolder.load(tmp_path / "again")
    sound = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    ours, theirs = (
        load_emissions(f, providers=["cpu"])(sound) for f in (folder, ModelFolder.load(trained[1]))
    )
    # The folder keeps its weights in half precision.
    np.testing.assert_allclose(np.exp(ours), np.exp(theirs), atol=0.02)
