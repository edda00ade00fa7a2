"""The packages that this program says it needs, and the commands that install them."""

from __future__ import annotations

import importlib.metadata
import sys


def pinned(distribution: str) -> str:
    """The requirement as this program states it ("av==18.1.0"), or the bare name where it states none."""
    return next(
        (stated for stated, _ in _requirements() if stated.split("==")[0] == distribution), distribution
    )


def of_extra(extra: str) -> list[str]:
    """The requirements of one of this program's extras, such as "train"."""
    return [stated for stated, condition in _requirements() if f"'{extra}'" in condition.replace('"', "'")]


def pip(*arguments: str) -> str:
    """The command line that runs pip for the Python that runs this."""
    return f"{sys.executable} -m pip {' '.join(arguments)}"


def _requirements() -> list[tuple[str, str]]:
    """(requirement, the condition under which it holds or "") of each."""
    try:
        entries = importlib.metadata.requires("asr-desktop") or []
    except importlib.metadata.PackageNotFoundError:
        return []  # run from a folder that nobody installed
    return [
        (stated.strip(), condition) for stated, _, condition in (entry.partition(";") for entry in entries)
    ]
