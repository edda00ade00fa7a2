"""Options shared by several commands of `asr-trainer`, with their help and number parsers.

Options with the same meaning in `asr-desktop` are defined there: `--provider`, `--threads`, `--device`,
`--host`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

EXIT_NOT_BETTER = 3
"""Exit code if the new model is not better than the present one."""

SETTINGS = "Settings"
OUTPUT = "Output"
RECOGNISER = "Recognition"
TRAINING = "Training"


# Number parsers with readable errors


def positive_number(text: str) -> float:
    """A number above 0; rejects values such as "nan" or "-5" at once instead of hours later."""
    number = _number(text)
    if not 0 < number < math.inf:
        raise typer.BadParameter(f"{text} must be a number above 0.")
    return number


def number_from_0(text: str) -> float:
    """A number that is not negative."""
    number = _number(text)
    if not 0 <= number < math.inf:
        raise typer.BadParameter(f"{text} must be 0 or more.")
    return number


def positive_count(text: str) -> int:
    """An integer of at least 1."""
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise typer.BadParameter(f"{text} must be a whole number, 1 or more.")
    return count


def share(text: str) -> float:
    """A number between 0 and 1."""
    number = _number(text)
    if not 0 <= number <= 1:
        raise typer.BadParameter(f"{text} must be a number between 0 and 1.")
    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not a number.") from None


# Options

Folder = Annotated[
    Path, typer.Option("--output", metavar="FOLDER", help="Folder to write.", rich_help_panel=OUTPUT)
]
Recipe = Annotated[
    Path | None,
    typer.Option(
        "--recipe",
        metavar="FILE",
        help="Read settings from a TOML file, like those in trainer/recipes.",
        rich_help_panel=SETTINGS,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="TABLE.KEY=VALUE",
        help="Change one setting of the recipe. Repeatable.",
        rich_help_panel=SETTINGS,
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option(
        "--minutes",
        parser=positive_number,
        metavar="MINUTES",
        help="Train for this long; the schedule is scaled to fit.",
        rich_help_panel=TRAINING,
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps",
        parser=positive_count,
        metavar="COUNT",
        help="Train for this many steps.",
        rich_help_panel=TRAINING,
    ),
]
FiguresJson = Annotated[
    bool, typer.Option("--json", help="Print all figures as JSON.", rich_help_panel=OUTPUT)
]
LinesJson = Annotated[
    bool,
    typer.Option(
        "--json", help="Print progress and result, one JSON object per line.", rich_help_panel=OUTPUT
    ),
]


def report(line: str) -> None:
    """Print progress to standard error; results go to standard output."""
    print(line, file=sys.stderr, flush=True)
