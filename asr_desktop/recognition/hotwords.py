"""Hotwords: words and phrases that the user expects, and how they are written down.

A hotword is listened for more willingly than other words: it wins over what would have been recognised
as long as the sound speaks against it by no more than its boost. The boost grows with the hotword's
letters, because a long name is rarely heard by accident and a short one easily is: `weight` is the boost
of a hotword of six letters, as the logarithm of a probability ratio. In plain words:

    2    a nudge, for words that are in the language model anyway
    8    the default: names that would otherwise be spelled wrong
    15   heard wherever something like it was said, and now and then where it was not

On the command line and in the editor a weight follows the hotword after a colon: `Ronicky Drew:12`. A
hotwords file has one hotword a line in the same form; empty lines and lines that begin with # do not
count, nor does anything after a # that has a space before it.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.errors import DecoderError
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.sentences import Sentence

DEFAULT_WEIGHT = 8.0
MAXIMUM_WEIGHT = 50.0

_WEIGHT = re.compile(r"^(?P<text>.*\S)\s*:\s*(?P<weight>[+-]?(\d+([.,]\d*)?|[.,]\d+))$", re.DOTALL)
_COMMENT = re.compile(r"(^|\s)#.*$")


@dataclass(frozen=True, slots=True)
class Hotword:
    """A word or phrase as the user writes it, and the boost of every six letters of it."""

    text: str
    weight: float = DEFAULT_WEIGHT


def parse_hotword(entry: str) -> Hotword:
    """The hotword of an entry `text` or `text:weight`.

    Raises DecoderError where there is no text, or the weight is out of range.
    """
    text, weight = " ".join(entry.split()), DEFAULT_WEIGHT
    if match := _WEIGHT.match(text):
        text, weight = match["text"], float(match["weight"].replace(",", "."))
    if not text:
        raise DecoderError(
            Sentence('A hotword has to have a text, such as "Ronicky Drew" or "Ronicky Drew:12".')
        )
    if not (math.isfinite(weight) and 0 < weight <= MAXIMUM_WEIGHT):
        raise DecoderError(
            Sentence(
                "The hotword {text!r} has the weight {weight:g}, but it has to lie between 0 and {most:g}.",
                text=text,
                weight=weight,
                most=MAXIMUM_WEIGHT,
            )
        )
    return Hotword(text, weight)


def parse_hotwords(entries: Iterable[str]) -> list[Hotword]:
    """The hotwords of several entries as parse_hotword reads them; blank ones are passed over."""
    return [parse_hotword(entry) for entry in entries if entry.strip()]


def read_hotwords_file(path: str | Path) -> list[Hotword]:
    """The hotwords of a text file (UTF-8, or UTF-16 with a byte order mark), one a line.

    Raises DecoderError, with the line's number where there is one to name.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DecoderError(
            Sentence(
                "The hotwords file {file} cannot be read: {reason}; check its name and permissions.",
                file=str(file),
                reason=str(error.strerror or error),
            )
        ) from error
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        lines = content.decode("utf-16" if utf_16 else "utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DecoderError(
            Sentence("The hotwords file {file} is not UTF-8 text; save it as UTF-8.", file=str(file))
        ) from None
    hotwords = []
    for number, line in enumerate(lines, start=1):
        entry = _COMMENT.sub("", line).strip()
        if not entry:
            continue
        try:
            hotwords.append(parse_hotword(entry))
        except DecoderError as error:
            raise DecoderError(
                Sentence(
                    "In line {number} of {file}: {error}",
                    number=number,
                    file=str(file),
                    error=str(error),
                )
            ) from None
    return hotwords


def spell_hotwords(
    hotwords: Iterable[Hotword], spelling: Spelling
) -> tuple[list[tuple[tuple[str, ...], float]], list[str]]:
    """The (words in the vocabulary's letters, weight) of each hotword, and why others cannot be used.

    The second list has one sentence, fit for the user, for each hotword that the vocabulary cannot spell.
    """
    phrases = []
    warnings = []
    for hotword in hotwords:
        unspellable = spelling.unspellable_characters(hotword.text)
        words = spelling.words(hotword.text)
        if unspellable:
            signs = ", ".join(unspellable)
            warnings.append(
                f"The hotword {hotword.text!r} is not used, because the model cannot write {signs};"
                " spell it out as it is said."
            )
        elif not words or not all(spelling.can_write(word) for word in words):
            warnings.append(
                f"The hotword {hotword.text!r} is not used, because the model has no letters for it."
            )
        else:
            phrases.append((words, hotword.weight))
    return phrases, warnings
