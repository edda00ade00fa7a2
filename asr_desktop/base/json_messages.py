"""Typed messages as lines of JSON, and back.

A message is a frozen dataclass; on the wire it is an object with its class's name as "type" and its fields
by name. Only what the fields' annotations say is accepted: numbers, texts, truth values, None, tuples of one
type, and dataclasses in turn; a text that is a Sentence arrives as one. So a line that was torn or is from
another version is refused in one place.

What a process has to say to the person is a line as well, so that the window can say it in its language:

print(line_of(error))
told = sentence_of(line)  # None for a line that is something else
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from asr_desktop.base.sentences import Sentence


class WireError(ValueError):
    """A line that is no message of the protocol."""


class Codec:
    """Encodes and decodes a closed set of message classes."""

    def __init__(self, messages: Iterable[type]) -> None:
        self._messages = tuple(messages)

    def encode(self, message: Any) -> bytes:
        """One line, its line feed included."""
        return json.dumps(_plain(message), allow_nan=False, separators=(",", ":")).encode() + b"\n"

    def decode(self, line: bytes) -> Any:
        """The message of one line; raises WireError."""
        try:
            fields = json.loads(line)
        except ValueError as error:
            raise WireError(f"not a line of JSON: {line[:80]!r}") from error
        return _one_of(self._messages, fields)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"type": type(value).__name__, **fields}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Sentence):
        values = {name: _plain(filled) for name, filled in value.values.items()}
        return {"type": "Sentence", "template": value.template, "values": values}
    return value


def _one_of(kinds: Sequence[type], fields: Any) -> Any:
    """The dataclass among `kinds` that an object says it is."""
    for kind in kinds:
        if isinstance(fields, dict) and fields.get("type") == kind.__name__:
            return _build(kind, {name: value for name, value in fields.items() if name != "type"})
    raise WireError(f"expected {' or '.join(kind.__name__ for kind in kinds)}, got {fields!r:.80}")


def _build(kind: type, fields: dict[str, Any]) -> Any:
    hints = _hints(kind)
    if fields.keys() - hints.keys():
        raise WireError(f"{kind.__name__} has the fields {', '.join(hints)}, got {', '.join(fields)}")
    typed = {name: _typed(hints[name], value) for name, value in fields.items()}
    try:
        return kind(**typed)
    except (TypeError, ValueError) as error:  # a field is missing, or says what cannot be
        raise WireError(f"{kind.__name__}: {error}") from error


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _typed(hint: Any, value: Any) -> Any:
    is_union = typing.get_origin(hint) in (types.UnionType, typing.Union)
    choices = typing.get_args(hint) if is_union else (hint,)
    if value is None and types.NoneType in choices:
        return None
    kinds = [choice for choice in choices if dataclasses.is_dataclass(choice)]
    if kinds:
        return _one_of(typing.cast(list[type], kinds), value)
    for choice in choices:
        if typing.get_origin(choice) is tuple and isinstance(value, list):
            item, _ = typing.get_args(choice)
            return tuple(_typed(item, entry) for entry in value)
        if choice is float and type(value) in (int, float):
            return float(value)
        if choice in (int, str, bool) and type(value) is choice:
            return value
        if choice is str and isinstance(value, dict):
            return _sentence(value)
    raise WireError(f"expected {hint}, got {value!r:.80}")


def _sentence(fields: dict[str, Any]) -> Sentence:
    match fields:
        case {"type": "Sentence", "template": str(template), "values": dict(values), **more} if not more:
            filled = {
                name: _sentence(value) if isinstance(value, dict) else _typed(str | int | float, value)
                for name, value in values.items()
            }
            try:
                return Sentence(template, **filled)
            except (LookupError, ValueError, AttributeError, TypeError) as error:
                raise WireError(f"{template!r:.80} cannot be filled in: {error}") from error
    raise WireError(f"expected a Sentence, got {fields!r:.80}")


@dataclass(frozen=True, slots=True)
class Told:
    """What a process has to say to the person."""

    sentence: str


_TOLD = Codec([Told])


def line_of(told: str | Exception) -> str:
    """One line of JSON without its line feed; of an error its message."""
    return _TOLD.encode(Told(str(told))).decode().rstrip("\n")


def sentence_of(line: str | bytes) -> str | None:
    """The text, a Sentence where it was one; None where the line was not made by `line_of`."""
    try:
        told = _TOLD.decode(line.encode() if isinstance(line, str) else line)
    except WireError:
        return None
    assert isinstance(told, Told)
    return told.sentence
