"""Mozilla Common Voice: tables such as `train.tsv` and `validated.tsv` beside `clips/`.

The columns that matter: client_id (the speaker), path (a file in clips/), sentence. Naming the folder reads
its training split, so that the published test split stays unheard; a table can be named itself.
"""

from __future__ import annotations

import csv
from pathlib import Path

from trainer.data.reading import Reading, find_sound, first_line
from trainer.dataset import DataError

NAME = "common-voice"
DESCRIPTION = "a Common Voice tsv (client_id, path, sentence) beside clips/"

_COLUMNS = frozenset({"client_id", "path", "sentence"})
_PREFERRED = ("train.tsv", "validated.tsv", "dev.tsv", "test.tsv", "other.tsv")


def recognises(place: Path) -> bool:
    """One of its tables, or a folder with one."""
    return _table(place) is not None


def read(place: Path) -> Reading:
    """:raises DataError: no such table, or a damaged one."""
    table = _table(place)
    if table is None:
        raise DataError(f"{place} holds no table with the columns {', '.join(sorted(_COLUMNS))}; name one.")
    reading = Reading(place, NAME)
    others = [name for name in _PREFERRED if name != table.name and (table.parent / name).is_file()]
    if place.is_dir() and others:
        reading.notes.append(f"{table.name} was read; name {' or '.join(others)} to read that instead")
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        try:
            for row in rows:
                name = (row["path"] or "").strip()
                if not name:
                    reading.leave_out(f"{table.name}, line {rows.line_num}", "it names no file")
                    continue
                sound = find_sound(table.parent / "clips" / name) or find_sound(table.parent / name)
                reading.add(
                    sound or table.parent / "clips" / name,
                    row["sentence"],
                    speaker=row["client_id"],
                    item=name,
                )
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(f"{table} is damaged ({error}); fetch it again.") from None
    return reading


def _table(place: Path) -> Path | None:
    tables = [place / name for name in _PREFERRED] if place.is_dir() else [place]
    return next((table for table in tables if _is_table(table)), None)


def _is_table(path: Path) -> bool:
    return path.suffix == ".tsv" and path.is_file() and set(first_line(path).split("\t")) >= _COLUMNS
