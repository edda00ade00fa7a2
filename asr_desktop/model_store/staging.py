"""What has arrived of downloads that are not finished: a folder each, with the plan of it, and a lock.

STAGING/<name>/download.json    the version and the files that are being fetched
STAGING/<name>.lock             held by the process that fetches them
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asr_desktop.base import paths
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.model_store import disk
from asr_desktop.model_store.errors import ModelStoreError
from asr_desktop.model_store.transfer import part_of

PLAN_FILE = "download.json"


def unfinished() -> list[str]:
    """Names of models of which a part has arrived."""
    home = disk.staging_folder()
    return sorted(folder.parent.name for folder in home.glob(f"*/{PLAN_FILE}")) if home.is_dir() else []


def is_running(name: str) -> bool:
    """Whether some process is downloading that model now."""
    return FileLock(disk.staging_folder() / f"{name}.lock").is_held()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """While no other process downloads the model of that name.

    Raises ModelStoreError where one does, or the folder cannot be written.
    """
    home = disk.staging_folder()
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
    """The plan of a download that was begun; nothing where there is none, or one that nobody can read."""
    try:
        plan = read_json(staged / PLAN_FILE)
    except READ_ERRORS:
        return {}
    return plan if isinstance(plan, dict) else {}


def clear(staged: Path, kept: set[str]) -> None:
    """Throw away what has arrived, but for the files at these paths."""
    keep = {staged / path for path in kept} | {part_of(staged / path) for path in kept}
    for file in staged.rglob("*"):
        if file.is_file() and file not in keep:
            file.unlink()


def present_bytes(target: Path) -> int:
    """What is there of a file, whole or in part."""
    return next((file.stat().st_size for file in (target, part_of(target)) if file.is_file()), 0)
