"""Files that are whole or as they were before: written beside their place, and moved there in one step."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asr_desktop.base import leftovers, private_files

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def is_full(error: object) -> bool:
    """Whether this error says that a disk, or the person's share of it, is full."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write in the block; where the block ends well it takes the name `path`, else it is gone.

    It is forced to the disk first, so that no power cut leaves the name without its content. The mode of a
    file that is replaced is kept, but for what is private; a symbolic link is followed. Raises OSError, with
    `path` as it was.
    """
    place = Path(os.path.realpath(path))
    with leftovers.file_aside(place.parent) as beside:
        yield beside
        with beside.open("r+b") as file:  # Windows forces to the disk only what may be written
            os.fsync(file.fileno())
        if place.exists() and not private_files.is_private(place):
            beside.chmod(place.stat().st_mode & 0o7777)
        else:
            private_files.set_mode(beside, place)
        os.replace(beside, place)


def write_text(path: Path, text: str) -> None:
    """`text` in UTF-8, in place of what lies there. Raises OSError, with `path` as it was."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")
