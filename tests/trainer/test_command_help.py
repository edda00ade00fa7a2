"""The help of every command of `asr-trainer`."""

from __future__ import annotations

import argparse
import shlex

import pytest

from trainer.commands import parser

MOST_UNGROUPED_OPTIONS = 5


def _all_commands(
    line: argparse.ArgumentParser, summary: str | None = None, path: tuple[str, ...] = ()
) -> dict[tuple[str, ...], tuple[argparse.ArgumentParser, str | None]]:
    """Words of a command → its parser, and what the list of commands says about it."""
    found = {path: (line, summary)} if path else {}
    for action in line._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {choice.dest: choice.help for choice in action._choices_actions}
            for name, command in action.choices.items():
                found |= _all_commands(command, summaries.get(name), (*path, name))
    return found


COMMANDS = _all_commands(parser())
each_command = pytest.mark.parametrize("path", COMMANDS, ids=" ".join)


def test_all_commands_are_found() -> None:
    assert len(COMMANDS) >= 18
    assert ("language-model", "build") in COMMANDS


@each_command
def test_a_command_has_a_line_that_says_what_it_does(path: tuple[str, ...]) -> None:
    line, summary = COMMANDS[path]
    assert summary
    assert len(summary) <= 100
    assert line.description is not None
    assert line.description.lower().startswith(summary.lower())


@each_command
def test_an_option_has_a_description(path: tuple[str, ...]) -> None:
    line, _ = COMMANDS[path]
    for action in line._actions:
        if not isinstance(action, argparse._SubParsersAction):
            assert action.help, action.dest
    line.format_help()  # its placeholders are filled


@each_command
def test_the_help_ends_with_an_example_that_is_understood(path: tuple[str, ...]) -> None:
    line, _ = COMMANDS[path]
    introduction, _, example = (line.epilog or "").partition("asr-trainer ")
    assert introduction == "Example: "
    words = shlex.split(example)
    assert tuple(words[: len(path)]) == path
    parser().parse_args(words)


@each_command
def test_many_options_are_in_groups(path: tuple[str, ...]) -> None:
    line, _ = COMMANDS[path]
    ungrouped = [action for action in line._optionals._group_actions if action.dest != "help"]
    assert len(ungrouped) <= MOST_UNGROUPED_OPTIONS
