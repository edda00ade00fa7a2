"""Writing a file whole or not at all, and saying in a sentence why it or its folder could not be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from asr_desktop.base.atomic_write import is_full, replacing
from asr_desktop.base.errors import ExportError
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence


def write_whole(path: Path, data: bytes) -> None:
    """Replace `path` with `data` in one step, so that nobody ever finds half a file there.

    Mode and symbolic links are kept as by `replacing`; a pipe or device is written to and not replaced.
    Raises `ExportError` and leaves what was there untouched.
    """
    try:
        _write_whole(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise ExportError(_sentence(path, error)) from error


def make_output_folder(folder: Path, *, option: str | None = None) -> None:
    """Create a folder for transcripts, and those above it. option: of the command line, which the user would
    change. Raises `ExportError`."""
    try:
        make_folder(folder)
    except OSError as error:
        values = {"parent": folder, "reason": error.strerror or error}
        raise ExportError(
            Sentence(
                "The folder {parent} cannot be created ({reason}): choose another folder for the "
                "transcripts.",
                **values,
            )
            if option is None
            else Sentence(
                "The folder {parent} cannot be created ({reason}): choose another {option}.",
                option=option,
                **values,
            )
        ) from error


def _write_whole(path: Path, data: bytes) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    with replacing(path) as beside:
        beside.write_bytes(data)


def _sentence(path: Path, error: OSError) -> str:
    folder = path.parent
    if isinstance(error, IsADirectoryError):
        return Sentence("{path} is a folder; choose a file name for the export.", path=path)
    if isinstance(error, NotADirectoryError):
        return Sentence("{folder} is not a folder; choose another place for the export.", folder=folder)
    if isinstance(error, FileNotFoundError):
        return Sentence("The folder {folder} does not exist; create it or choose another.", folder=folder)
    if isinstance(error, PermissionError):
        return Sentence(
            "You do not have permission to write {path}; choose another folder, or close the file in "
            "other programs.",
            path=path,
        )
    if is_full(error):
        return Sentence(
            "{path} cannot be written: the disk is full; free some space and export again.", path=path
        )
    if error.errno == errno.EROFS:
        return Sentence("{path} cannot be written: the disk is read-only; choose another folder.", path=path)
    if error.errno == errno.ENAMETOOLONG:
        return Sentence(
            "The name {name}… is too long for this disk; choose a shorter one.", name=path.name[:40]
        )
    return Sentence(
        "{path} cannot be written: {reason}; choose another folder and export again.",
        path=path,
        reason=error.strerror or error,
    )
