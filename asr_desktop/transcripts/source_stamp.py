"""Size and modification time of a sound file when it was transcribed, to detect that it has changed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class SourceStamp(NamedTuple):
    """Size and modification time. The time alone is not reliable: it may lie in the future."""

    size: int
    mtime_ns: int


def stamp_of(source: Path) -> SourceStamp | None:
    """The stamp of a file; None where there is no such file."""
    try:
        status = source.stat()
    except OSError:
        return None
    return SourceStamp(status.st_size, status.st_mtime_ns)


def parsed_stamp(said: object) -> SourceStamp | None:
    """The stamp from its stored list; None where it is not valid."""
    match said:
        case [int(size), int(mtime_ns)]:
            return SourceStamp(size, mtime_ns)
    return None
