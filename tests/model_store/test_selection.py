"""Which files of a repository are fetched, and what a folder is given that it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asr_desktop.base.errors import DownloadError, ModelFolderError
from asr_desktop.model_store.selection import complete, select_files

BASE = ["config.json", "vocab.json", "preprocessor_config.json", "README.md", ".gitattributes", "train.py"]


@pytest.mark.parametrize(
    ("networks", "chosen", "needs_conversion"),
    [
        (["model.onnx", "onnx/model.onnx", "model.safetensors"], ("model.onnx",), False),
        (["model.int8.onnx", "model.onnx"], ("model.int8.onnx",), False),
        (["onnx/model_quantized.onnx", "onnx/model.onnx"], ("onnx/model.onnx",), False),
        (["onnx/model.onnx", "onnx/model.onnx_data"], ("onnx/model.onnx", "onnx/model.onnx_data"), False),
        (["pytorch_model.bin", "model.safetensors", "tf_model.h5"], ("model.safetensors",), True),
        (["pytorch_model.bin", "flax_model.msgpack"], ("pytorch_model.bin",), True),
        (
            [
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
            ],
            (
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
            ),
            True,
        ),
    ],
)
def test_one_network_is_chosen(networks: list[str], chosen: tuple[str, ...], needs_conversion: bool) -> None:
    selection = select_files("a/m", BASE + networks)
    assert selection.network == chosen
    assert selection.needs_conversion is needs_conversion
    assert selection.configuration == ("config.json", "vocab.json", "preprocessor_config.json", "README.md")


def test_weights_can_be_asked_for_besides() -> None:
    selection = select_files("a/m", [*BASE, "model.onnx", "model.safetensors"], weights=True)
    assert selection.network == ("model.onnx", "model.safetensors")
    assert not selection.needs_conversion


def test_a_language_model_comes_along_once_and_can_be_left_out() -> None:
    files = [
        *BASE,
        "model.onnx",
        "alphabet.json",
        "language_model/attrs.json",
        "language_model/unigrams.txt",
        "language_model/5gram.arpa",
        "language_model/5gram.bin",
        "language_model/../../escape.bin",
        "language_model/deep/5gram.bin",
    ]
    expected = (
        "alphabet.json",
        "language_model/attrs.json",
        "language_model/unigrams.txt",
        "language_model/5gram.bin",
    )
    assert select_files("a/m", files).language_model == expected
    assert select_files("a/m", files, with_language_model=False).language_model == ()
    assert select_files("a/m", [*BASE, "model.onnx", "language_model/x.arpa"]).language_model == (
        "language_model/x.arpa",
    )


@pytest.mark.parametrize(
    ("files", "network", "sentence"),
    [
        (["README.md"], (), r"contains no config\.json"),
        (["config.json", "model.safetensors"], (), "not trained to write"),
        (BASE, (), "contains no network"),
        (
            [*BASE, "model.onnx"],
            ("onnx/model_quantized.onnx",),
            "no longer contains onnx/model_quantized.onnx",
        ),
    ],
)
def test_what_cannot_be_used_is_a_sentence(files: list[str], network: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(DownloadError, match=sentence):
        select_files("a/m", files, network=network)


def test_a_vocabulary_is_taken_from_tokenizer_json(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    tokenizer = {
        "model": {"vocab": {"<pad>": 0, "A": 1}},
        "added_tokens": [{"id": 2, "content": "<s>"}, {"id": 9, "content": "<pad>"}],
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
    complete(tmp_path)
    assert json.loads((tmp_path / "vocab.json").read_text()) == {"<s>": 2, "<pad>": 0, "A": 1}
    (tmp_path / "vocab.json").unlink()
    (tmp_path / "tokenizer.json").write_text('{"model": {}}')
    with pytest.raises(ModelFolderError, match="contains no vocabulary"):
        complete(tmp_path)


@pytest.mark.parametrize(("norm", "with_mask"), [("layer", True), ("group", False)])
def test_what_transformers_assumes_of_the_input_is_written_down(
    tmp_path: Path, norm: str, with_mask: bool
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"feat_extract_norm": norm}))
    (tmp_path / "vocab.json").write_text("{}")
    complete(tmp_path)
    path = tmp_path / "preprocessor_config.json"
    assert json.loads(path.read_text())["return_attention_mask"] is with_mask
    path.write_text("{}")
    complete(tmp_path)
    assert path.read_text() == "{}"
