"""The packages that this program says it needs, and the commands that install them."""

from __future__ import annotations

import importlib.metadata
import re
import sys

from asr_desktop import __version__
from asr_desktop.base.own_program import is_packaged
from asr_desktop.base.sentences import Sentence

WHEEL = f"asr_desktop-{__version__}-py3-none-any.whl"
"""The Python package of this version, as `make package` names it."""


def stated(distribution: str) -> str:
    """The requirement as this program states it ("av~=18.1"), or the bare name where it states none."""
    return next((entry for entry, _ in _requirements() if _name(entry) == distribution), distribution)


def installed(distribution: str) -> str:
    """The version that runs here ("av==18.1.0"), or the requirement as stated where none is installed."""
    try:
        return f"{distribution}=={importlib.metadata.version(distribution)}"
    except importlib.metadata.PackageNotFoundError:
        return stated(distribution)


def of_extra(extra: str) -> list[str]:
    """The requirements of one of this program's extras, such as "train"."""
    return [entry for entry, condition in _requirements() if f"'{extra}'" in condition.replace('"', "'")]


def pip(*arguments: str) -> str:
    """The command line that runs pip for the Python that runs this."""
    return f"{sys.executable} -m pip {' '.join(arguments)}"


def to_install(*distributions: str) -> Sentence:
    """What to do where packages that belong to the program are missing or broken, in one sentence."""
    if is_packaged():
        return Sentence("Install the program again.")
    command = pip("install", *map(stated, distributions))
    return Sentence("Install with: {command}", command=command)


def to_get_trainer() -> Sentence:
    """How to get what trains and converts models, in one sentence."""
    if is_packaged():
        return Sentence(
            "This package does not include training: install the Python package of the same version as well "
            "({command}); both use the same models and recordings.",
            command=trainer_command(),
        )
    return Sentence("To train models: {command}", command=trainer_command())


def trainer_command() -> str:
    """The command line that installs the trainer's packages; a packaged program has no Python of its own."""
    if is_packaged():
        return f'python3 -m pip install "{WHEEL}[train]"'
    return pip("install", *of_extra("train"))


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def _requirements() -> list[tuple[str, str]]:
    """(requirement, the condition under which it holds or "") of each."""
    try:
        entries = importlib.metadata.requires("asr-desktop") or []
    except importlib.metadata.PackageNotFoundError:
        return []  # run from a folder that nobody installed
    return [(entry.strip(), condition) for entry, _, condition in (line.partition(";") for line in entries)]
