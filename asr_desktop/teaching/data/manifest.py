"""A manifest: a table of recordings, as tsv, csv (also Excel's, see asr_desktop.base.text_file) or JSON
lines.

    file            speaker  seconds  transcript
    a/0001.opus     anna     3.120    the boat came back

Only the file and the transcript are needed. Columns may have the names that other programs give them (NeMo's
`audio_filepath`, `duration`, `text`, `offset`). `start` and `end` are seconds inside a longer file; files are
looked for beside the manifest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from asr_desktop.base import text_file
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import SmallFileError, parse_json
from asr_desktop.base.text_file import first_line
from asr_desktop.teaching.data.reading import (
    MORE_CELLS,
    Reading,
    note_encoding,
    pick,
    read_lines,
    read_rows,
    sound_named,
)
from asr_desktop.teaching.dataset import DataError

NAME = "manifest"
DESCRIPTION = "a manifest.tsv, .csv, .txt or .jsonl with the columns file and transcript"

NAMES = ("manifest.tsv", "manifest.csv", "manifest.jsonl", "manifest.txt")  # .txt: Excel's "Unicode text"
_SUFFIXES = (".tsv", ".csv", ".jsonl", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")

FILE = ("file", "file_name", "path", "audio_filepath", "audio", "wav", "filename", "audio_path", "audio_file")
TRANSCRIPT = ("transcript", "text", "sentence", "transcription", "words", "normalized_text")
SPEAKER = ("speaker", "speaker_id", "client_id", "spk", "speaker_name")
SESSION = ("session", "session_id", "chapter", "chapter_id", "recording")
SECONDS = ("seconds", "duration", "length_seconds")
START = ("start", "start_seconds", "offset", "start_time")
END = ("end", "end_seconds", "end_time")


def recognises(place: Path) -> bool:
    """A folder with a manifest by its usual name, or any table whose first line has the two columns."""
    if place.is_dir():
        return any((place / name).is_file() for name in NAMES)
    if place.suffix.lower() in _WORKBOOKS:
        return place.is_file()  # `read` says what to do with it
    if not place.is_file() or place.suffix.lower() not in _SUFFIXES:
        return False
    columns = columns_of(place)
    return pick(columns, FILE) is not None and pick(columns, TRANSCRIPT) is not None


def read(place: Path) -> Reading:
    """:raises DataError: no manifest, a missing column, a damaged line."""
    path = place
    if place.is_dir():
        found = [place / name for name in NAMES if (place / name).is_file()]
        if not found:
            raise DataError(f"{place} contains no {', '.join(NAMES)}; choose the folder or file that does.")
        path = found[0]
    if path.suffix.lower() in _WORKBOOKS:
        raise DataError(
            Sentence(
                "{path} is a workbook; save its table as CSV UTF-8 (in Excel: File, Save as) and choose "
                "that.",
                path=path,
            )
        )
    reading = Reading(place, NAME)
    for number, row in _rows(path, reading):
        item = f"{path.name}, line {number}"
        if row is None:
            reading.leave_out(item, MORE_CELLS)
            continue
        file = text_of(row, FILE)
        if not file:
            reading.leave_out(item, "it has no file name")
            continue
        start = _number(row, START, path, number)
        end = _number(row, END, path, number)
        seconds = _number(row, SECONDS, path, number)
        if start is not None and end is None and seconds is not None:
            end = start + seconds
        reading.add(
            sound_named(file, path.parent),
            text_of(row, TRANSCRIPT),
            speaker=text_of(row, SPEAKER),
            session=text_of(row, SESSION),
            start_seconds=start or 0.0,
            end_seconds=end,
            seconds=seconds if end is None else None,
            item=file,
        )
    return reading


def transcripts(path: Path) -> dict[Path, str]:
    """The texts of a table, of each file as a whole and as they are written: pieces of one file are joined in
    their order.

    :raises DataError: a missing column, a damaged line.
    """
    texts: dict[Path, str] = {}
    for _, row in _rows(path, Reading(path, NAME)):
        if row is not None and (file := text_of(row, FILE)):
            sound = sound_named(file, path.parent)
            texts[sound] = f"{texts.get(sound, '')} {text_of(row, TRANSCRIPT)}".strip()
    return texts


def columns_of(path: Path) -> list[str]:
    """The names in a table's first line (of a JSON lines file its keys)."""
    line = first_line(path)
    if path.suffix.lower() == ".jsonl":
        try:
            entry = parse_json(line)
        except SmallFileError:
            return []
        return list(entry) if isinstance(entry, dict) else []
    return text_file.columns_of(line)


def _rows(path: Path, reading: Reading) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """(line, what it says), None for a line that does not fit the columns."""
    if path.suffix.lower() == ".jsonl":
        _check_columns(columns_of(path), path)
        for number, line in enumerate(read_lines(path), start=1):
            if line.strip():
                try:
                    entry = parse_json(line)
                except SmallFileError:
                    entry = None
                if not isinstance(entry, dict):
                    raise DataError(f"{path}, line {number} is not a JSON object; fix or delete it.")
                yield number, entry
        return
    table = read_rows(path)
    _check_columns(table.columns, path)
    note_encoding(reading, path, table)
    for row in table.rows:
        yield row.line, None if row.surplus else row.values


def _check_columns(columns: Sequence[str], path: Path) -> None:
    for names in (FILE, TRANSCRIPT):
        if pick(columns, names) is None:
            found = ", ".join(columns[:8]) or "nothing"
            raise DataError(f"{path} has no column {names[0]}; add it to the first line, which has {found}.")


def text_of(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """What a row says under the first of the names it has, "" where it says nothing."""
    column = pick([name for name in row if isinstance(name, str)], names)
    value = row[column] if column is not None else None
    return "" if value is None else str(value).strip()


def _number(row: Mapping[str, Any], names: tuple[str, ...], path: Path, line: int) -> float | None:
    text = text_of(row, names)
    if not text:
        return None
    try:
        number = float(
            text if "." in text else text.replace(",", ".")
        )  # Excel writes them as the country does
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"{path}, line {line}: “{text}” is not a number of seconds.")
    return number
