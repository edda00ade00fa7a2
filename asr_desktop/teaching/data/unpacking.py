"""Data sets that come packed: a `.tar` (also .tar.gz, .tgz …) is unpacked once, into the data folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from asr_desktop.base.paths import data_folder
from asr_desktop.teaching.dataset import DataError

_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")


def unpacked(place: Path) -> Path:
    """The folder in an archive (its only one, if there is just that), or `place` itself where it is none.

    :raises DataError: the archive is damaged or there is no room.
    """
    if not place.is_file() or not place.name.lower().endswith(_SUFFIXES):
        return place
    target = unpacking_folder(place)
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Made aside and moved in one step: a run that is stopped leaves no half data set to be trained on.
        aside = Path(tempfile.mkdtemp(dir=target.parent))
        try:
            with tarfile.open(place) as archive:
                archive.extractall(aside, filter="data")
            os.replace(aside, target)
        except (tarfile.TarError, OSError, EOFError) as error:
            shutil.rmtree(aside, ignore_errors=True)
            if not target.is_dir():  # unless another run was faster
                raise DataError(
                    f"{place} cannot be unpacked to {target.parent} ({error}); fetch it again or free space."
                ) from error
    entries = [entry for entry in target.iterdir() if not entry.name.startswith(".")]
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else target


def unpacking_folder(place: Path) -> Path:
    """Where what is unpacked of `place` lies: a folder of its own for each file and state of it."""
    state = place.stat()
    mark = hashlib.sha256(f"{place.resolve()}|{state.st_size}|{state.st_mtime_ns}".encode()).hexdigest()[:12]
    return data_folder() / "unpacked" / f"{place.name.split('.')[0]}-{mark}"
