"""One JSON object from a model's file, and values out of it, with errors that name the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import read_json
from asr_desktop.base.typed_data import TypedData, TypedDataError

_DATA = TypedData(passes_over_unknown=True)


def read_json_object(path: Path) -> dict[str, Any]:
    """The object in the file at `path`; ModelFolderError where it is missing or is something else."""
    try:
        content = read_json(path)
    except FileNotFoundError:
        raise ModelFolderError(
            Sentence(
                "{folder} has no {name}, which a model folder needs.", folder=path.parent, name=path.name
            )
        ) from None
    except OSError as error:
        raise ModelFolderError(
            Sentence(
                "{path} cannot be read ({reason}); check its permissions, or download it again.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error
    except ValueError as error:
        raise ModelFolderError(
            Sentence(
                "{path} cannot be read ({reason}); download or create it again.", path=path, reason=error
            )
        ) from error
    if not isinstance(content, dict):
        raise ModelFolderError(
            Sentence(
                "{path} must contain a JSON object, not a {kind}; download or create it again.",
                path=path,
                kind=type(content).__name__,
            )
        )
    return content


def read_optional_json_object(path: Path) -> dict[str, Any]:
    """The same, but an empty object where there is no such file."""
    return read_json_object(path) if path.exists() else {}


def read_value(value: object, kind: Any, name: str, path: Path) -> Any:
    """`value`, of a model's file, as a `kind` (see `typed_data`; a dataclass passes over other keys).

    ModelFolderError says what does not fit, with its name and file; name: "" for the whole file.
    """
    try:
        return _DATA.read(value, kind)
    except TypedDataError as error:
        place = Sentence("{name} in {path}", name=error.below(name).key, path=path)
        raise ModelFolderError(
            Sentence("{what}; correct it, or download the model again.", what=error.sentence(place))
        ) from None
