"""The database's tables, and how a file of an older version becomes one of this version."""

from __future__ import annotations

import sqlite3

from asr_desktop.base.errors import LibraryError
from asr_desktop.base.sentences import Sentence

# The steps from each version to the next; a new file takes them all. A step that was ever released is never
# changed: what it made lies on people's disks.
_MIGRATIONS = (
    """
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        source TEXT NOT NULL,
        session_folder TEXT,
        created_at TEXT NOT NULL,
        duration_seconds REAL NOT NULL,
        model TEXT NOT NULL,
        word_count INTEGER NOT NULL,
        first_words TEXT NOT NULL
    );
    CREATE INDEX entries_by_date ON entries (created_at);
    CREATE TABLE tags (
        entry_id INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE,
        tag TEXT NOT NULL,
        PRIMARY KEY (entry_id, tag)
    ) WITHOUT ROWID;
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY,
        entry_id INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE,
        words TEXT NOT NULL,
        starts_ms BLOB NOT NULL,
        own_words INTEGER NOT NULL
    );
    CREATE INDEX passages_of_entry ON passages (entry_id);
    CREATE VIRTUAL TABLE passage_index USING fts5 (
        tokens,
        columnsize = 0,
        prefix = '1 2 3',
        tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
    );
    """,
    """
    ALTER TABLE entries ADD COLUMN edited_at TEXT;
    ALTER TABLE entries ADD COLUMN deleted_at TEXT;
    CREATE INDEX entries_by_source ON entries (source);
    """,
    """
    ALTER TABLE entries ADD COLUMN source_stamp TEXT;
    ALTER TABLE entries ADD COLUMN owes_outputs INTEGER NOT NULL DEFAULT 0;
    """,
    # NULL where nobody has looked yet who speaks, see `speaking`; empty where nobody is named.
    """
    ALTER TABLE passages ADD COLUMN speaker TEXT;
    CREATE INDEX passages_by_speaker ON passages (speaker, entry_id);
    """,
)

VERSION = len(_MIGRATIONS)


def migrate(db: sqlite3.Connection, name: str) -> None:
    """Bring the tables up to this version, in one transaction; a file that has none gets them.

    Raises LibraryError for a file of a newer version.
    """
    if version_of(db) == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Asked again under the lock: another process may just have done it.
        version = version_of(db)
        if version > VERSION:
            raise LibraryError(
                Sentence(
                    "{name} was written by a newer version of this program (version {version}, this one "
                    "reads up to {newest}): update the program to open it.",
                    name=name,
                    version=version,
                    newest=VERSION,
                )
            )
        for step in _MIGRATIONS[version:]:
            for statement in step.split(";\n"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def version_of(db: sqlite3.Connection) -> int:
    """Which of the versions above a file has; 0 for a new one."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version
