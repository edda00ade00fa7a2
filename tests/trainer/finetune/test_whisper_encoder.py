"""Whisper's encoder read from both of its forms, and trained from there."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

from tests.trainer.finetune.jobs import job
from trainer.finetune import finetune
from trainer.finetune.job import FinetuneError
from trainer.finetune.whisper_encoder import is_whisper, whisper_network

WIDTH, BANDS, LAYERS = 64, 20, 2
LABELS = {"vocab_size": 32, "pad_token_id": 0}


@pytest.fixture(scope="module")
def encoder() -> WhisperEncoder:
    torch.manual_seed(4)
    config = WhisperConfig(
        d_model=WIDTH,
        encoder_layers=LAYERS,
        encoder_attention_heads=1,
        encoder_ffn_dim=4 * WIDTH,
        num_mel_bands=BANDS,
        num_mel_bins=BANDS,
        max_source_positions=60,
    )
    return WhisperEncoder(config).eval()


@pytest.fixture
def checkpoint(encoder: WhisperEncoder, tmp_path: Path) -> Path:
    """As the hub stores it, with a decoder's weight beside."""
    folder = tmp_path / "whisper"
    folder.mkdir()
    weights = {f"model.encoder.{name}": tensor.contiguous() for name, tensor in encoder.state_dict().items()}
    save_file(
        {**weights, "model.decoder.embed_tokens.weight": torch.zeros(3, 3)}, folder / "model.safetensors"
    )
    (folder / "config.json").write_text(json.dumps({"model_type": "whisper"}))
    return folder


@pytest.fixture
def ctranslate2(encoder: WhisperEncoder, tmp_path: Path) -> Path:
    """As CTranslate2 stores it: query, key and value in one matrix, halves of precision."""
    folder = tmp_path / "ctranslate2"
    folder.mkdir()
    state = {name: tensor.numpy() for name, tensor in encoder.state_dict().items()}
    variables = {"position_encodings/encodings": state["embed_positions.weight"]}
    for number in (1, 2):
        for part in ("weight", "bias"):
            variables[f"conv{number}/{part}"] = state[f"conv{number}.{part}"]
    norms = {"layer_norm": "layer_norm"}
    for layer in range(LAYERS):
        ours, theirs = f"layers.{layer}", f"layer_{layer}"
        attention = [state[f"{ours}.self_attn.{name}_proj.weight"] for name in "qkv"]
        biases = [state[f"{ours}.self_attn.{name}_proj.bias"] for name in "qv"]
        biases.insert(1, np.zeros(WIDTH, np.float32))
        variables[f"{theirs}/self_attention/linear_0/weight"] = np.concatenate(attention)
        variables[f"{theirs}/self_attention/linear_0/bias"] = np.concatenate(biases)
        for part in ("weight", "bias"):
            variables[f"{theirs}/self_attention/linear_1/{part}"] = state[f"{ours}.self_attn.out_proj.{part}"]
            variables[f"{theirs}/ffn/linear_0/{part}"] = state[f"{ours}.fc1.{part}"]
            variables[f"{theirs}/ffn/linear_1/{part}"] = state[f"{ours}.fc2.{part}"]
        norms[f"{ours}.self_attn_layer_norm"] = f"{theirs}/self_attention/layer_norm"
        norms[f"{ours}.final_layer_norm"] = f"{theirs}/ffn/layer_norm"
    for ours, theirs in norms.items():
        variables[f"{theirs}/gamma"], variables[f"{theirs}/beta"] = (
            state[f"{ours}.weight"],
            state[f"{ours}.bias"],
        )
    named = {f"encoder/{name}": array.astype(np.float16) for name, array in variables.items()}
    (folder / "model.bin").write_bytes(ctranslate2_file(named))
    return folder


def ctranslate2_file(variables: dict[str, np.ndarray], version: int = 6) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    data = struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<II", 3, len(variables))
    for name, array in variables.items():
        data += text(name) + struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        data += struct.pack("<BI", 4, array.nbytes) + array.tobytes()
    return data


@torch.no_grad()
def hidden_of(folder: Path, spectrogram: torch.Tensor) -> torch.Tensor:
    base = whisper_network(folder, LABELS).eval().base_model
    hidden = spectrogram
    for layer in base.feature_extractor.conv_layers[1:]:
        hidden = layer(hidden)
    return base.encoder(base.feature_projection(hidden.transpose(1, 2)), None)


@pytest.mark.parametrize("form", ["checkpoint", "ctranslate2"])
def test_it_hears_what_whispers_own_encoder_hears(
    form: str, encoder: WhisperEncoder, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(form)
    assert is_whisper(folder)
    spectrogram = torch.randn(1, BANDS, 120)
    with torch.no_grad():
        theirs = encoder(spectrogram).last_hidden_state
    torch.testing.assert_close(hidden_of(folder, spectrogram), theirs, atol=2e-3, rtol=1e-3)


def test_a_new_head_is_trained_on_it_and_goes_on_from_there(
    checkpoint: Path, packs: Path, tmp_path: Path
) -> None:
    first = finetune(
        job(packs, checkpoint, tmp_path / "head", "trainable.way=head", "start.least_letter_count=1")
    )
    assert first.finished
    config = json.loads((tmp_path / "head" / "config.json").read_text())
    assert config["architectures"] == ["WhisperForCTC"]
    assert json.loads((tmp_path / "head" / "preprocessor_config.json").read_text())["do_normalize"] is False
    for way in ("whole", "lora"):
        again = finetune(
            job(packs, tmp_path / "head", tmp_path / way, f"trainable.way={way}", "cache.use=no", steps=2)
        )
        assert again.finished


def test_damaged_weights_are_refused_in_a_sentence(ctranslate2: Path, checkpoint: Path) -> None:
    data = (ctranslate2 / "model.bin").read_bytes()
    for damaged in (data[:3000], b"", struct.pack("<I", 99) + data[4:], data.replace(b"conv1", b"conv7")):
        (ctranslate2 / "model.bin").write_bytes(damaged)
        with pytest.raises(FinetuneError, match="download them again"):
            whisper_network(ctranslate2, LABELS)
    (checkpoint / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(FinetuneError, match="download them again"):
        whisper_network(checkpoint, LABELS)
    (checkpoint / "model.safetensors").unlink()
    with pytest.raises(FinetuneError, match="no Whisper weights"):
        whisper_network(checkpoint, LABELS)
