"""The program's log files: what went wrong, in files of bounded size below the data folder.

asr-desktop.log   errors that nobody foresaw, and what the program and its libraries log as a warning or worse
recogniser.log    what the recogniser's process prints, and what is left of a crash

A log that has grown past a limit becomes NAME.old.log, in the place of the one before it. Several processes
may write to the same one: each entry is appended whole, and the file is not kept open.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from asr_desktop.base import paths
from asr_desktop.base.private_files import make_folder

PROGRAM_LOG = "asr-desktop.log"
RECOGNISER_LOG = "recogniser.log"
MOST_BYTES = 1_000_000


def log_path(name: str = PROGRAM_LOG) -> Path:
    return paths.logs_folder() / name


def open_log(name: str = PROGRAM_LOG) -> BinaryIO:
    """The log, to be appended to; it begins anew where it was long. Raises OSError."""
    path = log_path(name)
    make_folder(path.parent)
    if path.exists() and path.stat().st_size > MOST_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def write_entry(text: str) -> Path:
    """Append an entry to the program's log; the log's path. Raises OSError."""
    with open_log() as log:
        log.write(f"{text.rstrip()}\n".encode(errors="backslashreplace"))
    return log_path()


class _Entries(logging.Handler):
    """If the log cannot be written, the program continues without it."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            write_entry(self.format(record))


def configure() -> None:
    """Send what is logged in this process to the program's log, in place of standard error."""
    root = logging.getLogger()
    if not any(isinstance(handler, _Entries) for handler in root.handlers):
        entries = _Entries(logging.WARNING)
        entries.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(entries)
