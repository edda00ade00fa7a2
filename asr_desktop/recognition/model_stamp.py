"""Which files are behind a model's name just now: another version under the same name is another model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.recognition.model_folder import find_model

if TYPE_CHECKING:
    from asr_desktop.recognition.worker.protocol import ModelChoice

Stamp = tuple[tuple[str, int, int], ...]
"""(path, bytes, time of the last change in ns) of each file."""


def model_stamp(choice: ModelChoice) -> Stamp:
    """Two stamps of one choice differ where its model or its language model was replaced in between, such as
    by a newer version, or by going back to an earlier one. Empty where there is no such model: loading it
    says why."""
    try:
        folders = [find_model(choice.model).path]
    except AsrDesktopError:
        return ()
    if choice.language_model is not None:
        folders.append(Path(choice.language_model).expanduser())
    try:
        stats = [(str(file), file.stat()) for folder in folders for file in _files(folder)]
    except OSError:  # it is being replaced at this moment
        return ()
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _files(place: Path) -> list[Path]:
    """A file itself; of a folder what lies in it and in its language_model/."""
    if place.is_file():
        return [place]
    inside = [*place.glob("*"), *place.glob("language_model/*")]
    return sorted(file for file in inside if file.is_file() and not file.name.startswith("."))
