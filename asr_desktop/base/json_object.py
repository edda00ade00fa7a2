"""One JSON object from a model's file, and values out of it, with errors that name the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import is_sane_number, read_json


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


def whole_number(value: Any, name: str, path: Path, least: int, most: int) -> int:
    """`value` where it is a whole number in this range, else ModelFolderError with its name and file."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ModelFolderError(
            Sentence(
                "{name} in {path} is {value}; it must be a whole number from {least} to {most}.",
                name=name,
                path=path,
                value=_short(value),
                least=least,
                most=most,
            )
        )
    return value


def number_within(value: Any, name: str, path: Path, least: float, most: float) -> float:
    """`value` where it is a number in this range, else ModelFolderError with its name and file."""
    if not is_sane_number(value) or not least <= value <= most:
        raise ModelFolderError(
            Sentence(
                "{name} in {path} is {value}; it must be a number from {least} to {most}.",
                name=name,
                path=path,
                value=_short(value),
                least=least,
                most=most,
            )
        )
    return float(value)


def optional_number(values: Mapping[str, Any], name: str, path: Path) -> float | None:
    """`values[name]` as a number, None where it is absent, else ModelFolderError with its name and file."""
    value = values.get(name)
    if value is None:
        return None
    if not is_sane_number(value):
        raise ModelFolderError(
            Sentence(
                "{name} in {path} is {value}; it must be a number.",
                name=name,
                path=path,
                value=_short(value),
            )
        )
    return float(value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
