"""Typed messages as lines of JSON, and back.

A message is a frozen dataclass; on the wire it is an object with its class's name as "type" and its fields
by name (see `typed_data`). A text that is a Sentence arrives as one. So a line that was torn or is from
another version is refused in one place.

What a process has to say to the person is a line as well, so that the window can say it in its language:

print(line_of(error))
told = sentence_of(line)  # None for a line that is something else
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import is_sane_number, parse_json
from asr_desktop.base.typed_data import Shape, TypedData


class WireError(ValueError):
    """A line that is no message of the protocol."""


class Codec:
    """Encodes and decodes a closed set of message classes.

    unions: of dataclasses, in fields of messages. shapes: of classes that are not written field by field.
    """

    def __init__(
        self,
        messages: Iterable[type],
        *,
        unions: Iterable[object] = (),
        shapes: Mapping[Any, Shape] | None = None,
    ) -> None:
        self._messages = tuple(messages)
        texts: dict[Any, Shape] = {str: Shape(_write_text, _read_text)}
        self._data = TypedData(unions=unions, shapes={**texts, **(shapes or {})})

    def encode(self, message: Any) -> bytes:
        """One line, its line feed included."""
        plain = self._data.write_one_of(message)
        return json.dumps(plain, allow_nan=False, separators=(",", ":")).encode() + b"\n"

    def decode(self, line: bytes) -> Any:
        """The message of one line; raises WireError."""
        try:
            return self._data.read_one_of(parse_json(line, sane_numbers=False), self._messages)
        except ValueError as error:
            raise WireError(f"{error}: {line[:80]!r}") from error


def _write_text(text: str) -> object:
    if not isinstance(text, Sentence):
        return text
    values = {
        name: _write_text(value) if isinstance(value, str) else value for name, value in text.values.items()
    }
    return {"type": "Sentence", "template": text.template, "values": values}


def _read_text(value: object) -> str:
    match value:
        case str():
            return value
        case {"type": "Sentence", "template": str(template), "values": dict(values), **more} if not more:
            try:
                return Sentence(template, **{name: _read_value(filled) for name, filled in values.items()})
            except (LookupError, ValueError, AttributeError, TypeError) as error:
                raise ValueError(f"{template!r:.80} cannot be filled in: {error}") from error
    raise ValueError(f"expected a text or a Sentence, got {value!r:.80}")


def _read_value(value: object) -> str | int | float:
    is_number = is_sane_number(value)
    return typing.cast(float, value) if is_number else _read_text(value)


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
