"""What is installed here: how old this version is, the packages that it says it needs, and the commands that
install them. The program never asks anybody whether there is a newer version.
"""

from __future__ import annotations

import re
import sys
from datetime import date

from asr_desktop import __released__, __version__
from asr_desktop.base.own_program import is_packaged
from asr_desktop.base.sentences import Sentence

OLD_DAYS = 180
WHEEL = f"asr_desktop-{__version__}-py3-none-any.whl"
"""The Python package of this version, as `make package` names it."""


def release_day() -> date:
    """Of this version."""
    return date.fromisoformat(__released__)


def update_hint(today: date | None = None) -> Sentence | None:
    """What to do about a version that has grown old, in a sentence; None for a newer one."""
    age = ((today or date.today()) - release_day()).days
    if age < OLD_DAYS:
        return None
    return Sentence(
        "This version is {months} months old. Look for a newer one where you got it; the program never "
        "looks by itself.",
        months=round(age / 30.44),
    )


def stated(distribution: str) -> str:
    """The requirement as this program states it ("av~=18.1"), or the bare name where it states none."""
    return next((entry for entry, _ in _requirements() if _name(entry) == distribution), distribution)


def installed(distribution: str) -> str:
    """The version that runs here ("av==18.1.0"), or the requirement as stated where none is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{distribution}=={version(distribution)}"
    except PackageNotFoundError:
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
    # Imported here, because it takes 10 ms, for which no command that installs nothing should wait.
    from importlib.metadata import PackageNotFoundError, requires

    try:
        entries = requires("asr-desktop") or []
    except PackageNotFoundError:
        return []  # run from a folder that nobody installed
    return [(entry.strip(), condition) for entry, _, condition in (line.partition(";") for line in entries)]
