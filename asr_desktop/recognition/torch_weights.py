"""A checkpoint in the Hugging Face layout as a PyTorch network; for the PyTorch back end and the trainer.

`from_pretrained` is the only way from such a folder to transformers: whatever lies there is data, and no code
of it is run. Importing this costs nothing; calling it imports PyTorch and transformers, which takes seconds.
"""

from __future__ import annotations

import importlib
import math
import os
import pickle
import struct
import warnings
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.json_object import read_json_object
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, open_regular, parse_json
from asr_desktop.recognition.front_end import WHISPER_CTC

NETWORKS = {WHISPER_CTC: "asr_desktop.recognition.whisper_ctc"}
"""model_type of a network that transformers does not bring → the module whose `register` teaches it to; the
trainer adds its own."""

# What the weights' files of a checkpoint say of themselves, checked before anything native opens them.
#
# safetensors begins with the length of a JSON header, which names each tensor, its shape and its place.
# Several files of weights come with an index that says which file holds which tensor.

INDEX_FILES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
MOST_HEADER_BYTES = 100_000_000  # safetensors' own limit
_BYTES_OF_TYPE = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
    "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4,
    "I64": 8, "U64": 8, "F64": 8, "C64": 8,
}  # fmt: skip


def read_safetensors_header(path: Path) -> dict[str, Any]:
    """Tensor's name → its dtype, shape and data_offsets, and `__metadata__`. Raises ModelFolderError where
    the file is none, or does not hold what its header promises."""
    try:
        with open_regular(path) as file:
            size = path.stat().st_size
            start = file.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
            if length > min(MOST_HEADER_BYTES, size - 8):
                raise SmallFileError(Sentence("it is not a safetensors file, or it is incomplete"))
            header = parse_json(file.read(length))
        _check_places(header, size - 8 - length)
    except READ_ERRORS as error:
        raise ModelFolderError(
            Sentence(
                "{path} cannot be read ({reason}); download or create it again.", path=path, reason=error
            )
        ) from error
    return dict(header)


def check_weights(folder: Path) -> None:
    """Raises ModelFolderError where an index names a file outside of the folder, or where a safetensors file
    is not what its header says."""
    for name in INDEX_FILES:
        if (folder / name).exists():
            _check_index(folder / name)
    for path in sorted(folder.glob("*.safetensors")):
        read_safetensors_header(path)


def _check_index(index: Path) -> None:
    places = read_json_object(index).get("weight_map")
    named = set(map(str, places.values())) if isinstance(places, dict) else {""}
    for name in named:
        # A path with a folder in it may lead anywhere: what is indexed lies beside its index.
        if not name or name in (".", "..") or set(name) & set("/\\:\0"):
            raise ModelFolderError(
                Sentence(
                    "{index} lists weights that are missing (“{name}”); download the model again.",
                    index=index,
                    name=name[:80],
                )
            )


def _check_places(header: Any, data_bytes: int) -> None:
    damaged = SmallFileError(Sentence("its header does not match its contents; it is damaged or incomplete"))
    if not isinstance(header, dict):
        raise damaged
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        try:
            begin, end = tensor["data_offsets"]
            count = math.prod(tensor["shape"])
            fits = 0 <= begin <= end <= data_bytes and all(size >= 0 for size in tensor["shape"])
            size = _BYTES_OF_TYPE.get(tensor["dtype"])  # None for types that came later
            fits = fits and (size is None or end - begin == size * count)
        except (KeyError, TypeError, ValueError):
            raise damaged from None
        if not fits:
            raise damaged


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

    transformers.utils.logging.disable_progress_bar()
    refuse_custom_code(folder)
    _register_network(folder)
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


def _register_network(folder: Path) -> None:
    """Teach transformers the folder's network where it is one of this program's."""
    module = NETWORKS.get(str(read_json_object(folder / "config.json").get("model_type")))
    if module is not None:
        importlib.import_module(module).register()


def from_pretrained(kind: Any, folder: Path, **settings: Any) -> Any:
    """What `from_pretrained` of a class of transformers gives: from local files, no code of the folder run,
    weights in a pickle (pytorch_model.bin) read as numbers only. Raises ModelFolderError.

    Neither a question at the terminal, nor transformers' advice to trust the folder, nor PyTorch's warnings
    about an unusual pickle reach the user.
    """
    refuse_custom_code(folder)
    _register_network(folder)
    check_weights(folder)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module=r"torch\.")
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
