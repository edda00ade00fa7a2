"""Files that were looked at and found harmless: noted, so that a large one is not looked at on every start.

A note holds as long as the file is the same: its size, its place on the disk and both its times. The notes
lie in the data folder; where they cannot be written or read, files are looked at again.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from asr_desktop.base import paths
from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.small_file import READ_ERRORS, read_json

FILE_NAME = "checked-files.json"
VERSION = 1
"""Of what is looked at; another one makes all notes void."""
_MOST_NOTES = 200
_SMALL_BYTES = 1_000_000  # looked at faster than a note is written

_known: dict[str, list[int]] = {}


def is_checked(path: Path) -> bool:
    """Whether this very file was noted."""
    stamp, name = _stamp(path), str(path.absolute())
    return _known.get(name) == stamp or _read().get(name) == stamp


def note_checked(path: Path) -> None:
    """For `is_checked`, also in other processes."""
    stamp, name = _stamp(path), str(path.absolute())
    _known[name] = stamp
    if stamp[0] < _SMALL_BYTES:
        return
    notes = {**_read(), name: stamp}
    kept = dict(list(notes.items())[-_MOST_NOTES:])
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_text(_file(), json.dumps({"version": VERSION, "files": kept}, indent=1))


def _stamp(path: Path) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _file() -> Path:
    return paths.data_folder() / FILE_NAME


def _read() -> dict[str, Any]:
    try:
        content = read_json(_file())
    except READ_ERRORS:
        return {}
    files = content.get("files") if isinstance(content, dict) and content.get("version") == VERSION else None
    return files if isinstance(files, dict) else {}
