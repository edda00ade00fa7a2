"""Hotwords: words and phrases that the user expects, and the format in which they are entered.

A hotword gets a boost: it replaces what would have been recognised if the sound favours the other text by
no more than that boost. The boost grows with the hotword's length, because short words are more easily
recognised by accident than long names: `weight` is the boost of a hotword of six letters, as the logarithm
of a probability ratio. As a guide:

    2    a slight preference, for words that are in the language model anyway
    8    the default, for names that would otherwise be misspelled
    15   recognised wherever something similar was said, and occasionally where it was not
    50   recognised wherever its letters are at all plausible, and often where it was not said

On the command line and in the editor a weight follows the hotword after a colon: `Ronicky Drew:12`. A
hotwords file has one hotword per line in the same form; empty lines, lines that begin with # and anything
after a # preceded by a space are ignored. A table with the columns hotword and weight, as Excel saves it, is
a hotwords file too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from asr_desktop.base.errors import DecoderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS

if TYPE_CHECKING:
    from asr_desktop.base.text_file import FoundText
    from asr_desktop.recognition.spelling import Spelling

DEFAULT_WEIGHT = 8.0
MAXIMUM_WEIGHT = 50.0

_WEIGHT = re.compile(r"^(?P<text>.*\S)\s*:\s*(?P<weight>[+-]?(\d+([.,]\d*)?|[.,]\d+))$", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_COMMENT = re.compile(r"(^|\s)#.*$")
_MOST_FILE_BYTES = 4_000_000
_HEADINGS = frozenset({"hotword", "hotwords", "word", "words", "phrase", "text", "name"})
# A comma stands between columns only where a weight, or nothing, follows it.
_COMMA_CELLS = re.compile(r'("[^"]*(""[^"]*)*"|[^,"]+),\s*(\d+(\.\d*)?)?\s*')


@dataclass(frozen=True, slots=True)
class Hotword:
    """A word or phrase as the user writes it, and its boost per six letters."""

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
        raise DecoderError(Sentence('A hotword needs text, such as "Ronicky Drew" or "Ronicky Drew:12".'))
    if not (math.isfinite(weight) and 0 < weight <= MAXIMUM_WEIGHT):
        raise DecoderError(
            Sentence(
                "The hotword {text!r} has the weight {weight:g}; it must be between 0 and {most:g}.",
                text=text,
                weight=weight,
                most=MAXIMUM_WEIGHT,
            )
        )
    return Hotword(text, weight)


def parse_hotwords(entries: Iterable[str]) -> list[Hotword]:
    """The hotwords of several entries as parse_hotword reads them; blank ones are passed over."""
    return [parse_hotword(entry) for entry in entries if entry.strip()]


def readable_hotwords(entries: Iterable[str]) -> tuple[Hotword, ...]:
    """The hotwords of those entries that can be read: one that cannot must not keep anything from being
    recognised."""
    hotwords = []
    for entry in entries:
        with suppress(DecoderError):
            hotwords.append(parse_hotword(entry))
    return tuple(hotwords)


def hotword_entry(text: str) -> str:
    """The entry that `parse_hotword` reads as this text: "9:55" alone would be "9" with the weight 55."""
    return f"{text}:{DEFAULT_WEIGHT:g}" if _WEIGHT.match(" ".join(text.split())) else text


def parsed_hotwords(hotwords: Iterable[Hotword | str]) -> tuple[Hotword, ...]:
    """Entries and hotwords as hotwords; raises DecoderError as parse_hotword does."""
    return tuple(parse_hotword(each) if isinstance(each, str) else each for each in hotwords)


def read_hotwords_file(path: str | Path) -> list[Hotword]:
    """The hotwords of a text file (UTF-8, UTF-16 or Windows-1252), one a line, or in a table's first column.

    Raises DecoderError, with the line's number where there is one to name.
    """
    # Whoever knows hotwords by their class alone, as the window does, reads no tables.
    import csv

    from asr_desktop.base.text_file import read_any_text

    file = Path(path)
    try:
        lines = _entries(read_any_text(file, _MOST_FILE_BYTES))
    except (*READ_ERRORS, csv.Error) as error:
        raise DecoderError(
            Sentence(
                "The hotwords file {file} cannot be read: {reason}; check its name and permissions.",
                file=str(file),
                reason=error,
            )
        ) from error
    hotwords = []
    for number, cells in lines:
        try:
            hotwords.append(_parse_cells(cells))
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


def _entries(found: FoundText) -> list[tuple[int, list[str]]]:
    """(line, cells) of a file of lines, or of a table whose first column has the hotwords."""
    import csv

    numbered = enumerate((_COMMENT.sub("", line).strip() for line in found.text.splitlines()), start=1)
    lines = [(number, line) for number, line in numbered if line]
    delimiter = next((sign for sign in "\t;" if any(sign in line for _, line in lines)), None)
    if delimiter is None and any(_COMMA_CELLS.fullmatch(line) for _, line in lines):
        delimiter = ","
    entries: list[tuple[int, list[str]]] = []
    for number, line in lines:
        if delimiter is None or (delimiter == "," and not _COMMA_CELLS.fullmatch(line)):
            cells = [_unquoted(line)]
        else:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        is_heading = not entries and cells[0].lower() in _HEADINGS and len(cells) > 1
        if not is_heading and any(cells):
            entries.append((number, cells))
    return entries


def _parse_cells(cells: Sequence[str]) -> Hotword:
    text, *others = cells
    stated = [cell for cell in others if cell]
    if not stated:
        return parse_hotword(text)
    if len(stated) > 1 or not _NUMBER.fullmatch(stated[0]):
        raise DecoderError(
            Sentence(
                "“{weight}” is not a weight; write the hotword in the first column and a number, or "
                "nothing, in the second.",
                weight="; ".join(stated),
            )
        )
    return parse_hotword(f"{text}:{stated[0]}")


def _unquoted(line: str) -> str:
    """Without the quotation marks that Excel puts around a cell with a comma in it."""
    is_cell = (
        len(line) > 1
        and line.startswith('"')
        and line.endswith('"')
        and '"' not in line[1:-1].replace('""', "")
    )
    return line[1:-1].replace('""', '"').strip() if is_cell else line


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
