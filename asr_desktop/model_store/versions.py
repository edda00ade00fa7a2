"""Earlier versions of a model, and which of them is in use.

    models/NAME/current               the name of the version in use: one line
    models/NAME/versions/0001/        a model folder
    models/NAME/versions/0002/        …

NAME refers to the version that `current` names (`asr_desktop.recognition.model_folder`), so switching is
one rename of a small file, and a complete model is found at any moment. Adding a version never changes or
removes another.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from asr_desktop.base import paths
from asr_desktop.base.atomic_write import folder_aside, write_text
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_text
from asr_desktop.recognition.model_folder import CURRENT_FILE, VERSIONS_FOLDER, ModelFolder, find_model

VOICE_MODEL = "my-voice"
"""The name of the model that was taught the user's own voice."""

_NAME = re.compile(r"\w[\w.-]*")
_FIRST = "0001"


class VersionError(AsrDesktopError):
    """A version that is not there, or cannot be added."""


@dataclass(frozen=True)
class Version:
    """One version of a model. added: when it was (UTC)."""

    name: str
    folder: Path
    added: datetime
    is_current: bool


def add_version(name: str, folder: Path, *, before: Path | None = None) -> Version:
    """Copy a model folder in as the newest version of the user's model `name`, and use it from now on.

    A model of that name without versions becomes the first one. Where there is no such model yet, `before`
    (the model that the new one was made from) is kept as the first version, to go back to.

    Raises ModelFolderError for a folder that is no model, VersionError for a name that cannot be a folder's.
    """
    ModelFolder.load(folder)
    home = _home(name)
    if not (home / VERSIONS_FOLDER).is_dir():
        _give_versions(home, before)
    number = 1 + max((int(version.name) for version in list_versions(name)), default=0)
    new = f"{number:04d}"
    _copy_whole(folder, home / VERSIONS_FOLDER / new)
    _switch(home, new)
    return current_version(name)


def list_versions(name: str) -> list[Version]:
    """The versions of a model of the user's, oldest first; empty for a model without any."""
    home = _home(name)
    current = _read_current(home)
    return [
        Version(
            folder.name, folder, datetime.fromtimestamp(folder.stat().st_mtime, UTC), folder.name == current
        )
        for folder in sorted((home / VERSIONS_FOLDER).glob("[0-9]*"))
        if folder.name.isdigit()
    ]


def current_version(name: str) -> Version:
    """The version in use. Raises VersionError if the model has no versions."""
    for version in list_versions(name):
        if version.is_current:
            return version
    raise _no_versions(name)


def rollback(name: str, to: str | None = None) -> Version:
    """Use an earlier version from now on: the one before the present one, or `to`.

    The others stay, so the way forward is the same command with their name. Raises VersionError where there
    is no such version, ModelFolderError where it is damaged.
    """
    versions = list_versions(name)
    present = _read_current(_home(name))
    if present is None or not versions:
        raise _no_versions(name)
    if to is None:
        earlier = [version for version in versions if version.name < present]
        if not earlier:
            raise VersionError(
                Sentence(
                    "Version {present} of “{name}” is the first; there is no earlier one.",
                    present=present,
                    name=name,
                )
            )
        wanted = earlier[-1]
    else:
        number = to.zfill(len(_FIRST))
        found = [version for version in versions if version.name == number]
        if not found:
            known = ", ".join(version.name for version in versions)
            raise VersionError(
                Sentence(
                    "The model “{name}” has no version {to}; it has {known}.", name=name, to=to, known=known
                )
            )
        wanted = found[0]
    ModelFolder.load(wanted.folder)
    _switch(_home(name), wanted.name)
    return current_version(name)


def adopt(folder: Path, model: str | Path, name: str = VOICE_MODEL) -> Version:
    """Use a new model from now on, as the newest version of `name`; what was in use stays as a version.

    Raises VersionError: it cannot be copied.
    """
    version = add_version(name, folder, before=find_model(model).path)
    shutil.rmtree(folder, ignore_errors=True)
    return version


def first_version(model: str | Path) -> Path:
    """The folder of the first version, on which the personal model is based."""
    versions = list_versions(model) if isinstance(model, str) and "/" not in model else []
    return versions[0].folder if versions else find_model(model).path


def _no_versions(name: str) -> VersionError:
    return VersionError(
        Sentence(
            "The model “{name}” in {folder} has no versions to choose from.",
            name=name,
            folder=paths.models_folder(),
        )
    )


def _home(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise VersionError(
            Sentence("“{name}” cannot be a model's name; use letters, digits, dots and dashes.", name=name)
        )
    home = paths.models_folder() / name
    _finish_giving_versions(home)
    return home


def _read_current(home: Path) -> str | None:
    file = home / CURRENT_FILE
    if not file.exists():
        return None
    try:
        return read_text(file).strip()
    except READ_ERRORS as error:
        raise VersionError(
            Sentence(
                "{pointer} cannot be read ({reason}); choose a version with: asr-trainer rollback {folder} "
                "--to VERSION",
                pointer=file,
                reason=error,
                folder=home.name,
            )
        ) from error


def _switch(home: Path, version: str) -> None:
    write_text(home / CURRENT_FILE, version + "\n")


def _copy_whole(source: Path, target: Path) -> None:
    """Copied aside and moved in one step: what is there is whole."""
    with folder_aside(target.parent, ".copy-") as aside:
        copied = aside / "model"
        try:
            shutil.copytree(source, copied, ignore=shutil.ignore_patterns(".*"))
        except (OSError, shutil.Error) as error:
            raise VersionError(
                Sentence(
                    "The model cannot be copied to {parent} ({reason}).", parent=target.parent, reason=error
                )
            ) from None
        os.utime(copied)
        os.rename(copied, target)


def _give_versions(home: Path, before: Path | None) -> None:
    """Turn a plain model folder into one with versions, or create an empty one.

    The plain folder is moved aside and then becomes the first version. An interrupted call leaves
    `_aside(home)`, and the next call continues from there.
    """
    if (home / "config.json").is_file():
        aside = _aside(home)
        (aside / VERSIONS_FOLDER).mkdir(parents=True)
        os.rename(home, aside / VERSIONS_FOLDER / _FIRST)
        _finish_giving_versions(home)
        return
    (home / VERSIONS_FOLDER).mkdir(parents=True, exist_ok=True)
    if before is not None:
        _copy_whole(before, home / VERSIONS_FOLDER / _FIRST)
        _switch(home, _FIRST)


def _finish_giving_versions(home: Path) -> None:
    aside = _aside(home)
    if aside.is_dir() and not home.exists():
        _switch(aside, _FIRST)
        os.rename(aside, home)
    elif aside.is_dir():
        shutil.rmtree(aside)  # stopped before the model had been moved: there is nothing in it


def _aside(home: Path) -> Path:
    return home.with_name(f".{home.name}.with-versions")
