"""Tiny networks of each family with random weights, and a start that has learned to hear the sung letters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from asr_desktop.language_model.english import ENGLISH_VOCABULARY, write_vocabulary
from asr_desktop.recognition import whisper_ctc
from tests.made_once import made_once

SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 2,
    "num_feat_extract_layers": 3,
    "conv_dim": [24, 24, 24],
    "conv_stride": [80, 2, 2],
    "conv_kernel": [400, 3, 3],
    "vocab_size": len(ENGLISH_VOCABULARY),
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
STABLE = {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True}
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "wav2vec2": ("Wav2Vec2", {}),
    "xls-r": ("Wav2Vec2", STABLE),
    "hubert": ("Hubert", {}),
    "wavlm": ("WavLM", {"num_buckets": 16, "max_bucket_distance": 40}),
    "data2vec": (
        "Data2VecAudio",
        {"conv_pos_kernel_size": 3, "num_conv_pos_embeddings": 2, "num_conv_pos_embedding_groups": 2},
    ),
    "conformer": (
        "Wav2Vec2Conformer",
        {"position_embeddings_type": "rotary", "conv_depthwise_kernel_size": 5},
    ),
    "whisper": (
        "Whisper",
        {
            "mel_bands": 20,
            "context_size": 24,
            "context_kernel": 3,
            "conv_kernel": [160, 1, 1],
            "conv_stride": [160, 1, 2],
            "feat_extract_norm": "group",
            "do_stable_layer_norm": True,
            "final_dropout": 0.0,
        },
    ),
}


def write_start(folder: Path, family: str, *, head: bool = True, **settings: Any) -> Path:
    """A model folder (or, without a head, a pre-trained checkpoint) of a tiny random network."""
    name, own = FAMILIES[family]
    torch.manual_seed(3)
    if family == "whisper":
        config_class: Any = whisper_ctc.WhisperCtcConfig
        network_class: Any = whisper_ctc.WhisperForCTC if head else whisper_ctc.WhisperCtcModel
    else:
        config_class = getattr(transformers, f"{name}Config")
        network_class = getattr(transformers, f"{name}ForCTC" if head else f"{name}Model")
    network_class(config_class(**{**SMALL, **own, **settings})).save_pretrained(folder)
    preprocessor = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "feature_size": 1,
        "sampling_rate": 16_000,
        "padding_value": 0.0,
        "do_normalize": True,
        "return_attention_mask": bool(own.get("do_stable_layer_norm", False)),
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    if head:
        write_vocabulary(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def _whisper() -> None:
    """Tests load networks with transformers' own classes, also those that another process has written."""
    whisper_ctc.register()


@pytest.fixture(scope="session")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model folder of each family."""
    return made_once(
        tmp_path_factory,
        "starts",
        lambda root: [write_start(root / family, family) for family in FAMILIES],
    )
