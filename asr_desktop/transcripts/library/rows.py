"""Entries as rows of the database."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from asr_desktop.audio.input_files import parsed_stamp
from asr_desktop.base.errors import LibraryError
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.library.entry import Entry, moment_of, moment_text

_TAG_SEPARATOR = "\x1f"  # no tag holds a control character
_SELECT = """
    SELECT e.*, (SELECT group_concat(tag, char(31)) FROM tags WHERE entry_id = e.id) AS tags FROM entries AS e
"""


def all_entries(db: sqlite3.Connection, *, deleted: bool) -> list[Entry]:
    """Those in the bin, or those outside of it, the newest first."""
    condition = "e.deleted_at IS NOT NULL" if deleted else "e.deleted_at IS NULL"
    found = db.execute(f"{_SELECT} WHERE {condition} ORDER BY e.created_at DESC, e.id DESC")
    return [_entry(row) for row in found]


def one_entry(db: sqlite3.Connection, entry_id: int) -> Entry:
    """Raises LibraryError where there is none."""
    row = db.execute(f"{_SELECT} WHERE e.id = ?", (entry_id,)).fetchone()
    if row is None:
        raise LibraryError(
            Sentence(
                "The library has no entry {entry_id}: `asr-desktop library list` shows all entries.",
                entry_id=entry_id,
            )
        )
    return _entry(row)


def entry_of_session(db: sqlite3.Connection, folder: Path, started_at: datetime) -> Entry | None:
    """The entry of a recording, if it has one.

    A recording whose folder has the same name and that began at the same millisecond is the same one: the
    data folder was moved or copied.
    """
    row = db.execute(f"{_SELECT} WHERE e.session_folder = ?", (_path_value(folder),)).fetchone()
    if row is not None:
        return _entry(row)
    began_then = db.execute(
        f"{_SELECT} WHERE e.session_folder IS NOT NULL AND e.created_at = ? ORDER BY e.id",
        (moment_text(started_at),),
    )
    entries = map(_entry, began_then)
    return next((e for e in entries if e.session_folder and e.session_folder.name == folder.name), None)


def entries_of_source(db: sqlite3.Connection, source: Path) -> list[Entry]:
    """All entries of a file, those in the bin included, the newest first."""
    found = db.execute(
        f"{_SELECT} WHERE e.source = ? ORDER BY e.created_at DESC, e.id DESC", (_path_value(source),)
    )
    return [_entry(row) for row in found]


def all_tags(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Tags with the number of entries outside the bin that have them."""
    found = db.execute(
        "SELECT tag, count(*) FROM tags JOIN entries ON entries.id = entry_id WHERE deleted_at IS NULL "
        "GROUP BY tag"
    )
    return sorted(((row[0], row[1]) for row in found), key=lambda item: item[0].casefold())


def free_id(db: sqlite3.Connection, folder: Path) -> int:
    """The next number that neither the database nor a folder has ever had."""
    used = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    entry_id = (used[0] if used else 0) + 1
    while (folder / f"{entry_id:06d}").exists():
        entry_id += 1
    return entry_id


def insert(db: sqlite3.Connection, entry: Entry) -> None:
    """A new row, with the entry's own number."""
    columns = _columns(entry)
    names = ", ".join(["id", *columns])
    marks = ", ".join("?" * (len(columns) + 1))
    db.execute(f"INSERT INTO entries ({names}) VALUES ({marks})", (entry.id, *columns.values()))
    _set_tags(db, entry)


def update(db: sqlite3.Connection, entry: Entry) -> None:
    """The row of an entry that is there already."""
    columns = _columns(entry)
    settings = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"UPDATE entries SET {settings} WHERE id = ?", (*columns.values(), entry.id))
    _set_tags(db, entry)


def remove(db: sqlite3.Connection, entry_id: int) -> None:
    """The row of an entry, and its tags."""
    db.execute("DELETE FROM entries WHERE id = ?", (entry_id,))


def _set_tags(db: sqlite3.Connection, entry: Entry) -> None:
    db.execute("DELETE FROM tags WHERE entry_id = ?", (entry.id,))
    db.executemany("INSERT INTO tags (entry_id, tag) VALUES (?, ?)", [(entry.id, tag) for tag in entry.tags])


def _columns(entry: Entry) -> dict[str, str | bytes | float | None]:
    return {
        "kind": entry.kind,
        "title": entry.title,
        "source": _path_value(entry.source),
        "session_folder": None if entry.session_folder is None else _path_value(entry.session_folder),
        "created_at": moment_text(entry.created_at),
        "duration_seconds": entry.duration_seconds,
        "model": entry.model,
        "word_count": entry.word_count,
        "first_words": entry.first_words,
        "edited_at": None if entry.edited_at is None else moment_text(entry.edited_at),
        "deleted_at": None if entry.deleted_at is None else moment_text(entry.deleted_at),
        # As text: a time of change may be beyond SQLite's integers.
        "source_stamp": None if entry.source_stamp is None else json.dumps(entry.source_stamp),
        "owes_outputs": int(entry.owes_outputs),
    }


def _entry(row: sqlite3.Row) -> Entry:
    # Of a database that an older version filled from a damaged folder.
    created_at = moment_of(row["created_at"]) or datetime.fromtimestamp(0, UTC)
    tags = row["tags"].split(_TAG_SEPARATOR) if row["tags"] else []
    return Entry(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        source=_path(row["source"]),
        session_folder=None if row["session_folder"] is None else _path(row["session_folder"]),
        created_at=created_at,
        duration_seconds=row["duration_seconds"],
        model=row["model"],
        word_count=row["word_count"],
        first_words=row["first_words"],
        tags=tuple(sorted(tags, key=str.casefold)),
        edited_at=moment_of(row["edited_at"]),
        deleted_at=moment_of(row["deleted_at"]),
        source_stamp=parsed_stamp(json.loads(row["source_stamp"] or "null")),
        owes_outputs=bool(row["owes_outputs"]),
    )


def _path_value(path: Path) -> str | bytes:
    """Text, or bytes for a name that is not valid Unicode: SQLite takes both."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return str(path)


def _path(value: str | bytes) -> Path:
    return Path(os.fsdecode(value))
