"""Files of a watched folder: which were transcribed before, and locks so that only one program works on
each."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.base.errors import CancelledError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.library import Entry, Library
from asr_desktop.transcripts.source_stamp import stamp_of


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

_LOOKS_EVERY_SECONDS = 0.2


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
            time.sleep(_LOOKS_EVERY_SECONDS)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.remove()
