"""Folders that are watched for sound and video files.

A file counts as new when it has stopped growing: recorders, browsers and copying write a file for minutes,
and no system reports when they are done. File system events make detection fast; regular scans make it
reliable, because network drives and full event queues send no events.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from asr_desktop.audio.input_files import stamp_of
from asr_desktop.audio.media import is_media_name
from asr_desktop.base import messages
from asr_desktop.base.errors import CancelledError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.sentences import Sentence
from asr_desktop.jobs.lasting_thread import LastingThread
from asr_desktop.transcripts.library import Entry, Library

SETTLE_SECONDS = 5.0
LOOK_THROUGH_SECONDS = 60.0
_LOOKS_EVERY_SECONDS = 0.5


@dataclass(slots=True)
class _Growing:
    """A file that is observed until it stops changing: its last size and time of change, and since when."""

    stamp: tuple[int, int] | None
    since: float


class FolderWatcher:
    """Calls `found` once for each file that is complete, from a thread of this object.

    is_known: whether a file needs no attention, asked for those that lie there when watching begins and for
    new ones. settle_seconds: how long a file must not have changed. on_problem gets a sentence when a folder
    cannot be read, once until it can be read again, and when a file cannot be handed on, which is tried again
    at each look through the folders. clock: seconds that only go on. `set_folders` begins, changes, ends it.
    """

    def __init__(
        self,
        found: Callable[[Path], None],
        *,
        is_known: Callable[[Path], bool] = lambda path: False,
        on_problem: Callable[[str], None] = lambda sentence: None,
        settle_seconds: float = SETTLE_SECONDS,
        look_through_seconds: float = LOOK_THROUGH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._found = found
        self._is_known = is_known
        self._on_problem = on_problem
        self._settle_seconds = settle_seconds
        self._look_through_seconds = look_through_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._folders: tuple[Path, ...] = ()
        self._growing: dict[Path, _Growing] = {}
        self._told: dict[Path, tuple[int, int] | None] = {}
        self._absent: set[Path] = set()
        self._observer: BaseObserver | None = None
        self._has_looked = False
        self._handing_on = False
        self._wake = threading.Event()
        self._is_closed = False
        self._thread: LastingThread | None = None
        self._looked_through = -self._look_through_seconds
        self._looked_into: tuple[Path, ...] = ()
        self._failed: dict[Path, str] = {}

    @property
    def failure(self) -> str | None:
        """Why watching has stopped, in a sentence; None while it works."""
        return self._thread.failure if self._thread is not None else None

    @property
    def folders(self) -> tuple[Path, ...]:
        return self._folders

    @property
    def is_settled(self) -> bool:
        """Whether all files in the folders were examined and none of them is still growing."""
        with self._lock:
            return self._has_looked and not self._growing and not self._handing_on

    def set_folders(self, folders: Iterable[Path]) -> None:
        """Watch these folders with their sub-folders, and no others. Existing files count as new."""
        wanted = tuple(dict.fromkeys(Path(folder).absolute() for folder in folders))
        if wanted == self._folders:
            return
        with self._lock:
            self._folders = wanted
            self._has_looked = False
            self._growing = {path: state for path, state in self._growing.items() if self._is_ours(path)}
        self._absent &= set(wanted)
        self._watch(wanted)
        if self._thread is None and wanted:
            self._thread = LastingThread(self._step, "watched folders", self._on_problem)
            self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Stop watching."""
        self._is_closed = True
        self._wake.set()
        self._watch(())
        if self._thread is not None:
            self._thread.join()

    def _watch(self, folders: tuple[Path, ...]) -> None:
        """Subscribe to file system events; without them, the regular scans must suffice."""
        former, self._observer = self._observer, None
        if former is not None:
            former.stop()
            former.join()
        if not folders:
            return
        observer = Observer()
        handler = _Handler(self._notice)
        for folder in folders:
            # No such folder, or the system's limit on watches: looking through it finds the same, later.
            with suppress(OSError):
                observer.schedule(handler, str(folder), recursive=True)
        with suppress(OSError):
            observer.start()
            self._observer = observer

    def _notice(self, path: Path) -> None:
        with self._lock:
            if path not in self._growing and self._is_ours(path) and _is_wanted(path):
                self._growing[path] = _Growing(None, self._clock())
        self._wake.set()

    def _step(self) -> bool:
        """A look at what is there; False at the end."""
        if self._is_closed:
            return False
        now = self._clock()
        if self._looked_into != self._folders or now - self._looked_through >= self._look_through_seconds:
            folders = self._folders
            if self._observer is not None and not self._observer.is_alive():
                self._watch(folders)  # its own thread has died
            for folder in folders:
                self._look_through(folder)
            self._looked_through, self._looked_into = now, folders
            with self._lock:
                self._has_looked = folders == self._folders
        self._settle()
        self._wake.clear()
        until_look = self._looked_through + self._look_through_seconds - self._clock()
        self._wake.wait(_LOOKS_EVERY_SECONDS if self._growing else max(0.0, until_look))
        return True

    def _look_through(self, folder: Path) -> None:
        if not folder.is_dir():
            if folder not in self._absent:
                self._absent.add(folder)
                self._on_problem(
                    Sentence(
                        "The watched folder {folder} was not found: connect its disk, or stop watching it.",
                        folder=folder,
                    )
                )
            return
        if folder in self._absent:
            self._absent.discard(folder)
            self._watch(self._folders)
        for place, below, names in os.walk(folder):
            below[:] = [name for name in below if not name.startswith(".")]
            for name in names:
                path = Path(place, name)
                if _is_wanted(path) and self._told.get(path, ()) != _stamp(path):
                    self._notice(path)

    def _settle(self) -> None:
        """Report files that have not changed for long enough."""
        with self._lock:
            waiting = list(self._growing.items())
        now = self._clock()
        for path, state in waiting:
            stamp = _stamp(path)
            if stamp is None or stamp == self._told.get(path, ()):
                self._forget(path)  # gone, or only looked at
            elif stamp != state.stamp:
                state.stamp, state.since = stamp, now
            elif now - state.since < self._settle_seconds:
                continue
            elif stamp[0] == 0:
                self._forget(path)  # not begun: what is written into it brings it back
            else:
                with self._lock:
                    # Not `_forget` afterwards: a change from here on is to be noticed.
                    self._growing.pop(path, None)
                    self._handing_on = True
                self._told[path] = stamp
                try:
                    self._hand_on(path)
                finally:
                    self._handing_on = False

    def _hand_on(self, path: Path) -> None:
        try:
            if not self._is_known(path):
                self._found(path)
        except Exception as error:
            # Found again at the next look through the folders.
            self._told.pop(path, None)
            sentence = messages.explained(error)
            if self._failed.get(path) != sentence:
                self._failed[path] = sentence
                self._on_problem(sentence)
        else:
            self._failed.pop(path, None)

    def _forget(self, path: Path) -> None:
        with self._lock:
            self._growing.pop(path, None)

    def _is_ours(self, path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in self._folders)


class _Handler(FileSystemEventHandler):
    def __init__(self, notice: Callable[[Path], None]) -> None:
        self._notice = notice

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("created", "modified", "moved", "closed"):
            path = event.dest_path if event.event_type == "moved" else event.src_path
            if not event.is_directory:
                self._notice(Path(os.fsdecode(path)))


def _is_wanted(path: Path) -> bool:
    return is_media_name(path) and not path.name.startswith(".")


def _stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of change; None if there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


# Files of a watched folder that need no attention: those transcribed before


@dataclass(frozen=True, slots=True)
class Known:
    """What the library has about the current version of a file."""

    is_transcribed: bool
    owing: Entry | None = None
    """The entry whose output files are still to be written."""


def known(library: Library, path: Path) -> Known:
    """Includes the bin, so that deleted transcripts do not come back. Raises LibraryError."""
    entries = library.entries_of(path)
    if not entries or not _is_of(entries[0], path):
        return Known(is_transcribed=False)
    newest = entries[0]
    return Known(True, newest if newest.owes_outputs and newest.deleted_at is None else None)


def needs_nothing(library: Library, path: Path) -> bool:
    """Whether the current version of a file is transcribed and its outputs are written. Raises
    LibraryError."""
    found = known(library, path)
    return found.is_transcribed and found.owing is None


def _is_of(entry: Entry, path: Path) -> bool:
    """Whether the entry's transcript is of the current version of the file.

    If the stamp differs (other disks round times), the file must not have changed since the transcription;
    a time of change in the future is ignored.
    """
    stamp = stamp_of(path)
    if stamp is None:
        return False
    if stamp == entry.source_stamp:
        return True
    if entry.source_stamp is not None and entry.source_stamp.size != stamp.size:
        return False
    return stamp.mtime_ns <= min(entry.created_at.timestamp(), time.time()) * 1e9


# Only one program works on a found file at a time: two that watch the same folder share the work

_LOCK_TRIED_EVERY_SECONDS = 0.2


@contextmanager
def claimed(library: Library, source: Path, is_given_up: Callable[[], bool]) -> Iterator[None]:
    """Lock the file against other programs with this library, waiting until none of them works on it.

    The lock ends with its program. If it cannot be taken, the work is done anyway: the library keeps one
    entry per file from any number of programs. Raises CancelledError when `is_given_up` returns True.
    """
    name = hashlib.sha256(os.fsencode(source)).hexdigest()[:24]
    folder = library.path.with_name("claims")
    lock = FileLock(folder / f"{name}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while not lock.acquire():
            if is_given_up():
                raise CancelledError(Sentence("The job was cancelled."))
            time.sleep(_LOCK_TRIED_EVERY_SECONDS)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.remove()
