"""What the program stores is the user's alone: folders 0700 and files 0600, whatever the umask.

That holds for everything below the data folder. Files that the user asked for at another place, such as a
transcript in --output-dir, have the usual mode. On Windows the folder of the user's profile does the same.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from asr_desktop.base import paths

FOLDER_MODE = 0o700
FILE_MODE = 0o600

_OTHERS = 0o077
# What versions before this one may have left open to others.
_STORED = (
    *("cache", "drafts", "library", "logs", "models", "sessions", "training", "unpacked"),
    *("keyboard-permission", "library.sqlite3", "settings.toml", "speeds.json", "voices.json"),
)
_usual_umask: int | None = None


def begin() -> None:
    """To be called as a program starts: whatever it and its libraries make is private from now on.

    What an earlier version left open to others is closed; that takes a look at a dozen names if all is well.
    """
    global _usual_umask
    umask = os.umask(_OTHERS)
    if umask != _OTHERS:
        _usual_umask = umask
    tighten(paths.data_folder())


def end() -> None:
    """Let new files have the usual mode again: the program writes where the user wants them."""
    if _usual_umask is not None:
        os.umask(_usual_umask)


def is_private(path: Path) -> bool:
    """Whether it lies below the data folder (or is that)."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(paths.data_folder()))


def make_folder(path: Path) -> None:
    """The folder and those above it, as far as they are missing. Raises OSError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        set_mode(folder)


def set_mode(made: Path, place: Path | None = None) -> None:
    """Give a file or folder that was made just now the mode of its place (default: where it lies)."""
    is_folder = made.is_dir()
    if is_private(place or made):
        mode = FOLDER_MODE if is_folder else FILE_MODE
    else:
        mode = (0o777 if is_folder else 0o666) & ~_usual()
    with suppress(OSError):  # not every disk knows modes
        made.chmod(mode)


def _usual() -> int:
    """The umask of the user."""
    if _usual_umask is not None:
        return _usual_umask
    umask = os.umask(_OTHERS)  # it can only be read by being set; for that moment, rather too closed
    os.umask(umask)
    return umask


def tighten(home: Path) -> None:
    """Close the data folder to others, and whatever they could read in it."""
    if os.name == "nt" or not home.is_dir():
        return
    with suppress(OSError):  # an unreadable disk is told of by whoever needs it
        names = os.listdir(home)
        for name in names:
            if name.startswith(_STORED) and _is_open(home / name):
                for path in _below(home / name):
                    _close(path)
        # A folder of other things as well (somebody's home) is not ours to close.
        if _is_open(home) and all(name.startswith((*_STORED, ".")) for name in names):
            _close(home)


def _below(path: Path) -> Iterator[Path]:
    """All in it, itself last, so that the next start goes on where this one was stopped."""
    if path.is_dir() and not path.is_symlink():
        for folder, _, files in os.walk(path, topdown=False):
            yield from (Path(folder, name) for name in files)
            yield Path(folder)
    else:
        yield path


def _is_open(path: Path) -> bool:
    status = path.lstat()
    is_ours = status.st_uid == os.getuid() and not stat.S_ISLNK(status.st_mode)
    return is_ours and bool(status.st_mode & _OTHERS)


def _close(path: Path) -> None:
    with suppress(OSError):
        if _is_open(path):
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
