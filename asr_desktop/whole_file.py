"""Files that are whole or as they were before: written beside their place, and moved there in one step."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write in the block; where the block ends well it takes the name `path`, else it is gone.

    It is forced to the disk first, so that no power cut leaves the name without its content. The mode of a
    file that is replaced is kept, and a symbolic link is followed. Raises OSError, with `path` as it was.
    """
    place = Path(os.path.realpath(path))
    # A short name of its own: the place's may already be as long as the file system allows.
    beside = place.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        yield beside
        with beside.open("r+b") as file:  # Windows forces to the disk only what may be written
            os.fsync(file.fileno())
        if place.exists():
            beside.chmod(place.stat().st_mode & 0o7777)
        os.replace(beside, place)
    finally:
        # Gone already after a success; after a failure, the failure is what has to be told.
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """`text` in UTF-8, in place of what lies there. Raises OSError, with `path` as it was."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")
