"""A recipe: every setting of a training run in one TOML file, so that results are reproducible."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, parse_toml, read_toml
from asr_desktop.base.typed_data import TypedData, TypedDataError

_RECIPES = TypedData()


class RecipeError(AsrDesktopError):
    """A recipe that cannot be read, or that has an unknown setting."""


def read_tables(path: Path | None, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """The tables of a TOML file (or none), overridden by ``table.key=value`` settings.

    :raises RecipeError: no such file, invalid TOML, or an invalid override.
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
    try:
        return _RECIPES.read(tables, kind)
    except TypedDataError as error:
        raise RecipeError(Sentence("The recipe cannot be used: {reason}.", reason=error)) from None


def require_one_of(setting: str, value: str, choices: tuple[str, ...]) -> None:
    """:raises RecipeError: the value of a setting such as "schedule.shape" is none of the choices."""
    if value not in choices:
        raise RecipeError(f"{setting} in the recipe cannot be “{value}”; choose one of {', '.join(choices)}.")


def require_between(setting: str, value: float, lowest: float, highest: float) -> None:
    """:raises RecipeError: the value is below `lowest`, above `highest`, or no number (NaN)."""
    if not lowest <= value <= highest:
        raise RecipeError(
            f"{setting} in the recipe cannot be {value:g}; it must be between {lowest:g} and {highest:g}."
        )


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
