"""What the commands of `asr-trainer` share: the types of their arguments, and how their help looks."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

# Kinds of numbers on the trainer's command line: argparse's `type=`, with what is wrong in words


def positive_number(text: str) -> float:
    """A number above 0, so that no "nan" or "-5" is found out about hours later."""
    number = _number(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} must be a number above 0")
    return number


def number_from_0(text: str) -> float:
    """A number that is not negative."""
    number = _number(text)
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} must be 0 or more")
    return number


def positive_count(text: str) -> int:
    """A whole number from 1 on."""
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} must be a whole number, 1 or more")
    return count


def share(text: str) -> float:
    """A number between 0 and 1."""
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} must be a number between 0 and 1")
    return number


def port(text: str) -> int:
    """A TCP port, 0 for a free one."""
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text} must be a whole number from 0 to 65535")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None


# Help that all commands of `asr-trainer` share: a one-line summary, an example, and common options

PROGRAM = "asr-trainer"

Options = argparse.ArgumentParser | argparse._ArgumentGroup


def add_command(
    commands: Any, name: str, summary: str, *, example: str, details: str = ""
) -> argparse.ArgumentParser:
    """A sub-command of argparse's `commands`. example: its command line, without the program's name."""
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}. {details}".rstrip(),
        epilog=f"Example: {PROGRAM} {example}",
    )
    return command


def add_recipe(options: Options, defaults: str) -> None:
    """`--recipe` and `--set`. defaults: a recipe that shows what can be set."""
    options.add_argument(
        "--recipe", type=Path, metavar="FILE", help=f"read settings from a TOML file, like {defaults}"
    )
    options.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="TABLE.KEY=VALUE",
        help="change one setting of the recipe (repeatable)",
    )


def add_provider(options: Options) -> None:
    """`--provider`, as `asr-desktop` has it."""
    options.add_argument(
        "--provider",
        action="append",
        metavar="NAME",
        help="run the network on cpu, cuda, coreml or directml (ONNX Runtime), or on torch, torch:cpu, "
        "torch:cuda or torch:mps (PyTorch); repeatable, best first",
    )
