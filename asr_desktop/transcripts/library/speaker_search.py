"""Who speaks in which entry: speakers as a part of a search, and their turns as what it finds."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Sequence

from asr_desktop.base.errors import ExportError
from asr_desktop.transcripts.library.entry import TRANSCRIPT_FILE, EntryFolder
from asr_desktop.transcripts.library.search import (
    Hit,
    Term,
    first_words,
    hit_of_row,
    index_transcript,
    tokens,
)

_NAMED = b'"speaker"'


def all_speakers(db: sqlite3.Connection) -> list[str]:
    """Everybody who speaks in an entry outside the bin, by name."""
    found = db.execute(
        "SELECT DISTINCT p.speaker FROM passages AS p JOIN entries AS e ON e.id = p.entry_id "
        "WHERE p.speaker > '' AND e.deleted_at IS NULL"
    )
    return sorted((row[0] for row in found), key=str.casefold)


def speakers_called(db: sqlite3.Connection, asked: Sequence[Term]) -> frozenset[str]:
    """The speakers of whom one is asked for: with any of these terms in the name."""
    names = (row[0] for row in db.execute("SELECT DISTINCT speaker FROM passages WHERE speaker > ''"))
    return frozenset(name for name in names if any(_is_called(name, term) for term in asked))


def _is_called(name: str, term: Term) -> bool:
    spoken = tokens(name)
    return any(term.is_at(spoken, place) for place in range(len(spoken)))


def entries_with(db: sqlite3.Connection, speakers: Iterable[str]) -> set[int]:
    """The entries in which one of these speaks, those in the bin included."""
    entries: set[int] = set()
    for name in speakers:
        rows = db.execute("SELECT DISTINCT entry_id FROM passages WHERE speaker = ?", (name,))
        entries.update(row[0] for row in rows)
    return entries


def turns_of(
    db: sqlite3.Connection, speakers: Iterable[str], limit: int, within: set[int] | None = None
) -> list[Hit]:
    """At most `limit` places where one of these begins to speak, in the newest entries."""
    names = sorted(speakers)
    wanted = "" if within is None else f"AND e.id IN ({','.join(map(str, sorted(within)))})"
    rows = db.execute(
        f"""
        SELECT e.id, e.title, e.created_at, p.words, p.starts_ms, p.own_words, p.speaker
        FROM passages AS p JOIN entries AS e ON e.id = p.entry_id
        WHERE p.speaker IN ({",".join("?" * len(names))}) AND e.deleted_at IS NULL {wanted}
            AND NOT EXISTS (
                SELECT 1 FROM passages AS q
                WHERE q.id = p.id + 1 AND q.entry_id = p.entry_id AND q.speaker = p.speaker
            )
        ORDER BY p.id DESC LIMIT ?
        """,
        (*names, limit),
    )
    hits = [hit_of_row(row, array("i", row["starts_ms"])[0], *first_words(row)) for row in rows]
    return sorted(hits, key=lambda hit: hit.created_at, reverse=True)


def unasked(db: sqlite3.Connection) -> list[int]:
    """The entries that an older version took in without asking who speaks."""
    return [row[0] for row in db.execute("SELECT DISTINCT entry_id FROM passages WHERE speaker IS NULL")]


def ask(db: sqlite3.Connection, entry_id: int, folder: EntryFolder) -> None:
    """Take in who speaks in such an entry. Most have nobody named, and are not read for it."""
    try:
        if _NAMED in (folder.path / TRANSCRIPT_FILE).read_bytes():
            index_transcript(db, entry_id, folder.read_transcript())
    except (OSError, ExportError):
        pass  # it is told where somebody opens it
    db.execute("UPDATE passages SET speaker = '' WHERE entry_id = ? AND speaker IS NULL", (entry_id,))
