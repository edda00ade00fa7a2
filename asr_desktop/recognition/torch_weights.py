"""A checkpoint in the Hugging Face layout as a PyTorch network; for the PyTorch back end and the trainer.

`from_pretrained` is the only way from such a folder to transformers: whatever lies there is data, and no code
of it is run. Importing this costs nothing; calling it imports PyTorch and transformers, which takes seconds.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.checkpoint_files import check_weights
from asr_desktop.recognition.json_object import read_json_object

# Of the pre-training only; a network without them recognises as before.
_UNUSED_WEIGHTS = ("masked_spec_embed",)


def load_ctc_network(folder: Path) -> Any:
    """The CTC network of a folder, on the processor, in full precision, ready to run.

    Weights in a pickle (pytorch_model.bin) are read as numbers only and no code of the folder is run. The
    attention is PyTorch's own (SDPA) in every family that has it. Raises ModelFolderError.
    """
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    import torch
    import transformers

    from asr_desktop.recognition import whisper_ctc

    whisper_ctc.register()
    transformers.utils.logging.disable_progress_bar()
    refuse_custom_code(folder)
    kind = read_json_object(folder / "config.json").get("model_type")
    if kind not in transformers.CONFIG_MAPPING:
        raise ModelFolderError(
            Sentence(
                "{folder} is a {kind} network, which can only run in ONNX Runtime, from a model.onnx.",
                folder=folder.name,
                kind=kind,
            )
        )
    network, loading = from_pretrained(
        transformers.AutoModelForCTC, folder, dtype=torch.float32, output_loading_info=True
    )
    missing = [name for name in loading["missing_keys"] if not name.endswith(_UNUSED_WEIGHTS)]
    if missing:
        raise ModelFolderError(
            Sentence(
                "{folder} lacks trained weights ({missing}): it is only pre-trained, so train it first "
                "with: asr-trainer train --from {folder}",
                folder=folder,
                missing=missing[0],
            )
        )
    return network.eval()


def refuse_custom_code(folder: Path) -> None:
    """Raise ModelFolderError where a folder brings a network of its own as Python code (auto_map)."""
    if read_json_object(folder / "config.json").get("auto_map"):
        raise ModelFolderError(
            Sentence(
                "The config.json in {folder} asks to run the model's own code (auto_map), which this "
                "program never does; choose a model that works without it.",
                folder=folder,
            )
        )


def from_pretrained(kind: Any, folder: Path, **settings: Any) -> Any:
    """What `from_pretrained` of a class of transformers gives: from local files, no code of the folder run,
    weights in a pickle (pytorch_model.bin) read as numbers only. Raises ModelFolderError.

    A question at the terminal or transformers' advice to trust the folder never reaches the user.
    """
    refuse_custom_code(folder)
    check_weights(folder)
    try:
        return kind.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, weights_only=True, **settings
        )
    except Exception as error:  # transformers raises whatever its parts raise
        raise ModelFolderError(_refusal(folder, error)) from error


def _refusal(folder: Path, error: BaseException) -> Sentence:
    pickled = _unpickling_error(error)
    if pickled is None:
        reason = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        return Sentence("The network in {folder} cannot be loaded ({reason}).", folder=folder, reason=reason)
    # PyTorch goes on with how to load the file all the same.
    if any(mark in str(pickled) for mark in ("Unsupported", "not an allowed", "is blocked", "must be")):
        return Sentence(
            "The weights in {folder} are a pickle file that contains code, so they are not loaded; get "
            "the model with its weights in model.safetensors.",
            folder=folder,
        )
    return Sentence(
        "The weights in {folder} are damaged, or not PyTorch weights; download them again.", folder=folder
    )


def _unpickling_error(error: BaseException | None) -> pickle.UnpicklingError | None:
    while error is not None and not isinstance(error, pickle.UnpicklingError):
        error = error.__cause__ or error.__context__
    return error
