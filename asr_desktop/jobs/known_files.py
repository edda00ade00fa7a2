"""Which files of a watched folder have been transcribed before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from asr_desktop.transcripts.library import Library


def is_transcribed(library: Library, path: Path) -> bool:
    """Whether the library, its bin included, has a transcript that was made after the file last changed."""
    try:
        changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return False
    made_at = library.last_transcribed(path)
    return made_at is not None and made_at >= changed_at
