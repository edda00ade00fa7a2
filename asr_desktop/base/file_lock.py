"""A file lock that ends with its process.

The operating system releases it when the process ends, in whatever way. So a held lock proves that its
owner is running, which a process number in a file cannot.

The library `filelock` has no look at a lock that leaves it alone (`is_held`): two who look by trying would
take each other for its owner.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


class FileLock:
    """A lock on a small file of its own, for one process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> bool:
        """True when the lock is ours now, False when another holds it; OSError where the disk says no."""
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if not _lock(file):
                os.close(file)
                return False
            if self._is_there(file):
                self._file = file
                return True
            os.close(file)  # its owner took it away while we waited for it

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def remove(self) -> None:
        """Release the lock and remove its file."""
        if self._file is not None:
            with suppress(OSError):  # Windows removes no file that is open; the next owner does
                self._path.unlink()
            self.release()

    def _is_there(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), os.stat(self._path))
        except FileNotFoundError:
            return False

    def is_held(self) -> bool:
        """Whether any process, this one included, holds the lock; does not take it."""
        if self._file is not None:
            return True
        try:
            file = os.open(self._path, os.O_RDWR)
        except OSError:
            return False
        try:
            return not _lock(file, shared=True)
        finally:
            os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int, *, shared: bool = False) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int, *, shared: bool = False) -> bool:
        # Shared for a look, so that two who look at once do not take one another for the owner.
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
