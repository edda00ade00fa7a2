"""Whisper's encoder as a start model, with weights from a Hugging Face checkpoint or a CTranslate2 file.

A Hugging Face checkpoint is a folder with ``config.json`` (model_type "whisper") and ``model.safetensors``;
CTranslate2's, which faster-whisper loads, is one with ``model.bin``. Whisper's licence is MIT (OpenAI, 2022).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError

from asr_desktop.base.json_object import read_optional_json_object
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import open_regular
from asr_desktop.recognition.whisper_ctc import WhisperCtcConfig, WhisperForCTC
from trainer.finetune.job import FinetuneError

_CTRANSLATE2 = "model.bin"
_SAFETENSORS = "model.safetensors"
_CTRANSLATE2_VERSION = 6
# Type numbers in CTranslate2's file format.
_TYPES: dict[int, type[np.generic]] = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}

_Weights = Callable[[str], torch.Tensor]


def is_whisper(folder: Path) -> bool:
    """Whether the folder contains a Whisper model in one of the two formats."""
    config = read_optional_json_object(folder / "config.json")
    if config.get("model_type") == "whisper":
        return True
    return (folder / _CTRANSLATE2).is_file() and "conv_kernel" not in config


def whisper_network(folder: Path, settings: dict[str, Any]) -> WhisperForCTC:
    """The encoder of Whisper with a new head. settings: of the configuration, such as the number of labels.

    :raises FinetuneError: the weights are missing, damaged, or another network's.
    """
    try:
        if (folder / _SAFETENSORS).is_file():
            weights = _of_transformers(folder / _SAFETENSORS)
        elif (folder / _CTRANSLATE2).is_file():
            weights = _of_ctranslate2(folder / _CTRANSLATE2)
        else:
            raise FinetuneError(
                Sentence(
                    "{folder} has no Whisper weights ({names}); download the whole checkpoint.",
                    folder=folder,
                    names=f"{_SAFETENSORS}, {_CTRANSLATE2}",
                )
            )
        return _network(weights, settings)
    except (SafetensorError, KeyError, ValueError, RuntimeError, OSError, struct.error) as error:
        raise FinetuneError(
            Sentence(
                "The Whisper weights in {folder} cannot be read ({reason}); download them again.",
                folder=folder,
                reason=str(error).splitlines()[0] if str(error) else type(error).__name__,
            )
        ) from None


def _network(weights: dict[str, torch.Tensor], settings: dict[str, Any]) -> WhisperForCTC:
    width, bands, _ = weights["feature_extractor.conv_layers.1.conv.weight"].shape
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layers."))
    config = WhisperCtcConfig(
        hidden_size=width,
        mel_bands=bands,
        num_hidden_layers=layers,
        num_attention_heads=width // 64,  # every Whisper's heads are 64 wide
        intermediate_size=weights["encoder.layers.0.fc1.weight"].shape[0],
        **settings,
    )
    network = WhisperForCTC(config)
    missing, unexpected = network.whisper_ctc.load_state_dict(weights, strict=False)
    if unexpected or set(missing) - {"masked_spec_embed"}:
        raise ValueError(f"{(*missing, *unexpected)[0]} is missing or unexpected")
    return network


def _of_transformers(path: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    found = {}
    for name, tensor in load_file(path).items():
        _, marker, inner = f".{name}".partition(".encoder.")
        if not marker or inner.startswith("embed_positions."):
            continue  # the decoder; the positions are computed
        if inner.startswith(("conv1.", "conv2.")):
            inner = f"feature_extractor.conv_layers.{inner[4]}.conv.{inner.partition('.')[2]}"
        else:
            inner = f"encoder.{inner}"
        found[inner] = tensor.float()
    return found


def _of_ctranslate2(path: Path) -> dict[str, torch.Tensor]:
    variables = read_ctranslate2(path)

    def of(name: str) -> torch.Tensor:
        array = variables[f"encoder/{name}"]
        if not np.issubdtype(array.dtype, np.floating):
            raise ValueError("its weights are stored as integers, which cannot be trained")
        return torch.from_numpy(array.astype(np.float32))

    found = {
        f"feature_extractor.conv_layers.{number}.conv.{part}": of(f"conv{number}/{part}")
        for number in (1, 2)
        for part in ("weight", "bias")
    }
    layer = 0
    while f"encoder/layer_{layer}/ffn/linear_0/weight" in variables:
        found |= _layer(f"encoder.layers.{layer}", f"layer_{layer}", of)
        layer += 1
    return found | _norm("encoder.layer_norm", "layer_norm", of)


def _layer(to: str, source: str, of: _Weights) -> dict[str, torch.Tensor]:
    """One transformer layer: the rows of query, key and value are concatenated; keys have no bias."""
    attention = f"{source}/self_attention"
    queries, keys, values = of(f"{attention}/linear_0/weight").chunk(3)
    query_bias, _, value_bias = of(f"{attention}/linear_0/bias").chunk(3)
    found = {
        f"{to}.self_attn.q_proj.weight": queries,
        f"{to}.self_attn.k_proj.weight": keys,
        f"{to}.self_attn.v_proj.weight": values,
        f"{to}.self_attn.q_proj.bias": query_bias,
        f"{to}.self_attn.v_proj.bias": value_bias,
    }
    for name, theirs in (
        ("self_attn.out_proj", "self_attention/linear_1"),
        ("fc1", "ffn/linear_0"),
        ("fc2", "ffn/linear_1"),
    ):
        for part in ("weight", "bias"):
            found[f"{to}.{name}.{part}"] = of(f"{source}/{theirs}/{part}")
    found |= _norm(f"{to}.self_attn_layer_norm", f"{attention}/layer_norm", of)
    return found | _norm(f"{to}.final_layer_norm", f"{source}/ffn/layer_norm", of)


def _norm(to: str, source: str, of: _Weights) -> dict[str, torch.Tensor]:
    return {f"{to}.weight": of(f"{source}/gamma"), f"{to}.bias": of(f"{source}/beta")}


def read_ctranslate2(path: Path) -> dict[str, NDArray[Any]]:
    """The variables of a CTranslate2 model by name.

    Little-endian: uint32 version, name of the specification, uint32 revision, uint32 number of variables; of
    each its name, uint8 rank, uint32 a dimension, uint8 type, uint32 bytes, data. A name is a uint16 length
    and that many bytes, the last of which is 0.

    :raises ValueError: another version, or a truncated file.
    """
    with open_regular(path) as file:
        data = file.read()
    place = 0

    def number(kind: str) -> int:
        nonlocal place
        size = struct.calcsize(kind)
        (value,) = struct.unpack_from(f"<{kind}", data, place)
        place += size
        return int(value)

    def name() -> str:
        nonlocal place
        length = number("H")
        place += length
        return data[place - length : place - 1].decode()

    version = number("I")
    if version != _CTRANSLATE2_VERSION:
        raise ValueError(f"version {version} of CTranslate2's format in place of {_CTRANSLATE2_VERSION}")
    name()
    number("I")
    variables: dict[str, NDArray[Any]] = {}
    for _ in range(number("I")):
        key = name()
        shape = [number("I") for _ in range(number("B"))]
        kind = _TYPES.get(number("B"))
        size = number("I")
        if kind is None or place + size > len(data):
            raise ValueError(f"{key} is damaged")
        variables[key] = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, place).reshape(shape)
        place += size
    return variables
