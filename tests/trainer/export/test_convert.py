"""Checkpoints to ONNX: the same numbers, no stranger's code, and a sentence where it cannot be done."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from asr_desktop.base.errors import ConversionError
from asr_desktop.model_store import convert as conversion
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from tests.fixtures.checkpoints import as_pickle, checkpoint
from tests.fixtures.make_models import model_folder
from trainer.export import convert
from trainer.export.convert import FLOAT_NAME, INT8_NAME, convert_in_place


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was converted from weights in a pickle."""
    folder = checkpoint("hubert", tmp_path_factory.mktemp("converted"))
    as_pickle(folder)
    steps: list[str] = []
    assert convert_in_place(folder, on_step=steps.append) == []
    assert len(steps) >= 3
    return folder


def test_both_networks_say_what_pytorch_says(converted: Path, tmp_path: Path) -> None:
    model = ModelFolder.load(converted)
    assert (model.onnx_path.name, model.float_onnx_path) == (INT8_NAME, converted / FLOAT_NAME)
    samples = np.random.default_rng(0).normal(size=30_000).astype(np.float32)
    expected = load_emissions(ModelFolder.load(model_folder("hubert")), providers=["cpu"])(samples)
    small = load_emissions(model, providers=["cpu"])(samples)
    assert (small.argmax(1) == expected.argmax(1)).mean() > 0.85
    without = shutil.copytree(converted, tmp_path / "float", ignore=shutil.ignore_patterns(INT8_NAME))
    exact = load_emissions(ModelFolder.load(without), providers=["cpu"])(samples)
    assert np.allclose(exact, expected, atol=1e-3)


@pytest.fixture
def instantly(converted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversions that put the networks of the converted folder into another."""
    import trainer.export.folder

    def write_onnx(network: Any, folder: Path, **settings: Any) -> None:
        for name in (FLOAT_NAME, INT8_NAME):
            shutil.copyfile(converted / name, folder / name)

    monkeypatch.setattr(trainer.export.folder, "write_onnx", write_onnx)


@pytest.mark.usefixtures("instantly")
def test_the_float_network_may_go(tmp_path: Path) -> None:
    folder = checkpoint("hubert", tmp_path)
    assert convert_in_place(folder, keep_float=False) == []
    assert (folder / INT8_NAME).is_file()
    assert not (folder / FLOAT_NAME).exists()


@pytest.mark.usefixtures("instantly")
def test_8_bits_that_change_what_is_heard_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint("hubert", tmp_path)
    monkeypatch.setattr(convert, "LEAST_AGREEMENT", 1.01)
    [note] = convert_in_place(folder, keep_float=False)
    assert "it is used in floating point" in note
    assert ModelFolder.load(folder).onnx_path.name == FLOAT_NAME


@pytest.mark.usefixtures("instantly")
def test_8_bits_are_judged_by_errors_where_there_is_labelled_speech(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = tmp_path / "speech"
    speech.mkdir()
    noise = np.random.default_rng(2).normal(scale=0.1, size=24_000)
    soundfile.write(speech / "one.wav", noise, 16_000)
    (speech / "one.txt").write_text("what is said")
    costs = {"cheap": 0.004, "dear": 0.031}
    folders = {name: checkpoint("hubert", tmp_path / name) for name in costs}
    monkeypatch.setattr("trainer.export.int8.int8_cost", lambda folder, speech: costs[folder.parent.name])
    monkeypatch.setattr(convert, "_agreement", lambda folder: 0.0)  # is not asked
    assert convert_in_place(folders["cheap"], dev=speech) == []
    [refusal] = convert_in_place(folders["dear"], dev=speech, keep_float=False)
    assert "3.10 more errors per 100 words on 1 recordings (1 allowed)" in refusal
    assert ModelFolder.load(folders["dear"]).onnx_path.name == FLOAT_NAME
    assert convert_in_place(folders["dear"], dev=speech, int8_cost=4.0) == []
    with pytest.raises(ConversionError, match="nowhere"):
        convert_in_place(folders["cheap"], dev=tmp_path / "nowhere")


class Explosive:
    """A pickle that makes a file when it is loaded as people used to load them."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


def test_a_stranger_s_pickle_runs_nothing(tmp_path: Path) -> None:
    folder = checkpoint("hubert", tmp_path)
    (folder / "model.safetensors").unlink()
    trace = tmp_path / "trace"
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Explosive(trace)))
    with pytest.raises(ConversionError, match="a pickle file that contains code"):
        convert_in_place(folder)
    assert not trace.exists()
    assert not list(folder.glob("*.onnx"))


def test_a_network_that_never_learnt_to_write_is_refused(tmp_path: Path) -> None:
    import transformers

    folder = checkpoint("wav2vec2-group", tmp_path)
    network = transformers.Wav2Vec2ForCTC.from_pretrained(folder)
    network.wav2vec2.save_pretrained(folder)
    with pytest.raises(ConversionError, match="it is only pre-trained, so train it first"):
        convert_in_place(folder)


def test_without_pytorch_the_way_to_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "_TOOLS", ("torch", "no_such_package"))
    with pytest.raises(ConversionError, match=r"needs no_such_package; install with: .*pip install"):
        convert_in_place(checkpoint("hubert", tmp_path))
