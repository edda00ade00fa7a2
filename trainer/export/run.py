"""What `asr-trainer export` does: a model folder of a training run, a checkpoint of it, or a Hugging Face
folder with PyTorch weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from asr_desktop.recognition.torch_weights import from_pretrained
from trainer.export.folder import PROCESSOR_FILES, copy_language_model, write_model_folder, write_onnx
from trainer.export.graph import ExportError
from trainer.export.int8 import Int8Limit

Report = Callable[[str], None]

_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")


def export(
    source: Path,
    output: Path | None,
    language_model: Path | None,
    report: Report,
    *,
    keep_float_onnx: bool = False,
    int8_limit: Int8Limit | None = None,
) -> Path:
    """Make a model folder of whatever ``source`` is; returns where it lies.

    output: may be left out for a Hugging Face folder, whose ONNX networks are then written into it.

    :raises CheckpointError, ExportError: nothing there to export, or the export is not faithful.
    """
    if (source / "config.json").is_file():
        return export_checkpoint(
            source,
            output or source,
            language_model,
            report,
            keep_float_onnx=keep_float_onnx,
            int8_limit=int8_limit,
        )
    if not source.exists():
        raise ExportError(
            f"There is no {source}; name a run's folder, a checkpoint of it or a checkpoint's folder."
        )
    if output is None:
        raise ExportError("Name the model folder to write with --output.")
    export_run(source, output, language_model, report, keep_float_onnx=keep_float_onnx, int8_limit=int8_limit)
    return output


def export_run(
    checkpoint: Path,
    output: Path,
    language_model: Path | None,
    report: Report,
    *,
    keep_float_onnx: bool = False,
    int8_limit: Int8Limit | None = None,
) -> None:
    """Make a model folder of a run from scratch (its averaged weights, or its last checkpoint where it is not
    finished).

    :raises CheckpointError, ExportError: nothing there to export, or the export is not faithful.
    """
    from trainer.checkpoint import load_checkpoint
    from trainer.network import TrainingNetwork
    from trainer.recipe import NetworkRecipe

    if checkpoint.is_dir():
        run = checkpoint
        checkpoint = next(
            (run / name for name in ("averaged.pt", "last.pt") if (run / name).is_file()), run / "last.pt"
        )
    if not checkpoint.is_file():
        raise ExportError(f"There is no checkpoint at {checkpoint}; train first, or name a run's folder.")
    state = load_checkpoint(checkpoint)
    recipe = json.loads(state["recipe"])
    network = TrainingNetwork(NetworkRecipe(**recipe["network"]), recipe["training"]["phone_weight"])
    network.load_state_dict(state["network"])
    report(f"writing {output} from {checkpoint}")
    write_model_folder(
        network.ctc,
        output,
        keep_float_onnx,
        language_model=language_model,
        int8_limit=int8_limit,
        report=report,
    )


def export_checkpoint(
    folder: Path,
    output: Path,
    language_model: Path | None,
    report: Report,
    *,
    keep_float_onnx: bool = False,
    int8_limit: Int8Limit | None = None,
) -> Path:
    """Make a model folder of a Hugging Face CTC checkpoint with its labels; into itself, the ONNX networks
    alone.

    :raises ExportError, ModelFolderError: no weights, not a CTC network that transformers reads, or an
        unfaithful export.
    """
    if not any((folder / name).is_file() for name in _WEIGHTS):
        raise ExportError(f"{folder} holds no PyTorch weights ({', '.join(_WEIGHTS)}) to export.")
    if not any((folder / name).is_file() for name in PROCESSOR_FILES[-2:]):
        raise ExportError(f"{folder} has no preprocessor_config.json; put the checkpoint's own there.")
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
