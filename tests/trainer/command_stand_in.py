"""The commands of `asr-trainer` for tests: what a command line means, and other functions in their place."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from trainer.commands.app import PROGRAM, app


def command_and_context(words: Sequence[str]) -> tuple[TyperCommand, typer.Context]:
    """The command that these words name, and what it is given. Raises typer.BadParameter, typer.Exit."""
    line: Any = typer.main.get_command(app)
    rest, parent = list(words), None
    while isinstance(line, TyperGroup):
        name, rest = rest[0], rest[1:]
        parent = line.make_context(PROGRAM, [name, *rest], parent=parent, resilient_parsing=True)
        line = line.commands[name]
    return line, line.make_context(words[0], rest, parent=parent)


def understood(words: Sequence[str]) -> dict[str, Any]:
    """The values of a command line's options and arguments."""
    return command_and_context(words)[1].params


def run_command(*words: str | Path) -> int:
    """Run a command with its errors as they are raised, in place of sentences."""
    command, context = command_and_context([*map(str, words)])
    with context:
        status: int = TyperCommand.invoke(command, context)
    return status


def replace_command(monkeypatch: pytest.MonkeyPatch, name: str, function: Callable[..., int]) -> None:
    """For the rest of a test, have this function in place of a command, with the command's options."""
    (info,) = (info for info in app.registered_commands if info.name == name)
    assert info.callback is not None
    monkeypatch.setattr(info, "callback", functools.wraps(info.callback)(function))
