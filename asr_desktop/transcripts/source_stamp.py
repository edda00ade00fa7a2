"""What a sound file was like when it was transcribed: another stamp is another recording."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class SourceStamp(NamedTuple):
    """Size and time of change. A time alone says little: it may lie in the future."""

    size: int
    mtime_ns: int


def stamp_of(source: Path) -> SourceStamp | None:
    """None for what is no file, or is not there."""
    try:
        status = source.stat()
    except OSError:
        return None
    return SourceStamp(status.st_size, status.st_mtime_ns)


def parsed_stamp(said: object) -> SourceStamp | None:
    """From a list as it is stored, None where it is none."""
    match said:
        case [int(size), int(mtime_ns)]:
            return SourceStamp(size, mtime_ns)
    return None
