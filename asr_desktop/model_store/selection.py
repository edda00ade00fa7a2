"""Which of a repository's files make a model folder, and what it still lacks to be one.

A repository may hold the same network five times over, training logs, and programs. Only what is named here
is ever fetched, so that nothing of a stranger's can land outside the folder or be run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import DownloadError, ModelFolderError
from asr_desktop.base.json_object import read_json_object
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.model_folder import ONNX_NAMES

CONFIGURATION = (
    "config.json",
    "vocab.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "preprocessor_config.json",
    "processor_config.json",
    "confidence.json",
    "README.md",
    "LICENSE",
    "LICENSE.txt",
    "LICENSE.md",
)
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")
_SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
_LANGUAGE_MODEL = re.compile(r"language_model/[\w.\-]+")
_KENLM_ENDINGS = (".bin", ".binary", ".klm")


@dataclass(frozen=True)
class Selection:
    """Paths in the repository, which are those in the model folder as well."""

    configuration: tuple[str, ...]
    network: tuple[str, ...]
    language_model: tuple[str, ...]
    needs_conversion: bool

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them; the small ones first, so that what cannot work is found out early."""
        return (*self.configuration, *self.network, *self.language_model)


def select_files(
    name: str,
    files: Iterable[str],
    *,
    network: Iterable[str] = (),
    weights: bool = False,
    with_language_model: bool = True,
) -> Selection:
    """Choose among the paths of repository `name`.

    network: the network's files where somebody (the catalogue) has chosen already.
    weights: PyTorch weights even where there is an ONNX network, to go on training from.
    Raises DownloadError where the repository holds no model that the program can use.
    """
    there = frozenset(files)
    configuration = tuple(path for path in CONFIGURATION if path in there)
    if "config.json" not in there:
        raise DownloadError(
            Sentence(
                "{name} contains no config.json, so it is not a model in the Hugging Face layout.", name=name
            )
        )
    if not there.intersection(("vocab.json", "tokenizer.json")):
        raise DownloadError(
            Sentence(
                "{name} contains no vocabulary (vocab.json): it was not trained to write text; choose "
                "one that is fine-tuned for a language.",
                name=name,
            )
        )
    wanted = tuple(network)
    missing = [path for path in wanted if path not in there]
    if missing:
        raise DownloadError(
            Sentence(
                "{name} no longer contains {names}; choose another model from the catalogue.",
                name=name,
                names=", ".join(missing),
            )
        )
    chosen = wanted or _onnx(there)
    trainable = _weights(there)
    if not chosen and not trainable:
        raise DownloadError(
            Sentence(
                "{name} contains no network that the program can use (ONNX, safetensors or "
                "pytorch_model.bin).",
                name=name,
            )
        )
    needs_conversion = not chosen
    if needs_conversion or weights:
        chosen = (*chosen, *trainable)
    return Selection(
        configuration, chosen, _language_model(there) if with_language_model else (), needs_conversion
    )


def _onnx(there: frozenset[str]) -> tuple[str, ...]:
    path = next((path for path in ONNX_NAMES if path in there), None)
    if path is None:
        return ()
    # Weights above 2 GB, and those of some exporters, lie in a second file.
    return (path, *(data for data in (f"{path}_data", f"{path}.data") if data in there))


def _weights(there: frozenset[str]) -> tuple[str, ...]:
    path = next((path for path in _WEIGHTS if path in there), None)
    if path is None:
        return ()
    if path.endswith(".index.json"):
        return (path, *sorted(shard for shard in there if _SHARD.fullmatch(shard)))
    return (path,)


def _language_model(there: frozenset[str]) -> tuple[str, ...]:
    """The files of Wav2Vec2ProcessorWithLM, with one of the KenLM files, a binary if there is one."""
    inside = sorted(path for path in there if _LANGUAGE_MODEL.fullmatch(path))
    kenlm = [path for path in inside if path.endswith(_KENLM_ENDINGS)] or [
        path for path in inside if path.endswith((".arpa", ".arpa.gz"))
    ]
    if not kenlm:
        return ()
    beside = ("alphabet.json", "language_model/attrs.json", "language_model/unigrams.txt")
    return (*(path for path in beside if path in there), kenlm[0])


# What a downloaded folder still lacks to be a model folder, made from what it holds


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
