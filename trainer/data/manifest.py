"""A manifest: a table of recordings, as tsv, csv or JSON lines.

    file            speaker  seconds  transcript
    a/0001.opus     anna     3.120    the boat came back

Only the file and the transcript are needed. Columns may have the names that other programs give them (NeMo's
`audio_filepath`, `duration`, `text`, `offset`). `start` and `end` are seconds inside a longer file; files are
looked for beside the manifest.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainer.data.reading import Reading, first_line, pick, read_lines
from trainer.dataset import DataError

NAME = "manifest"
DESCRIPTION = "a manifest.tsv, .csv or .jsonl with the columns file and transcript"

NAMES = ("manifest.tsv", "manifest.csv", "manifest.jsonl")

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
    if not place.is_file() or place.suffix.lower() not in (".tsv", ".csv", ".jsonl"):
        return False
    columns = columns_of(place)
    return pick(columns, FILE) is not None and pick(columns, TRANSCRIPT) is not None


def read(place: Path) -> Reading:
    """:raises DataError: no manifest, a missing column, a damaged line."""
    path = place
    if place.is_dir():
        found = [place / name for name in NAMES if (place / name).is_file()]
        if not found:
            raise DataError(f"{place} holds no {', '.join(NAMES)}; name the folder or the file that does.")
        path = found[0]
    reading = Reading(place, NAME)
    for number, row in _rows(path):
        item = f"{path.name}, line {number}"
        file = text_of(row, FILE)
        if not file:
            reading.leave_out(item, "it names no file")
            continue
        start = _number(row, START, path, number)
        end = _number(row, END, path, number)
        seconds = _number(row, SECONDS, path, number)
        if start is not None and end is None and seconds is not None:
            end = start + seconds
        reading.add(
            _place_of(file, path.parent),
            text_of(row, TRANSCRIPT),
            speaker=text_of(row, SPEAKER),
            session=text_of(row, SESSION),
            start_seconds=start or 0.0,
            end_seconds=end,
            seconds=seconds if end is None else None,
            item=file,
        )
    return reading


def columns_of(path: Path) -> list[str]:
    """The names in a table's first line (of a JSON lines file its keys)."""
    line = first_line(path)
    if path.suffix.lower() == ".jsonl":
        try:
            entry = json.loads(line)
        except ValueError:
            return []
        return list(entry) if isinstance(entry, dict) else []
    return next(csv.reader([line], delimiter="\t" if path.suffix.lower() == ".tsv" else ","), [])


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    columns = columns_of(path)
    for names in (FILE, TRANSCRIPT):
        if pick(columns, names) is None:
            raise DataError(f"{path} lacks the column {names[0]}; add it to the first line.")
    if path.suffix.lower() == ".jsonl":
        for number, line in enumerate(read_lines(path), start=1):
            if line.strip():
                try:
                    entry = json.loads(line)
                except ValueError:
                    entry = None
                if not isinstance(entry, dict):
                    raise DataError(f"{path}, line {number} is no JSON object; mend or remove it.")
                yield number, entry
        return
    tabs = path.suffix.lower() == ".tsv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        # Quotation marks in a tsv are part of the sentence.
        rows = (
            csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.DictReader(lines)
        )
        try:
            for row in rows:
                yield rows.line_num, row
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(
                f"{path} is damaged behind line {rows.line_num} ({error}); save it again as UTF-8."
            ) from None


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
        return float(text)
    except ValueError:
        raise DataError(f"{path}, line {line}: “{text}” is no number of seconds.") from None


def _place_of(file: str, folder: Path) -> Path:
    path = Path(file)
    return path if path.is_absolute() else folder / path
