"""Whatever lies in a model folder is data: no code of it is run, and nobody is asked to run it."""

from __future__ import annotations

import ast
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.recognition.torch_weights import load_ctc_network
from tests.fixtures.make_models import model_folder

ROOT = Path(__file__).parents[2]
ONLY_WAY = Path("asr_desktop", "recognition", "torch_weights.py")
DEMANDED = {"local_files_only": True, "trust_remote_code": False, "weights_only": True}


def copied(kind: str, folder: Path) -> Path:
    shutil.copytree(model_folder(kind), folder)
    (folder / "model.onnx").unlink()
    return folder


def with_own_code(folder: Path, trace: Path, model_type: str = "wav2vec2") -> Path:
    """A folder whose config.json names Python code beside it, which makes the file `trace` when it is run."""
    copied("wav2vec2-group", folder)
    (folder / "own_code.py").write_text(
        f"import pathlib\npathlib.Path({str(trace)!r}).touch()\n"
        "from transformers import Wav2Vec2Config as OwnConfig, Wav2Vec2ForCTC as OwnForCTC\n"
    )
    config = json.loads((folder / "config.json").read_text())
    auto_map = {"AutoConfig": "own_code.OwnConfig", "AutoModelForCTC": "own_code.OwnForCTC"}
    (folder / "config.json").write_text(
        json.dumps({**config, "model_type": model_type, "auto_map": auto_map})
    )
    return folder


@pytest.mark.parametrize("model_type", ["wav2vec2", "own"])
@pytest.mark.parametrize(
    "command",
    [
        ("trainer.cli", "export", "{folder}", "--output", "{output}"),
        ("trainer.cli", "train", "{data}", "--from", "{folder}", "--output", "{output}"),
        ("trainer.cli", "pretrain", "{data}", "--from", "{folder}", "--output", "{output}"),
        ("asr_desktop", "models", "convert", "{folder}", "--name", "converted"),
    ],
    ids=lambda command: command[1],
)
def test_own_code_is_refused_in_a_sentence_and_nobody_is_asked(
    tmp_path: Path, command: tuple[str, ...], model_type: str
) -> None:
    folder = with_own_code(tmp_path / "model", trace := tmp_path / "trace", model_type)
    data = ROOT / "resources" / "general-speech"
    places = {"folder": folder, "output": tmp_path / "out", "data": data}
    done = subprocess.run(
        [sys.executable, "-m", *(part.format(**places) for part in command)],
        cwd=ROOT,
        env={**os.environ, "HF_HOME": str(tmp_path / "hf")},
        input="y\ny\ny\n",  # whoever is asked says yes
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert not trace.exists()
    assert "[y/N]" not in done.stdout + done.stderr
    *_, line = done.stderr.splitlines()
    assert "asks to run the model's own code (auto_map), which this program never does" in line


class Explosive:
    """Makes a folder when it is loaded as people used to load pickles."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.filterwarnings("error")  # PyTorch warns of an unusual pickle before it refuses it
@pytest.mark.parametrize("is_torch_file", [False, True])
def test_a_pickle_with_a_program_is_refused_without_advice_to_load_it(
    tmp_path: Path, is_torch_file: bool
) -> None:
    import torch

    folder, trace = copied("hubert", tmp_path / "model"), tmp_path / "trace"
    (folder / "model.safetensors").unlink()
    if is_torch_file:
        torch.save({"weights": Explosive(trace)}, folder / "pytorch_model.bin")
    else:
        (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Explosive(trace)))
    with pytest.raises(ModelFolderError) as refused:
        load_ctc_network(folder)
    assert not trace.exists()
    assert str(refused.value) == (
        f"The weights in {folder} are a pickle file that contains code, so they are not loaded; "
        "get the model with its weights in model.safetensors."
    )


def test_damaged_weights_are_called_so_without_advice(tmp_path: Path) -> None:
    folder = copied("hubert", tmp_path / "model")
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"these are no weights")
    with pytest.raises(ModelFolderError) as refused:
        load_ctc_network(folder)
    assert "weights_only" not in str(refused.value)
    assert str(folder) in str(refused.value)


@pytest.mark.parametrize("package", ["asr_desktop", "trainer", "scripts", "benchmarks"])
def test_transformers_is_given_a_folder_in_one_place_only(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if not is_call or node.func.attr != "from_pretrained":
                continue
            assert path.relative_to(ROOT) == ONLY_WAY, (
                f"{path}:{node.lineno}: call asr_desktop.recognition.torch_weights.from_pretrained instead"
            )
            said = {
                word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)
            }
            assert said.items() >= DEMANDED.items()


@pytest.mark.parametrize("package", ["asr_desktop", "trainer", "scripts", "benchmarks"])
def test_no_pickle_is_read_as_more_than_numbers(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            function = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if function in ("torch.load", "np.load", "numpy.load"):
                said = {word.arg: ast.unparse(word.value) for word in node.keywords}
                demanded = ("weights_only", "True") if function == "torch.load" else ("allow_pickle", "False")
                assert demanded in said.items(), f"{path}:{node.lineno}"
