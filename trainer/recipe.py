"""A recipe: every setting of a training run in one TOML file, so that a result can be repeated and changed in
one place.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, is_sane_number, parse_toml, read_toml


class RecipeError(AsrDesktopError):
    """A recipe that cannot be read, or that sets something that does not exist."""


def read_tables(path: Path | None, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """The tables of a TOML file (or none), with ``table.key=value`` settings laid over them.

    :raises RecipeError: no such file, no TOML, or an override that is none.
    """
    tables: dict[str, Any] = {}
    if path is not None:
        try:
            tables = read_toml(path)
        except READ_ERRORS as error:
            raise RecipeError(
                Sentence("The recipe {path} cannot be read: {reason}.", path=path, reason=error)
            ) from None
    for override in overrides:
        _apply_override(tables, override)
    return tables


def build(kind: type[Any], tables: dict[str, Any]) -> Any:
    """A recipe's dataclass from its tables.

    :raises RecipeError: an unknown key, or a value of the wrong kind; the message names it.
    """
    return _build(kind, tables, "")


def _apply_override(tables: dict[str, Any], override: str) -> None:
    name, separator, value = override.partition("=")
    table, dot, key = name.strip().partition(".")
    if not separator or not dot:
        raise RecipeError(
            f"“{override}” is not a setting; write table.key=value, for example schedule.steps=500."
        )
    try:
        parsed = parse_toml(f"value = {value}")["value"]
    except SmallFileError:
        parsed = value.strip()
    settings = tables.setdefault(table, {})
    if not isinstance(settings, dict):
        raise RecipeError(f"{table} in the recipe is a table; write its settings below [{table}].")
    settings[key.strip()] = parsed


def _build(kind: type[Any], values: dict[str, Any], where: str) -> Any:
    hints = typing.get_type_hints(kind)
    unknown = sorted(set(values) - hints.keys())
    if unknown:
        raise RecipeError(
            f"The recipe sets {where}{unknown[0]}, which does not exist; choose from {', '.join(hints)}."
        )
    return kind(**{name: _convert(hints[name], value, f"{where}{name}") for name, value in values.items()})


def _convert(hint: Any, value: Any, where: str) -> Any:
    """One TOML value as the type that the recipe's field has."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise RecipeError(f"{where} in the recipe is a table; write its settings below [{where}].")
        return _build(hint, value, f"{where}.")
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise RecipeError(f"{where} in the recipe is a list; write it in square brackets.")
        return tuple(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and not is_sane_number(value):
        raise RecipeError(f"{where} in the recipe is {value}; it must be a finite number.")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    accepted = tuple(kind for kind in (typing.get_args(hint) or (hint,)) if isinstance(kind, type))
    plain = (
        tuple(typing.get_origin(kind) or kind for kind in accepted)
        if typing.get_origin(hint) is not dict
        else (dict,)
    )
    if not isinstance(value, plain) or (isinstance(value, bool) and bool not in plain):
        raise RecipeError(f"{where} in the recipe cannot be {value!r}.")
    return value
