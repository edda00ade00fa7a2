"""What several tests look at and none changes, made once for all of them and all workers of pytest-xdist."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name in this run of the tests; `make` fills it, in the first worker that asks.

    make: gets a folder that does not exist yet. Others wait for it; where it fails, the next one tries again.
    """
    base = folders.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return made_in(shared / "made-once", name, make)


def made_in(parent: Path, name: str, make: Callable[[Path], object]) -> Path:
    """The same in a folder that outlives the run."""
    made = parent / name
    if made.exists():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(made.with_name(f".{made.name}.lock")):
        if not made.exists():
            # Made aside and moved in one step: a run that is stopped leaves nothing that is half there.
            with tempfile.TemporaryDirectory(dir=made.parent) as aside:
                make(Path(aside) / made.name)
                (Path(aside) / made.name).rename(made)
    return made
