"""What a downloaded folder still lacks to be a model folder, made from what it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.json_object import read_json_object
from asr_desktop.recognition.model_folder import SOURCE_FILE as SOURCE_FILE


def complete(folder: Path) -> None:
    """Add the vocabulary and the description of the input where a repository leaves them to other files.

    Repositories for transformers.js may have the vocabulary in tokenizer.json alone, and old ones come
    without a preprocessor_config.json, where transformers takes its defaults. Raises ModelFolderError.
    """
    config = read_json_object(folder / "config.json")
    if not (folder / "vocab.json").is_file() and (folder / "tokenizer.json").is_file():
        _write_json(folder / "vocab.json", _vocabulary(folder / "tokenizer.json"))
    described = any(
        (folder / name).is_file() for name in ("preprocessor_config.json", "processor_config.json")
    )
    if not described:
        # wav2vec2's layer-norm networks are trained with a mask, its group-norm ones without.
        _write_json(
            folder / "preprocessor_config.json",
            {
                "feature_extractor_type": "Wav2Vec2FeatureExtractor",
                "feature_size": 1,
                "sampling_rate": 16_000,
                "padding_value": 0.0,
                "do_normalize": True,
                "return_attention_mask": config.get("feat_extract_norm") == "layer",
            },
        )


def _vocabulary(tokenizer: Path) -> dict[str, Any]:
    """token → label, of a tokenizer in the format of the tokenizers library."""
    content = read_json_object(tokenizer)
    model = content.get("model")
    vocabulary = model.get("vocab") if isinstance(model, dict) else None
    if not isinstance(vocabulary, dict):
        raise ModelFolderError(
            Sentence("{tokenizer} contains no vocabulary; the model cannot be used.", tokenizer=tokenizer)
        )
    added = {
        entry["content"]: entry["id"]
        for entry in content.get("added_tokens") or ()
        if isinstance(entry, dict) and isinstance(entry.get("content"), str)
    }
    return {**added, **vocabulary}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
