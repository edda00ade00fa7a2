"""Selects the files of a repository that make a model folder, and creates missing descriptions.

A repository may contain the same network in several forms, training logs, and programs. Only files selected
here are downloaded, so nothing can be written outside the folder or be executed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import paths, settings
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


# Missing files of a downloaded folder, derived from those that it has


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


# Which model is the default


def default_model() -> str:
    """The chosen model, or the bundled one if that does not exist any more."""
    return chosen_model()[0]


def chosen_model() -> tuple[str, str | None]:
    """The same, and a sentence for the user where it is another than was chosen, or the settings are
    damaged."""
    stored, sentence = settings.load()
    chosen = stored.model or DEFAULT_MODEL
    homes = (paths.models_folder(), paths.bundled_models_folder(), Path())
    if chosen == DEFAULT_MODEL or any((home / chosen).is_dir() for home in homes):
        return chosen, sentence
    return DEFAULT_MODEL, (
        Sentence(
            "The selected model {chosen} no longer exists, so {default_model} is used; choose another "
            "with: asr-desktop models use",
            chosen=chosen,
            default_model=DEFAULT_MODEL,
        )
    )


def chosen_language_model(model: str) -> tuple[str | None, str | None]:
    """The language model that was chosen apart ("Your texts" in the window, `asr-trainer language-model
    personal --use`), or None for the model's own; and a sentence where that one is gone or of no use.

    It was chosen for the chosen model, so it is not put under another one.
    """
    stored = settings.load()[0]
    chosen = stored.language_model
    if not chosen or model != (stored.model or DEFAULT_MODEL):
        return None, None
    if chosen == "none":
        return chosen, None
    if not Path(chosen).is_dir():
        return None, Sentence(
            "The selected language model {chosen} no longer exists, so the model's own is used.",
            chosen=chosen,
        )
    from asr_desktop.recognition.language_model import are_spelled_alike

    if not are_spelled_alike(chosen, model):
        return None, Sentence(
            "The selected language model {chosen} uses a different alphabet, so the model's own is used.",
            chosen=chosen,
        )
    return chosen, None


def set_default_model(name: str) -> None:
    """Store the choice in the settings; raises SettingsError where they cannot be written."""
    settings.save(settings.load()[0].changed(model=name))
