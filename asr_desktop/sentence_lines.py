"""Sentences from one process to another, a line each, so that the window can say them in its language.

print(line_of(error))
told = sentence_of(line)  # None for a line that is something else
"""

from __future__ import annotations

from dataclasses import dataclass

from asr_desktop.recognition.worker.wire import Codec, WireError


@dataclass(frozen=True, slots=True)
class Told:
    """What a process has to say to the person."""

    sentence: str


_CODEC = Codec([Told])


def line_of(told: str | Exception) -> str:
    """One line of JSON without its line feed; of an error its message."""
    return _CODEC.encode(Told(str(told))).decode().rstrip("\n")


def sentence_of(line: str | bytes) -> str | None:
    """The text, a Sentence where it was one; None where the line was not made by `line_of`."""
    try:
        told = _CODEC.decode(line.encode() if isinstance(line, str) else line)
    except WireError:
        return None
    assert isinstance(told, Told)
    return told.sentence
