"""Making the database again from the entries' folders, which hold all that it knows."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from asr_desktop.audio.input_files import parsed_stamp
from asr_desktop.base.errors import ExportError, LibraryError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import rows
from asr_desktop.transcripts.library.database import (
    DamagedDatabaseError,
    Database,
    identity_of,
    open_connection,
)
from asr_desktop.transcripts.library.entry import (
    FILE,
    SESSION,
    TRANSCRIPT_FILE,
    Entry,
    EntryFolder,
    about,
    clean_tags,
    clean_title,
    moment_of,
    moment_text,
)
from asr_desktop.transcripts.library.search import index_transcript

# A library that mends itself: whoever calls it never meets a damaged database, only a sentence about it

P = ParamSpec("P")
R = TypeVar("R")


class Mender:
    """Looks after one database, which is only an index of the entries' folders."""

    def __init__(self, path: Path, entries_folder: Path, database: Database) -> None:
        self.path = path
        self.notices: list[str] = []
        """Sentences about what was mended, for whoever shows them."""
        self._entries_folder = entries_folder
        self._database = database
        self._knows_strays = False

    def take_in_strays(self) -> None:
        """Once: folders that a killed program left without a row in the database get one."""
        if self._knows_strays:
            return
        self._knows_strays = True
        with self._database.reading() as db:
            has_strays = bool(strays(db, self._entries_folder))
        if has_strays:
            # Where the disk is full or may not be written, what the database knows can still be read.
            with suppress(LibraryError), self._database.changing() as db:
                self.notices.extend(take_in(db, self._entries_folder).problems)

    def mend(self, damage: DamagedDatabaseError) -> None:
        """Set the damaged file aside and make another one from the folders."""
        self._database.close()
        report = rebuild(self.path, self._entries_folder, damage=damage)
        if report.set_aside is not None:
            self.notices.append(
                Sentence(
                    "The library index was damaged ({damage}) and was rebuilt from {entries} "
                    "transcripts; the damaged file is now {set_aside}.",
                    damage=damage,
                    entries=report.entries,
                    set_aside=report.set_aside,
                )
            )
        self.notices.extend(report.problems)

    def repair(self, progress: Callable[[int, int], None] | None = None) -> RepairReport:
        """Make the database again, whatever state it is in."""
        self._database.close()
        report = rebuild(self.path, self._entries_folder, progress)
        self._knows_strays = True
        return report


class Mendable(Protocol):
    """What has somebody who looks after its database."""

    mender: Mender


M = TypeVar("M", bound=Mendable)


def mended(method: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """A method that finds the database damaged is called again when that is mended."""

    @wraps(method)
    def call(self: M, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            self.mender.take_in_strays()
            return method(self, *args, **kwargs)
        except DamagedDatabaseError as damage:
            self.mender.mend(damage)
        try:
            return method(self, *args, **kwargs)
        except DamagedDatabaseError as damage:
            raise LibraryError(
                Sentence(
                    "The library {path} was repaired but is damaged again ({damage}): check its disk.",
                    path=self.mender.path,
                    damage=damage,
                )
            ) from damage

    return call


LOCK_PATIENCE_SECONDS = 600.0
_SIDE_FILES = ("-wal", "-shm")
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair did."""

    entries: int
    problems: list[str] = field(default_factory=list)
    """A sentence for each folder that could not be read; it was left as it is."""
    set_aside: Path | None = None
    """Where the former database lies now, if it was damaged."""


def folder_of(entries_folder: Path, entry_id: int) -> Path:
    """Where the entry of this number lies."""
    return entries_folder / f"{entry_id:06d}"


def strays(db: sqlite3.Connection, entries_folder: Path) -> set[int]:
    """Numbers of folders that the database does not know: a program was killed between the two."""
    known = {row[0] for row in db.execute("SELECT id FROM entries")}
    return set(_numbers(entries_folder)) - known


def foreign(entries_folder: Path) -> list[str]:
    """A sentence for each folder that is called by a number as no entry is."""
    return [
        Sentence(
            "{folder} is not a library entry (their folders have names such as 000017); it was left "
            "unchanged.",
            folder=entries_folder / name,
        )
        for name in sorted(_names(entries_folder))
        if name.isdigit() and not _is_number(name)
    ]


def take_in(
    db: sqlite3.Connection, entries_folder: Path, progress: Callable[[int, int], None] | None = None
) -> RepairReport:
    """Give rows to the folders that have none. The caller holds the right to write, so that a folder which
    another program is just making is not taken for a stray."""
    # A few among many are what a killed program was about to put in the place of former ones.
    is_after_crash = db.execute("SELECT 1 FROM entries LIMIT 1").fetchone() is not None
    problems: list[str] = []
    wanted = sorted(strays(db, entries_folder))
    for count, entry_id in enumerate(wanted, start=1):
        folder = EntryFolder(folder_of(entries_folder, entry_id))
        problem = _take_in_one(db, entry_id, folder, entries_folder if is_after_crash else None)
        if problem is not None:
            problems.append(problem)
        if progress is not None:
            progress(count, len(wanted))
    return RepairReport(len(wanted) - len(problems), problems)


def _take_in_one(
    db: sqlite3.Connection, entry_id: int, folder: EntryFolder, entries_folder: Path | None
) -> str | None:
    """Why the folder got no row, None where it did, or holds no transcript. Whatever it holds, it costs no
    more than itself.

    entries_folder: where former entries of the same file lie, whose place this one takes.
    """
    db.execute("SAVEPOINT one_entry")
    try:
        if (folder.path / TRANSCRIPT_FILE).exists():
            transcript = folder.read_transcript()
            entry = _entry(entry_id, folder, transcript)
            rows.insert(db, entry)
            index_transcript(db, entry_id, transcript)
            if entries_folder is not None:
                _replace_formers(db, entries_folder, entry)
    except ExportError as error:
        problem = str(error)
    except (LibraryError, OSError, ValueError, OverflowError, sqlite3.IntegrityError) as error:
        problem = Sentence(
            "The entry in {folder} cannot be added to the library ({reason}); it was left unchanged.",
            folder=folder.path,
            reason=error,
        )
    else:
        db.execute("RELEASE one_entry")
        return None
    db.execute("ROLLBACK TO one_entry")
    db.execute("RELEASE one_entry")
    return problem


def _replace_formers(db: sqlite3.Connection, entries_folder: Path, entry: Entry) -> None:
    for former in rows.entries_of_source(db, entry.source):
        if entry.is_replaceable and former.is_replaceable and former.id < entry.id:
            former = replace(former, deleted_at=entry.created_at)
            rows.update(db, former)
            EntryFolder(folder_of(entries_folder, former.id)).write_about(former)


def rebuild(
    path: Path,
    entries_folder: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    damage: DamagedDatabaseError | None = None,
) -> RepairReport:
    """Make the database again and put it in the place of the one that is there; a damaged one is set aside.

    With `damage` only if the file is still the one that it was found in: another process may have mended it
    in the meantime. Raises LibraryError.
    """
    make_folder(path.parent)
    lock = FileLock(path.with_name(path.name + ".lock"))
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while not lock.acquire():
        if time.monotonic() > deadline:
            raise LibraryError(
                Sentence("Another program is repairing the library: try again when it has finished.")
            )
        time.sleep(0.1)
    try:
        if damage is not None and identity_of(path) != damage.identity:
            return RepairReport(0)
        return _rebuild(path, entries_folder, progress, is_damaged=damage is not None or not _is_whole(path))
    except OSError as error:
        raise LibraryError(
            Sentence(
                "The library {path} cannot be rebuilt ({reason}): close other programs that use it, "
                "free some space, and try again.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error
    finally:
        lock.release()


def _rebuild(
    path: Path, entries_folder: Path, progress: Callable[[int, int], None] | None, *, is_damaged: bool
) -> RepairReport:
    fresh = path.with_name(path.name + ".new")
    _remove(fresh)
    db = open_connection(fresh)
    try:
        db.execute("BEGIN IMMEDIATE")
        report = take_in(db, entries_folder, progress)
        db.execute("COMMIT")
        # All of it into the one file, which then takes the name.
        db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()
    # Only what somebody may want to look into is kept.
    set_aside = _set_aside(path) if is_damaged else None
    _remove(path)
    os.replace(fresh, path)
    return RepairReport(report.entries, [*report.problems, *foreign(entries_folder)], set_aside)


def _is_whole(path: Path) -> bool:
    database = Database(path)
    try:
        with database.reading() as db:
            return bool(db.execute("PRAGMA quick_check").fetchone()[0] == "ok")
    except DamagedDatabaseError:
        return False
    except LibraryError:
        return False  # of another version, or not to be read: nothing to throw away
    finally:
        database.close()


def _set_aside(path: Path) -> Path | None:
    if not path.exists():
        return None
    base = path.with_name(f"{path.stem}-set-aside-{datetime.now():%Y%m%d-%H%M%S-%f}{path.suffix}")
    os.replace(path, base)
    for ending in _SIDE_FILES:
        side = path.with_name(path.name + ending)
        if side.exists():
            os.replace(side, base.with_name(base.name + ending))
    return base


def _remove(path: Path) -> None:
    for ending in ("", *_SIDE_FILES):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _numbers(entries_folder: Path) -> list[int]:
    return [int(name) for name in _names(entries_folder) if _is_number(name)]


def _names(entries_folder: Path) -> list[str]:
    try:
        return os.listdir(entries_folder)
    except FileNotFoundError:
        return []


def _is_number(name: str) -> bool:
    """An entry's number as its folder is called; a date or a copy of a folder from elsewhere is none."""
    if not (name.isascii() and name.isdigit() and len(name) <= _MOST_DIGITS):
        return False
    return int(name) > 0 and folder_of(Path(), int(name)).name == name


def _entry(entry_id: int, folder: EntryFolder, transcript: Transcript) -> Entry:
    """What the folder says; where its ENTRY_FILE is lost or odd, what its transcript can tell."""
    said = folder.read_about()
    source = Path(said["source"] if isinstance(said.get("source"), str) else transcript.source)
    session_folder = said.get("session_folder")
    title = said.get("title")
    if not isinstance(title, str) or not _is_title(title):
        title = source.stem if _is_title(source.stem) else str(entry_id)
    tags = said.get("tags")
    return Entry(
        id=entry_id,
        kind=SESSION if said.get("kind") == SESSION else FILE,
        title=clean_title(title),
        source=source,
        session_folder=Path(session_folder) if isinstance(session_folder, str) else None,
        created_at=moment_of(said.get("created_at")) or _changed_at(folder.path / TRANSCRIPT_FILE),
        tags=clean_tags([tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []),
        edited_at=moment_of(said.get("edited_at")),
        deleted_at=moment_of(said.get("deleted_at")),
        source_stamp=parsed_stamp(said.get("source_stamp")),
        owes_outputs=said.get("owes_outputs") is True,
        **about(transcript),
    )


def _is_title(text: str) -> bool:
    try:
        return bool(clean_title(text))
    except LibraryError:
        return False


def _changed_at(path: Path) -> datetime:
    """When a file was last changed; now, where its time is none that a calendar can show."""
    try:
        changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)
    return moment_of(moment_text(changed_at)) or datetime.now(UTC)
