"""What the weights' files of a checkpoint say of themselves, checked before anything native opens them.

safetensors begins with the length of a JSON header, which names each tensor, its shape and its place. Several
files of weights come with an index that says which file holds which tensor.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, open_regular, parse_json
from asr_desktop.recognition.json_object import read_json_object

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
