"""The model folder that comes out: for the app and for plain transformers alike."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from asr_desktop.base.atomic_write import folder_aside
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.json_object import read_json_object
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModelWeights
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.dataset import TrainingUtterance
from trainer.evaluation.decoder_weights import weigh, write_weights
from trainer.export import write_model_folder
from trainer.export.folder import LANGUAGE_MODEL_FILES, PROCESSOR_FILES
from trainer.finetune.errors import FinetuneError
from trainer.finetune.options import OutputOptions
from trainer.finetune.starts import Start

# How much the start's language model counts for this voice: alpha and beta for the new model.
#
# Found with the start and all that is learnt from, not with the new model and the little that was kept apart.
# The start has not heard that speech, so all of it is honest evidence, while a minute of validation speech is
# told by luck; and what suits the start on a voice suits what it becomes (one voice's ten minutes gave alpha
# 0.65 and beta 1.0 to starter-en; on other speech of that voice the taught model made 40.6 % errors with them
# and 42.2 % with the general 0.5 and 1.5, the best of what was tried).


def weigh_language_model(
    start: Path,
    utterances: Sequence[TrainingUtterance],
    report: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> LanguageModelWeights | None:
    """The weights for the model in the folder ``start``; None where it has no language model, or does not run
    in the app, which is said.
    """
    report("finding the best language model weights for this voice")
    try:
        weighed = weigh(find_model(start), utterances, cancelled=cancelled)
    except AsrDesktopError as error:
        report(f"the language model weights are unchanged: {error}")
        return None
    if weighed is None:
        return None
    report(f"language model, before the training: {weighed}")
    return weighed.weights


_ASIDE = ".writing-"


def write_output(
    network: Any,
    start: Start,
    folder: Path,
    options: OutputOptions,
    report: Callable[[str], None],
    weights: LanguageModelWeights | None = None,
) -> None:
    """Write ``network`` as a complete model folder into ``folder``, file by file when all are whole.

    weights: how much the language model counts; None = as much as for the start.

    :raises FinetuneError: the disk is full or not writable. ExportError: the graph is not faithful.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folder_aside(folder, _ASIDE) as aside:
            processor, made = aside / "processor", aside / "model"
            _write_processor(start, processor)
            if options.onnx:
                write_model_folder(
                    network,
                    made,
                    options.keep_float_onnx,
                    processor=processor,
                    language_model=inherited_language_model(start, options),
                    report=report,
                )
            else:
                _write_for_transformers(network, made, processor, inherited_language_model(start, options))
            if start.added and (made / "alphabet.json").is_file():
                _extend_alphabet(made / "alphabet.json", start.added)
            if weights is not None and (made / "language_model").is_dir():
                write_weights(made / "language_model", weights)
            _put_in_place(made, folder)
    except OSError as error:
        raise FinetuneError(
            f"The model folder {folder} cannot be written ({error.strerror or error}); free up disk "
            "space and run the same command again. The training progress is saved."
        ) from None


def inherited_language_model(start: Start, options: OutputOptions) -> Path | None:
    """The folder whose language model the new model gets; None where it gets none."""
    has_one = (start.folder / "language_model").is_dir() and (start.folder / "alphabet.json").is_file()
    # Another alphabet is another language.
    return start.folder if options.language_model and has_one and not start.new_head else None


def _write_processor(start: Start, folder: Path) -> None:
    """How the model spells and hears: the start's own files where its labels were kept as they are."""
    folder.mkdir()
    for name in PROCESSOR_FILES:
        if (start.folder / name).is_file():
            shutil.copyfile(start.folder / name, folder / name)
    if not any((folder / name).is_file() for name in ("preprocessor_config.json", "processor_config.json")):
        _write_json(folder / "preprocessor_config.json", _preprocessor(start))
    vocabulary = folder / "vocab.json"
    if not start.new_head and not start.added and vocabulary.is_file() and _is_flat(vocabulary):
        if not (folder / "tokenizer_config.json").is_file():
            _write_json(folder / "tokenizer_config.json", _tokenizer(start.labels))
        return
    for name in ("special_tokens_map.json", "added_tokens.json"):
        (folder / name).unlink(missing_ok=True)
    _write_json(vocabulary, {token: label for label, token in enumerate(start.labels.tokens) if token})
    _write_json(folder / "tokenizer_config.json", _tokenizer(start.labels))


def _is_flat(vocabulary: Path) -> bool:
    """Not MMS's one vocabulary a language."""
    content = read_json_object(vocabulary)
    return not any(isinstance(value, dict) for value in content.values())


def _tokenizer(labels: Labels) -> dict[str, Any]:
    def named(*names: str) -> str | None:
        return next((name for name in names if name in labels.tokens), None)

    return {
        "tokenizer_class": "Wav2Vec2CTCTokenizer",
        "processor_class": "Wav2Vec2Processor",
        "pad_token": labels.tokens[labels.blank_id],
        "unk_token": named("<unk>", "[UNK]"),
        "bos_token": named("<s>"),
        "eos_token": named("</s>"),
        "word_delimiter_token": labels.word_delimiter,
        "do_lower_case": False,
        "replace_word_delimiter_char": " ",
    }


def _preprocessor(start: Start) -> dict[str, Any]:
    return {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "processor_class": "Wav2Vec2Processor",
        "do_normalize": start.do_normalize,
        "feature_size": 1,
        "padding_side": "right",
        "padding_value": 0.0,
        # Networks with group norm in their front end were trained without a mask.
        "return_attention_mask": start.network.config.feat_extract_norm == "layer",
        "sampling_rate": 16_000,
    }


def _write_for_transformers(network: Any, folder: Path, processor: Path, language_model: Path | None) -> None:
    folder.mkdir()
    network.save_pretrained(folder)
    shutil.copytree(processor, folder, dirs_exist_ok=True)
    for name in LANGUAGE_MODEL_FILES if language_model else ():
        source = (language_model or folder) / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)


def _extend_alphabet(path: Path, letters: tuple[str, ...]) -> None:
    """pyctcdecode's list of labels, which has to be as long as the network's."""
    alphabet = read_json_object(path)
    alphabet["labels"] += letters
    path.write_text(json.dumps(alphabet, ensure_ascii=False), encoding="utf-8")


def _put_in_place(made: Path, folder: Path) -> None:
    for source in sorted(made.rglob("*")):
        target = folder / source.relative_to(made)
        if source.is_dir():
            target.mkdir(exist_ok=True)
        else:
            os.replace(source, target)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
