"""Disk handling of the store: free space, the staging folder, and the atomic step that installs a model."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asr_desktop.base import paths
from asr_desktop.base.atomic_write import remove_folders
from asr_desktop.base.errors import ModelStoreError, NoSpaceError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.model_store.transfer import part_of
from asr_desktop.recognition.model_folder import ModelFolder

SPARE_BYTES = 100_000_000
"""Left free: a full disk would cost the next recording."""

ADDING, REMOVING = "add-", "removed-"
"""Prefixes of folders in the staging folder while models are copied and deleted."""

_NAME = re.compile(r"[^\s./\\:*?\"<>|\x00-\x1f][^/\\:*?\"<>|\x00-\x1f]{0,119}")


def staging_folder() -> Path:
    """Where models are while they are downloaded, converted or copied.

    It is on the same disk as the models, so that a finished folder can be moved in one step; the leading
    dot excludes it from the list of models.
    """
    return paths.models_folder() / ".downloads"


def remove_leftovers() -> None:
    """Remove unfinished folders of killed programs."""
    for prefix in (ADDING, REMOVING):
        remove_folders(staging_folder(), prefix)


def checked_name(name: str) -> str:
    """The name if it is valid for a folder; else raises ModelStoreError."""
    if not _NAME.fullmatch(name) or name != name.strip() or name.endswith("."):
        raise ModelStoreError(
            Sentence(
                "A model cannot be named “{name}”; use a short name without slashes, colons or a "
                "leading dot.",
                name=name,
            )
        )
    return name


def check_space(needed_bytes: int, what: str) -> None:
    """Raise NoSpaceError unless the models' disk has this much free space and a reserve."""
    folder = paths.models_folder()
    ground = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(ground).free
    lacking = needed_bytes + SPARE_BYTES - free
    if needed_bytes > 0 and lacking > 0:
        raise NoSpaceError(
            Sentence(
                "{what} needs {needed} in {folder}, where only {free} is free; free {lacking}, or move "
                "the data folder with {variable}.",
                what=what,
                needed=size_text(needed_bytes),
                folder=folder,
                free=size_text(free),
                lacking=size_text(lacking),
                variable=paths.HOME_VARIABLE,
            )
        )


def install(staged: Path, name: str) -> ModelFolder:
    """Install a finished folder from the staging folder as the model `name`, in one step.

    Raises ModelFolderError where it is no complete model, ModelStoreError where there is one of that name.
    """
    target = paths.models_folder() / checked_name(name)
    ModelFolder.load(staged)
    for file in sorted(staged.rglob("*")):
        if file.is_file():
            _flush(file)
    if target.exists():
        raise ModelStoreError(
            Sentence(
                "A model {name} already exists; remove it first, or choose another name (--name).",
                name=name,
            )
        )
    try:
        os.rename(staged, target)
    except OSError as error:
        raise ModelStoreError(
            Sentence("{target} cannot be created ({reason}).", target=target, reason=error.strerror or error)
        ) from error
    return ModelFolder.load(target)


def folder_bytes(folder: Path) -> int:
    """Total size of the files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def size_text(size_bytes: int) -> str:
    """Such as "95 MB" or "1.3 GB"."""
    if size_bytes >= 999_500_000:
        return Sentence("{gigabytes:.1f} GB", gigabytes=size_bytes / 1e9)
    return Sentence("{megabytes} MB", megabytes=max(1, round(size_bytes / 1e6)))


def _flush(file: Path) -> None:
    # Or a power cut after the rename could leave a model of empty files.
    with file.open("rb+" if os.name == "nt" else "rb") as opened:
        os.fsync(opened.fileno())


# Unfinished downloads: a folder for each, with its plan, and a lock.
#
# STAGING/<name>/download.json    the version and the files that are being fetched
# STAGING/<name>.lock             held by the process that fetches them

PLAN_FILE = "download.json"


def unfinished() -> list[str]:
    """Names of partly downloaded models."""
    home = staging_folder()
    return sorted(folder.parent.name for folder in home.glob(f"*/{PLAN_FILE}")) if home.is_dir() else []


def is_running(name: str) -> bool:
    """Whether some process is downloading that model now."""
    return FileLock(staging_folder() / f"{name}.lock").is_held()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Lock a model's download against other processes.

    Raises ModelStoreError if another process is downloading it, or the folder cannot be written.
    """
    home = staging_folder()
    try:
        make_folder(home)
        lock = FileLock(home / f"{name}.lock")
        is_ours = lock.acquire()
    except OSError as error:
        raise ModelStoreError(
            Sentence(
                "{home} cannot be written ({reason}); check its permissions, or move the data folder "
                "with {variable}.",
                home=home,
                reason=error.strerror or error,
                variable=paths.HOME_VARIABLE,
            )
        ) from error
    if not is_ours:
        raise ModelStoreError(
            Sentence(
                "The model {name} is already being downloaded; wait for it, or stop it there.", name=name
            )
        )
    try:
        yield
    finally:
        lock.release()


def read_plan(staged: Path) -> dict[str, Any]:
    """The plan of an unfinished download; empty if there is none or it is unreadable."""
    try:
        plan = read_json(staged / PLAN_FILE)
    except READ_ERRORS:
        return {}
    return plan if isinstance(plan, dict) else {}


def clear(staged: Path, kept: set[str]) -> None:
    """Delete downloaded files, except those at these paths."""
    keep = {staged / path for path in kept} | {part_of(staged / path) for path in kept}
    for file in staged.rglob("*"):
        if file.is_file() and file not in keep:
            file.unlink()


def present_bytes(target: Path) -> int:
    """Number of bytes that are present of a file, complete or partial."""
    return next((file.stat().st_size for file in (target, part_of(target)) if file.is_file()), 0)
