"""Mozilla Common Voice: tables such as `train.tsv` and `validated.tsv` beside `clips/`.

The columns that matter: client_id (the speaker), path (a file in clips/), sentence. Naming the folder reads
its training split, so that the published test split stays unheard; a table can be named itself.
"""

from __future__ import annotations

from pathlib import Path

from asr_desktop.base.text_file import columns_of, first_line
from asr_desktop.teaching.data.reading import MORE_CELLS, Reading, note_encoding, read_rows, sound_named
from asr_desktop.teaching.dataset import DataError

NAME = "common-voice"
DESCRIPTION = "a Common Voice tsv (client_id, path, sentence) next to clips/"

_COLUMNS = frozenset({"client_id", "path", "sentence"})
_PREFERRED = ("train.tsv", "validated.tsv", "dev.tsv", "test.tsv", "other.tsv")


def recognises(place: Path) -> bool:
    """One of its tables, or a folder with one."""
    return _table(place) is not None


def read(place: Path) -> Reading:
    """:raises DataError: no such table, or a damaged one."""
    table = _table(place)
    if table is None:
        raise DataError(f"{place} has no table with the columns {', '.join(sorted(_COLUMNS))}; choose one.")
    reading = Reading(place, NAME)
    others = [name for name in _PREFERRED if name != table.name and (table.parent / name).is_file()]
    if place.is_dir() and others:
        reading.notes.append(f"{table.name} was read; choose {' or '.join(others)} to read that instead")
    content = read_rows(table)
    note_encoding(reading, table, content)
    for row in content.rows:
        name = row.values.get("path", "")
        if not name or row.surplus:
            reason = "it has no file name" if not name else MORE_CELLS
            reading.leave_out(f"{table.name}, line {row.line}", reason)
            continue
        clips = sound_named(name, table.parent / "clips")
        reading.add(
            clips if clips.is_file() else sound_named(name, table.parent),
            row.values.get("sentence"),
            speaker=row.values.get("client_id"),
            item=name,
        )
    return reading


def _table(place: Path) -> Path | None:
    tables = [place / name for name in _PREFERRED] if place.is_dir() else [place]
    return next((table for table in tables if _is_table(table)), None)


def _is_table(path: Path) -> bool:
    if path.suffix.lower() not in (".tsv", ".csv", ".txt") or not path.is_file():
        return False
    return set(columns_of(first_line(path))) >= _COLUMNS
