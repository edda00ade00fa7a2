"""One program at a time works on a file that nobody named: two that watch one folder share the work."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.worker.handles import JobCancelledError
from asr_desktop.transcripts.library import Library

_LOOKS_EVERY_SECONDS = 0.2


@contextmanager
def claimed(library: Library, source: Path, is_given_up: Callable[[], bool]) -> Iterator[None]:
    """Wait until no other program with this library works on the file, and keep others waiting meanwhile.

    A claim dies with its program. Where none can be made, the work is done all the same: the library takes
    one entry a file from any number of programs. Raises JobCancelledError when `is_given_up` says so.
    """
    name = hashlib.sha256(os.fsencode(source)).hexdigest()[:24]
    folder = library.path.with_name("claims")
    lock = FileLock(folder / f"{name}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while not lock.acquire():
            if is_given_up():
                raise JobCancelledError(Sentence("The job was cancelled."))
            time.sleep(_LOOKS_EVERY_SECONDS)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.remove()
