"""What a checkpoint's files say of themselves is held against what they are."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelFolderError
from asr_desktop.recognition.torch_weights import check_weights, read_safetensors_header

SHIPPED = paths.bundled_models_folder() / "starter-en"


def safetensors(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def test_the_shipped_weights_are_what_they_say() -> None:
    check_weights(SHIPPED)
    assert len(read_safetensors_header(SHIPPED / "model.safetensors")) > 100


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"12345",
        safetensors({}, length=2**63),
        safetensors({}, length=90_000_000),
        safetensors(b"{" * 100_000),
        safetensors([1]),
        safetensors({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, b"1234"),
        safetensors({"a": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4]}}, b"1234"),
        safetensors({"a": {"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]}}, b"1234"),
        safetensors({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}, b"1234"),
        safetensors({"a": {"dtype": [], "shape": [1], "data_offsets": [0, 4]}}, b"1234"),
        safetensors({"a": 1}, b"1234"),
    ],
)
def test_damaged_weights_are_refused_before_anything_native_opens_them(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelFolderError, match=r"model\.safetensors cannot be read"):
        check_weights(tmp_path)


@pytest.mark.parametrize("name", ["../secret.safetensors", "/etc/passwd", "a/b", "C:\\x", "..", "", "a\0b"])
@pytest.mark.parametrize("index", ["model.safetensors.index.json", "pytorch_model.bin.index.json"])
def test_an_index_names_nothing_outside_of_its_folder(tmp_path: Path, index: str, name: str) -> None:
    shard = "model-00001-of-00001.safetensors"
    (tmp_path / index).write_text(json.dumps({"weight_map": {"a": shard}}))
    check_weights(tmp_path)
    (tmp_path / index).write_text(json.dumps({"weight_map": {"a": shard, "b": name}}))
    with pytest.raises(ModelFolderError, match="lists weights that are missing"):
        check_weights(tmp_path)
