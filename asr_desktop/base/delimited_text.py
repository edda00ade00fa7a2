"""Tables as text: whatever Excel, LibreOffice and scripts save as csv, tsv or "Unicode text".

    table = read_table(Path("manifest.csv"))
    for row in table.rows:
        print(row.line, row.values["transcript"])

The sign between the columns (tab, semicolon, comma or |) is the one that the first line has most of; Excel's
`sep=;` counts. The encoding is found by text_file. A cell may be in quotation marks, and then hold the sign
itself, line breaks, and quotation marks twice each; only in a tab-separated table in UTF-8, which no Excel
writes, are quotation marks part of the text.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import SmallFileError
from asr_desktop.base.text_file import FoundText, read_any_text

MOST_BYTES = 1_000_000_000
"""Of a table: several million recordings."""
DELIMITERS = "\t;,|"  # of equally many in the first line, the earlier one


@dataclass(frozen=True, slots=True)
class Row:
    """A row with something in it. line: where it ends, from 1. surplus: it has more cells than the first
    line names, which happens where a text holds the sign between the columns and no quotation marks."""

    line: int
    values: Mapping[str, str]
    surplus: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """columns: the first line's names. encoding: see `text_file.FoundText`."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    encoding: str


def read_table(path: str | os.PathLike[str], most_bytes: int = MOST_BYTES) -> Table:
    """All of a table. Raises OSError, or SmallFileError with the line where quotation marks do not fit."""
    found = read_any_text(path, most_bytes)
    cells = split_rows(found)
    columns = tuple(name.strip() for name in next(cells, (0, []))[1])
    rows = []
    for line, values in cells:
        named = {name: value.strip() for name, value in zip(columns, values, strict=False) if name}
        rows.append(Row(line, named, any(value.strip() for value in values[len(columns) :])))
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
