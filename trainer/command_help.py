"""Help that all commands of `asr-trainer` share: a one-line summary, an example, and common options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

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
