"""Connections to the library's database, for any number of threads and processes at once."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from asr_desktop.base.atomic_write import is_full
from asr_desktop.base.errors import LibraryError
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence

# The database's tables, and how a file of an older version becomes one of this version

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


BUSY_SECONDS = 30.0
_PROBE_BYTES = 128 * 1024
_UNWRITABLE = (
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DamagedDatabaseError(Exception):
    """The database cannot be used as it is; the folders it was made from can.

    `identity`: of the damaged file, see `identity_of`.
    """

    def __init__(self, reason: str, identity: object) -> None:
        super().__init__(reason)
        self.identity = identity


class Database:
    """Keeps connections for those who need one; each is used by one thread at a time.

    Readers see the state of before or after a change and never wait for it; changes wait for one another.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._idle: list[tuple[sqlite3.Connection, object]] = []

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for questions, also where nothing can be written. Raises LibraryError or
        DamagedDatabaseError."""
        with _explained(self.path):
            try:
                connection, identity = self._take()
            except sqlite3.OperationalError as error:
                with closing(_open_unwritable(self.path, error)) as connection:
                    yield connection
                return
            with self._lent(connection, identity):
                yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction that holds the only right to write, from its beginning.

        An exception takes the changes back.
        """
        with _explained(self.path):
            connection, identity = self._take()
            with self._lent(connection, identity):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):  # the first error is the one to tell of
                        connection.execute("ROLLBACK")
                    raise

    def close(self) -> None:
        """Closes what lies idle; another use opens it again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.close()

    def _take(self) -> tuple[sqlite3.Connection, object]:
        identity = identity_of(self.path)
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection, made_for = self._idle.pop()
            if made_for == identity and identity is not None:
                return connection, made_for
            connection.close()  # the file was replaced, by a repair in another process
        connection = open_connection(self.path)
        return connection, identity_of(self.path)

    @contextmanager
    def _lent(self, connection: sqlite3.Connection, identity: object) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error:
            connection.close()
            raise
        except BaseException:
            self._give_back(connection, identity)
            raise
        self._give_back(connection, identity)

    def _give_back(self, connection: sqlite3.Connection, identity: object) -> None:
        with self._lock:
            self._idle.append((connection, identity))


def open_connection(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode to a database of this version, which is made if it is not there."""
    try:
        make_folder(path.parent)
    except OSError as error:
        raise LibraryError(
            Sentence(
                "The folder {parent} cannot be created: the disk is full; free some space and try again.",
                parent=path.parent,
            )
            if is_full(error)
            else Sentence(
                "The folder {parent} cannot be created ({reason}): check its permissions.",
                parent=path.parent,
                reason=error.strerror or error,
            )
        ) from error
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last changes of the index, never its order; the folders have them.
        connection.execute("PRAGMA synchronous = NORMAL")
        # No question needs room on a disk.
        connection.execute("PRAGMA temp_store = MEMORY")
        migrate(connection, str(path))
    except BaseException:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection


def _open_unwritable(path: Path, reason: sqlite3.OperationalError) -> sqlite3.Connection:
    """A connection that only reads, for a full disk or one that may not be written; raises `reason` where
    there is none.

    SQLite's write-ahead log wants a file of its own even from readers. With the database to itself a
    connection keeps that in memory; where even a lock cannot be had (a read-only disk) the file is read as
    it is, which is right as long as there is no log beside it.
    """
    if (reason.sqlite_errorcode & 0xFF) not in _UNWRITABLE or not path.is_file():
        raise reason
    uri = path.absolute().as_uri()
    log = path.with_name(path.name + "-wal")
    ways = [(f"{uri}?mode=rw", "PRAGMA locking_mode = EXCLUSIVE")]
    if not log.exists() or log.stat().st_size == 0:
        ways.append((f"{uri}?immutable=1", "PRAGMA query_only = ON"))
    for address, setting in ways:
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(setting)
            is_readable = version_of(connection) == VERSION
            connection.execute("SELECT count(*) FROM entries")
        except sqlite3.OperationalError:
            is_readable = False
        if is_readable:
            connection.row_factory = sqlite3.Row
            return connection
        connection.close()
    raise reason


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    identity = identity_of(path)
    if identity is not None and not path.is_file() and not path.is_dir():
        raise DamagedDatabaseError(Sentence("it is a pipe, a socket or a device, not a file"), identity)
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED or str(error).startswith(("no such table", "no such column", "vtable")):
            raise DamagedDatabaseError(str(error), identity) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            sentence = Sentence("is in use by another program: try again in a moment")
        elif code == sqlite3.SQLITE_FULL or (code in _UNWRITABLE and _is_disk_full(path.parent)):
            sentence = Sentence("cannot grow, the disk is full: free some space and try again")
        elif code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            sentence = Sentence("cannot be written: check the permissions of the file and its folder")
        elif code == sqlite3.SQLITE_IOERR:
            sentence = Sentence("cannot be read or written ({reason}): check its disk", reason=error)
        else:
            raise  # a defect of ours
        raise LibraryError(
            Sentence("The library {path} {sentence}.", path=path, sentence=sentence)
        ) from error


def _is_disk_full(folder: Path) -> bool:
    """Asked by trying: neither quotas nor the system's own reserve show in the figures of a disk."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return is_full(error)
    return False


def identity_of(path: Path) -> object:
    """Something that differs between a file and another one that took its name; None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
