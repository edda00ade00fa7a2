"""A model folder in the Hugging Face layout.

config.json preprocessor_config.json vocab.json tokenizer_config.json    network, input and labels
model.safetensors        weights in half precision, for fine-tuning and for plain transformers
model.onnx               the network as ONNX (optional)
model.int8.onnx          the same with 8-bit weights, preferred by the app
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asr_desktop.base.atomic_write import folder_aside
from asr_desktop.base.private_files import set_mode
from asr_desktop.language_model.english import write_vocabulary
from asr_desktop.recognition.front_end import read_preprocessor
from asr_desktop.recognition.torch_weights import from_pretrained
from trainer.deepspeech2 import ARCHITECTURE
from trainer.export.graph import NetworkExportError, export_onnx
from trainer.export.int8 import Int8Limit, export_int8, keep_int8_if_cheap

# Files with labels and preprocessing, as transformers 4 and 5 write them; existing ones are copied.
PROCESSOR_FILES = (
    "vocab.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "preprocessor_config.json",
    "processor_config.json",
)
LANGUAGE_MODEL_FILES = ("alphabet.json", "language_model")


def write_model_folder(
    network: Any,
    folder: Path,
    keep_float_onnx: bool = False,
    *,
    processor: Path | None = None,
    language_model: Path | None = None,
    int8_limit: Int8Limit | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """Write a CTC network of transformers (``Wav2Vec2ForCTC`` and its like) as a complete model folder.

    processor: folder whose labels and normalisation are copied; None for the English labels of
    language_model.english with normalisation per utterance. language_model: a folder with ``language_model/``
    to copy. int8_limit: if given, the 8-bit network is measured and left out if it exceeds the limit; the
    float one is then always kept.

    :raises ExportError: the ONNX graph's output differs from the network's, a folder cannot be created, or
    the language model's folder has none.
    """
    from safetensors.torch import save_file

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NetworkExportError(
            f"The folder {folder} cannot be created ({error.strerror or error}); choose another --output."
        ) from None
    if language_model is not None and not (language_model / "alphabet.json").is_file():
        raise NetworkExportError(
            f"{language_model} has no alphabet.json; choose a folder that has it next to language_model/."
        )
    network = network.eval().float()
    config = network.config
    config.architectures = [type(network).__name__]
    settings = {**config.to_diff_dict(), "architectures": config.architectures, "dtype": "float32"}
    _write_json(folder / "config.json", settings)
    _write_processor(folder, processor)
    weights = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    # safetensors makes the file readable by its owner only, but model folders are copied, served and shared.
    set_mode(folder / "model.safetensors")
    write_onnx(network, folder, keep_float_onnx=keep_float_onnx, int8_limit=int8_limit, report=report)
    if language_model is not None:
        copy_language_model(language_model, folder)


def write_onnx(
    network: Any,
    folder: Path,
    *,
    keep_float_onnx: bool = True,
    int8_limit: Int8Limit | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """``model.int8.onnx`` (and ``model.onnx``) of a network, written into a folder that has its other
    files."""
    least_samples = sum_receptive_field(network.config)
    with_mask = _takes_mask(folder)
    # ONNX Runtime has no 8-bit GRU, and a network with GRUs has few other weights.
    has_int8 = config_has_int8(network.config)
    keep_float_onnx = keep_float_onnx or int8_limit is not None or not has_int8
    # Written elsewhere, and moved when complete and checked: the app may have the earlier files open.
    with folder_aside(folder, ".onnx-") as scratch:
        made = []
        if has_int8:
            export_int8(network, scratch / "model.int8.onnx", least_samples, with_mask=with_mask)
            made.append("model.int8.onnx")
        if keep_float_onnx:
            export_onnx(network, scratch / "model.onnx", least_samples, with_mask=with_mask)
            made.append("model.onnx")
        for name in made:
            (scratch / name).replace(folder / name)
    if int8_limit is not None and has_int8:
        keep_int8_if_cheap(folder, int8_limit, report)


def copy_language_model(source: Path, folder: Path) -> None:
    """Copy the language model of another folder, as `Wav2Vec2ProcessorWithLM` stores it."""
    shutil.copyfile(source / "alphabet.json", folder / "alphabet.json")
    shutil.copytree(source / "language_model", folder / "language_model", dirs_exist_ok=True)


def config_has_int8(config: Any) -> bool:
    """Whether the network of this configuration is faster in 8 bits."""
    return bool(config.model_type != ARCHITECTURE)


def sum_receptive_field(config: Any) -> int:
    """Receptive field of one label frame in samples, from the convolutions' kernels and strides."""
    field, stride = 1, 1
    for kernel, step in zip(config.conv_kernel, config.conv_stride, strict=True):
        field += (kernel - 1) * stride
        stride *= step
    return field


def _write_processor(folder: Path, source: Path | None) -> None:
    if source is None:
        write_vocabulary(folder)
        preprocessor = {
            "feature_extractor_type": "Wav2Vec2FeatureExtractor",
            "processor_class": "Wav2Vec2Processor",
            "do_normalize": True,
            "feature_size": 1,
            "padding_side": "right",
            "padding_value": 0.0,
            "return_attention_mask": False,  # group norm: padding is not masked out, so nothing may be padded
            "sampling_rate": 16_000,
        }
        _write_json(folder / "preprocessor_config.json", preprocessor)
        return
    for name in PROCESSOR_FILES:
        if (source / name).is_file() and source.resolve() != folder.resolve():
            shutil.copyfile(source / name, folder / name)
    whole = folder / "processor_config.json"
    if not (folder / "preprocessor_config.json").is_file() and whole.is_file():
        # transformers 5 stores it inside the processor's file, which older programs do not read.
        inner = read_preprocessor(folder)
        _write_json(folder / "preprocessor_config.json", inner)


def _takes_mask(folder: Path) -> bool:
    preprocessor = read_preprocessor(folder)
    return bool(preprocessor.get("return_attention_mask", False))


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


# `asr-trainer export`: makes a model folder from a Hugging Face folder with PyTorch weights

Report = Callable[[str], None]

_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")


def export(
    folder: Path,
    output: Path | None,
    language_model: Path | None,
    report: Report,
    *,
    keep_float_onnx: bool = False,
    int8_limit: Int8Limit | None = None,
) -> Path:
    """Make a model folder from a Hugging Face CTC checkpoint with its labels. If ``output`` is None or the
    same folder, only the ONNX networks are added. Returns the folder.

    :raises ExportError, ModelFolderError: no weights, not a CTC network that transformers reads, or an export
    with different output.
    """
    output = output or folder
    if not folder.exists():
        raise NetworkExportError(f"{folder} does not exist; choose a checkpoint folder.")
    if not any((folder / name).is_file() for name in _WEIGHTS):
        raise NetworkExportError(f"{folder} has no PyTorch weights ({', '.join(_WEIGHTS)}) to export.")
    if not any((folder / name).is_file() for name in PROCESSOR_FILES[-2:]):
        raise NetworkExportError(
            f"{folder} has no preprocessor_config.json; copy the checkpoint's own there."
        )
    from transformers import AutoModelForCTC

    network = from_pretrained(AutoModelForCTC, folder)
    report(f"writing {output} from {folder}")
    if output.resolve() == folder.resolve():
        write_onnx(
            network.eval().float(),
            folder,
            keep_float_onnx=keep_float_onnx,
            int8_limit=int8_limit,
            report=report,
        )
        if language_model is not None:
            copy_language_model(language_model, folder)
        return folder
    own_language_model = folder if (folder / "language_model").is_dir() else None
    write_model_folder(
        network,
        output,
        keep_float_onnx,
        processor=folder,
        language_model=language_model or own_language_model,
        int8_limit=int8_limit,
        report=report,
    )
    return output
