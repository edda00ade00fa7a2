"""Atomic writes: a file is written under another name and then moved to its place in one step."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from asr_desktop.base import private_files

# Leftovers of killed programs, and how they are recognised.
#
# Unfinished files and folders are locked, and the system releases a lock when its process ends. So one that
# can be locked has no owner any more, and the next program that writes there removes it.

_FILE = re.compile(r"\.[0-9a-f]{16}\.tmp")
_MARK = ".in-use"
_NOTHING = -1
_swept: set[Path] = set()


@contextmanager
def file_aside(folder: Path) -> Iterator[Path]:
    """An empty file in `folder`, to be written and moved to its place; removed at the end if it still exists.

    Its name is short, because the final name may already be as long as the file system allows. Raises
    OSError.
    """
    if folder not in _swept:  # once in a program's life: folders of outputs may be large
        _swept.add(folder)
        remove_files(folder)
    while True:
        beside = folder / f".{secrets.token_hex(8)}.tmp"
        beside.open("xb").close()
        hold = _hold(beside)
        if hold is not None and beside.exists():
            break
        _let_go(hold)  # another program took it for a leftover
    try:
        yield beside
    finally:
        _let_go(hold)
        # Gone already after a success; after a failure, the failure is what has to be told.
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@contextmanager
def folder_aside(parent: Path, prefix: str) -> Iterator[Path]:
    """A temporary folder in `parent`; removed when the block ends, with everything that was not moved out.

    Leftovers of killed programs with the same prefix are removed first. Raises OSError.
    """
    remove_folders(parent, prefix)
    while True:
        aside = parent / f"{prefix}{secrets.token_hex(8)}"
        aside.mkdir(mode=0o700)
        hold = _hold(aside)
        if hold is not None and aside.exists():
            break
        _let_go(hold)
    try:
        yield aside
    finally:
        _let_go(hold)
        shutil.rmtree(aside, ignore_errors=True)


def remove_files(folder: Path) -> int:
    """Remove unfinished files of killed programs in this folder; returns their number."""
    return _remove(folder, lambda name: _FILE.fullmatch(name) is not None)


def remove_files_below(folder: Path) -> int:
    """The same in all folders below it."""
    return sum(remove_files(Path(place)) for place, _, _ in os.walk(folder))


def remove_folders(parent: Path, prefix: str) -> int:
    """Remove temporary folders of killed programs with this prefix; returns their number."""
    # Eight characters of Python's tempfile, which versions before this one made them with.
    name_of_ours = re.compile(re.escape(prefix) + r"([0-9a-f]{16}|[a-z0-9_]{8})")
    return _remove(parent, lambda name: name_of_ours.fullmatch(name) is not None)


def _remove(folder: Path, is_of_ours: Callable[[str], bool]) -> int:
    try:
        found = [folder / name for name in os.listdir(folder) if is_of_ours(name)]
    except OSError:
        return 0
    return sum(_remove_left(path) for path in found)


def _remove_left(path: Path) -> bool:
    with suppress(OSError):
        status = path.lstat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)) or not _is_own(status):
            return False
        hold = _take_over(path)
        if hold is None:
            return False
        try:
            shutil.rmtree(path) if stat.S_ISDIR(status.st_mode) else path.unlink()
        finally:
            _let_go(hold)
        return True
    return False


if sys.platform == "win32":
    # An open file cannot be deleted there, which is as good as a lock: a folder has one in it for that. A
    # file by itself is closed to be moved, so it counts as left when it is old.
    _OLD_SECONDS = 3600.0

    def _hold(path: Path) -> int | None:
        return os.open(path / _MARK, os.O_RDWR | os.O_CREAT) if path.is_dir() else _NOTHING

    def _take_over(path: Path) -> int | None:
        if path.is_dir():
            (path / _MARK).unlink(missing_ok=True)
            return _NOTHING
        return _NOTHING if time.time() - path.stat().st_mtime > _OLD_SECONDS else None

    def _is_own(status: os.stat_result) -> bool:
        return True

else:
    import fcntl

    def _hold(path: Path) -> int | None:
        """The lock on a new file or folder; None if another program took it for a leftover."""
        try:
            return _take_over(path, _NOTHING)
        except FileNotFoundError:
            return None

    def _take_over(path: Path, without_locks: int | None = None) -> int | None:
        """The lock; None where another program has it, `without_locks` where the disk knows none."""
        flags = os.O_RDONLY if path.is_dir() else os.O_RDWR
        descriptor = os.open(path, flags | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            return None if isinstance(error, BlockingIOError) else without_locks
        return descriptor

    def _is_own(status: os.stat_result) -> bool:
        return status.st_uid == os.getuid()


def _let_go(hold: int | None) -> None:
    if hold is not None and hold != _NOTHING:
        os.close(hold)


_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def is_full(error: object) -> bool:
    """Whether this error means that the disk, or the user's quota, is full."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write in the block; renamed to `path` if the block succeeds, else removed.

    It is synced to the disk first, so that a power cut cannot leave the name without its content. The mode
    of a replaced file is kept, except in private folders; a symbolic link is followed. Raises OSError and
    leaves `path` unchanged.
    """
    place = Path(os.path.realpath(path))
    with file_aside(place.parent) as beside:
        yield beside
        with beside.open("r+b") as file:  # Windows forces to the disk only what may be written
            os.fsync(file.fileno())
        if place.exists() and not private_files.is_private(place):
            beside.chmod(place.stat().st_mode & 0o7777)
        else:
            private_files.set_mode(beside, place)
        os.replace(beside, place)


def write_text(path: Path, text: str) -> None:
    """Replace the file by `text` in UTF-8. Raises OSError and leaves `path` unchanged."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")
