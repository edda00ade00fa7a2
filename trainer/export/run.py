"""What `asr-trainer export` does: a model folder of a Hugging Face folder with PyTorch weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from asr_desktop.recognition.torch_weights import from_pretrained
from trainer.export.folder import PROCESSOR_FILES, copy_language_model, write_model_folder, write_onnx
from trainer.export.graph import ExportError
from trainer.export.int8 import Int8Limit

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
    """Make a model folder of a Hugging Face CTC checkpoint with its labels; into itself (where ``output`` is
    None, too), the ONNX networks alone. Returns where it lies.

    :raises ExportError, ModelFolderError: no weights, not a CTC network that transformers reads, or an
        unfaithful export.
    """
    output = output or folder
    if not folder.exists():
        raise ExportError(f"{folder} does not exist; choose a checkpoint folder.")
    if not any((folder / name).is_file() for name in _WEIGHTS):
        raise ExportError(f"{folder} has no PyTorch weights ({', '.join(_WEIGHTS)}) to export.")
    if not any((folder / name).is_file() for name in PROCESSOR_FILES[-2:]):
        raise ExportError(f"{folder} has no preprocessor_config.json; copy the checkpoint's own there.")
    from transformers import AutoModelForCTC

    from asr_desktop.recognition import whisper_ctc
    from trainer.deepspeech2.network import register

    register()
    whisper_ctc.register()
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
