"""Text and tables as other programs save them: UTF-8, Excel's "Unicode text" (UTF-16) or Windows-1252.

What is neither is refused with what it is instead (a workbook, a picture, another code page), since a wrong
guess would teach or look for words that nobody wrote.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import (
    MOST_BYTES,
    READ_ERRORS,
    SmallFileError,
    decoded,
    open_regular,
    read_bytes,
)

WESTERN = "Windows-1252"

_START_BYTES = 65_536
_LEAST_LETTERS = 20
_MOST_ACCENTED = 0.25
"""Share of letters beyond ASCII that no Western European language reaches; Cyrillic or Greek read as if it
were Western has nothing else."""
_WESTERN_SIGNS = frozenset(
    "ÄÖÜäöüßẞÀÂÇÈÉÊËÎÏÔÙÛŸàâçèéêëîïôùûÿŒœÁÍÑÓÚáíñóúÃÕãõÌÒìòÅåÆæ¡¿ªº"
    "€‚ƒ„…†‡‰‹‘’“”•–—˜™›\xa0¢£¥§©«¬\xad®°±²³´µ¶·¹»¼½¾×÷"
)
_SIGNATURES = (
    (b"PK\x03\x04", Sentence("it is a workbook or another packed document; save it as CSV UTF-8")),
    (
        b"\xd0\xcf\x11\xe0",
        Sentence("it is a workbook or document from an old version of Office; save it as CSV UTF-8"),
    ),
    (codecs.BOM_UTF32_LE, Sentence("it is in UTF-32; save it as UTF-8")),
    (codecs.BOM_UTF32_BE, Sentence("it is in UTF-32; save it as UTF-8")),
    (b"%PDF", Sentence("it is a PDF; save its text as a text file")),
    (b"{\\rtf", Sentence("it is a formatted document (RTF); save it as plain text")),
)


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text and how it was written: "UTF-8", "UTF-16" or WESTERN."""

    text: str
    encoding: str


def read_any_text(path: str | os.PathLike[str], most_bytes: int = MOST_BYTES) -> FoundText:
    """The text of a file. Raises OSError or SmallFileError."""
    return text_of(read_bytes(path, most_bytes))


def first_line(path: str | os.PathLike[str]) -> str:
    """The first line of a file, "" where it has none or is no text: for guessing what it is."""
    try:
        with open_regular(path) as file:
            start = file.read(_START_BYTES)
        if len(start) == _START_BYTES:
            start = start[: start.rfind(b"\n") // 2 * 2]  # no half of a letter, in UTF-16 either
        lines = text_of(start).text.splitlines()
    except READ_ERRORS:
        return ""
    return lines[0] if lines else ""


def text_of(data: bytes) -> FoundText:
    """The text of a file's bytes. Raises SmallFileError with what they are instead."""
    for signature, reason in _SIGNATURES:
        if data.startswith(signature):
            raise SmallFileError(reason)
    utf_16 = _utf_16(data)
    if utf_16 is not None:
        try:
            return FoundText(data.decode(utf_16).removeprefix("\ufeff"), "UTF-16")
        except UnicodeDecodeError:
            raise SmallFileError(Sentence("its text in UTF-16 is damaged or incomplete")) from None
    if b"\0" in data:
        raise SmallFileError(Sentence("it is not text"))
    try:
        return FoundText(decoded(data), "UTF-8")
    except SmallFileError:
        text = _western(data)
    if text is None:
        raise SmallFileError(Sentence("it is neither UTF-8 nor Windows-1252; save it as UTF-8"))
    return FoundText(text, WESTERN)


def encoding_of(start: bytes) -> str:
    """Python's name of the encoding of a text that begins with these bytes; UTF-8 where they do not tell.

    For texts of any size, which are read line by line. Raises SmallFileError for what is not text.
    """
    is_other = any(start.startswith(signature) for signature, _ in _SIGNATURES)
    utf_16 = None if is_other else _utf_16(start)
    if utf_16 is None and (is_other or b"\0" in start):
        raise SmallFileError(Sentence("it is not text; save it as plain text"))
    if utf_16 is not None:
        return utf_16
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # its last letter may be cut off
    except UnicodeDecodeError:
        if _western(start) is not None:
            return "cp1252"
    return "utf-8-sig"


def _utf_16(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[: 2 * (min(len(data), 4000) // 2)]
    # Without a mark: Western text has a zero for every other byte.
    if start and start[1::2].count(0) > 0.7 * len(start) / 2 and 0 not in start[::2]:
        return "utf-16-le"
    if start and start[::2].count(0) > 0.7 * len(start) / 2 and 0 not in start[1::2]:
        return "utf-16-be"
    return None


def _western(data: bytes) -> str | None:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    if any(sign >= "\x80" and sign not in _WESTERN_SIGNS for sign in set(text)):
        return None
    letters = [sign for sign in text if sign.isalpha()]
    accented = sum(sign >= "\x80" for sign in letters)
    return None if len(letters) >= _LEAST_LETTERS and accented > _MOST_ACCENTED * len(letters) else text


# Tables as text: whatever Excel, LibreOffice and scripts save as csv, tsv or "Unicode text".
#
#     table = read_table(Path("manifest.csv"))
#     for row in table.rows:
#         print(row.line, row.values["transcript"])
#
# The sign between the columns (tab, semicolon, comma or |) is the one that the first line has most of;
# Excel's `sep=;` counts. The encoding is found by text_file. A cell may be in quotation marks, and then
# hold the sign itself, line breaks, and quotation marks twice each; only in a tab-separated table in UTF-8,
# which no Excel writes, are quotation marks part of the text.

MOST_TABLE_BYTES = 1_000_000_000
"""Of a table: several million recordings."""
DELIMITERS = "\t;,|"  # of equally many in the first line, the earlier one


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with something in it. line: where it ends, from 1. surplus: it has more cells than the first
    line names, which happens where a text holds the sign between the columns and no quotation marks."""

    line: int
    values: Mapping[str, str]
    surplus: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """columns: the first line's names. encoding: see `text_file.FoundText`."""

    columns: tuple[str, ...]
    rows: Sequence[TableRow]
    encoding: str


def read_table(path: str | os.PathLike[str], most_bytes: int = MOST_TABLE_BYTES) -> Table:
    """All of a table. Raises OSError, or SmallFileError with the line where quotation marks do not fit."""
    found = read_any_text(path, most_bytes)
    cells = split_rows(found)
    columns = tuple(name.strip() for name in next(cells, (0, []))[1])
    rows = []
    for line, values in cells:
        named = {name: value.strip() for name, value in zip(columns, values, strict=False) if name}
        rows.append(TableRow(line, named, any(value.strip() for value in values[len(columns) :])))
    return Table(columns, rows, found.encoding)


def columns_of(line: str) -> list[str]:
    """The names in a table's first line."""
    return next(csv.reader([line], delimiter=delimiter_of(line)), [])


def delimiter_of(line: str) -> str:
    """The sign between the columns, by a table's first line."""
    hint = line.strip().lower()
    if len(hint) == len("sep=;") and hint.startswith("sep="):
        return hint[-1]
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def split_rows(found: FoundText, delimiter: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """(line where it ends, cells) of each row that is not empty. Raises SmallFileError."""
    text = found.text.replace("\0", "")
    first = text.lstrip("\r\n").partition("\n")[0].rstrip("\r")
    has_hint = first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;")
    delimiter = delimiter or delimiter_of(first)
    is_plain = delimiter == "\t" and found.encoding == "UTF-8"
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if is_plain else csv.QUOTE_MINIMAL,
        strict=True,
    )
    try:
        for number, cells in enumerate(row for row in rows if any(cell.strip() for cell in row)):
            if number or not has_hint:
                yield rows.line_num, cells
    except csv.Error:
        raise SmallFileError(
            Sentence(
                "the quotation marks in line {number} do not match: a cell that starts with one must "
                "end with one, and those inside must be doubled",
                number=rows.line_num,
            )
        ) from None
