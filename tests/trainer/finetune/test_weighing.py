from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import soundfile

from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.teaching.data.splits import write_list
from asr_desktop.teaching.dataset import TrainingUtterance
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from trainer.cli import main
from trainer.evaluation.decoder_weights import described
from trainer.finetune import FinetuneJob, finetune
from trainer.finetune.output import weigh_language_model

TEXTS = (
    "we sailed at dawn and came back when it was dark",
    "the old man sat down by the fire and began to tell his story",
    "nobody on the quay asked where it had been",
)
TOO_MUCH = {"alpha": 2.2, "beta": 1.5, "unk_score_offset": -10.0}


def utterance(path: Path, seconds: float = 1.0, text: str = "a") -> TrainingUtterance:
    return TrainingUtterance(path, "her", seconds, text)


@pytest.fixture(scope="module")
def said() -> list[TrainingUtterance]:
    try:
        paths = [spoken(text) for text in TEXTS]
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    return [
        utterance(path, soundfile.info(path).duration, text) for path, text in zip(paths, TEXTS, strict=True)
    ]


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """The starter model, whose language model half drowns the sound."""
    folder = tmp_path / "start"
    shutil.copytree(bundled_models_folder() / "starter-en", folder)
    (folder / "language_model" / "attrs.json").write_text(json.dumps(TOO_MUCH))
    return folder


def test_a_language_model_that_drowns_the_sound_counts_less(
    start: Path, said: list[TrainingUtterance]
) -> None:
    told: list[str] = []
    found = weigh_language_model(start, said, told.append, lambda: False)
    assert found is not None
    assert 0 < found.alpha < TOO_MUCH["alpha"]
    assert told[-1].startswith(f"language model, before the training: {described(found)}: ")
    assert "of 34 words wrong" in told[-1]


def test_the_taught_model_is_written_with_the_weights_that_were_found(
    start: Path, said: list[TrainingUtterance], tmp_path: Path
) -> None:
    data = tmp_path / "data.jsonl"
    write_list(data, said)
    settings = ("output.onnx=false", "cache.variants=1", "evaluation.times=1", "data.loader_workers=0")
    job = FinetuneJob(
        data=data, validation=data, start=start, output=tmp_path / "taught", steps=1, overrides=settings
    )
    assert finetune(job).finished
    attributes = json.loads((tmp_path / "taught" / "language_model" / "attrs.json").read_text())
    assert attributes["alpha"] < TOO_MUCH["alpha"]


def test_nothing_is_weighed_without_a_language_model(start: Path, said: list[TrainingUtterance]) -> None:
    shutil.rmtree(start / "language_model")
    assert weigh_language_model(start, said, print, lambda: False) is None


def test_a_start_that_the_app_cannot_run_keeps_its_weights_and_that_is_said(tmp_path: Path) -> None:
    told: list[str] = []
    assert weigh_language_model(tmp_path / "none", [], told.append, lambda: False) is None
    assert told[-1].startswith("the language model weights are unchanged: ")


def test_a_stop_is_a_stop(start: Path, said: list[TrainingUtterance]) -> None:
    assert weigh_language_model(start, said, print, lambda: True) is None


def test_weigh_says_what_it_gains_and_writes_it_when_asked(
    start: Path, said: list[TrainingUtterance], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.jsonl"
    write_list(data, said)
    attributes = start / "language_model" / "attrs.json"
    assert main(["weigh", str(start), str(data)]) == 0
    assert "with alpha 2.2" in capsys.readouterr().out
    assert json.loads(attributes.read_text()) == TOO_MUCH
    assert main(["weigh", str(start), str(data), "--write", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["wer"] < result["wer_before"]
    assert json.loads(attributes.read_text()) == result["weights"]


def test_weigh_without_a_language_model_is_a_sentence(
    start: Path, said: list[TrainingUtterance], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(start / "language_model")
    data = tmp_path / "data.jsonl"
    write_list(data, said)
    assert main(["weigh", str(start), str(data)]) == 1
    assert "has no language model to tune; build one" in capsys.readouterr().err
