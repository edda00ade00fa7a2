"""The help of every command of `asr-trainer`."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer.main
from typer.core import TyperGroup, TyperOption

from tests.trainer.command_stand_in import understood
from trainer.cli import main
from trainer.commands.app import app

MOST_UNGROUPED_OPTIONS = 5


def _all_commands(group: TyperGroup, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, command in group.commands.items():
        yield (*above, name), command
        if isinstance(command, TyperGroup):
            yield from _all_commands(command, (*above, name))


_line = typer.main.get_command(app)
assert isinstance(_line, TyperGroup)
COMMANDS = dict(_all_commands(_line))
each_command = pytest.mark.parametrize("path", COMMANDS, ids=" ".join)


def test_all_commands_are_found() -> None:
    assert len(COMMANDS) >= 18
    assert ("language-model", "build") in COMMANDS


@each_command
def test_a_command_has_a_line_that_says_what_it_does(path: tuple[str, ...]) -> None:
    summary = COMMANDS[path].help.split("\n\n")[0]
    assert 0 < len(summary) <= 101
    assert summary[0].isupper()
    assert summary.endswith(".")


@each_command
def test_an_option_has_a_description(path: tuple[str, ...]) -> None:
    for parameter in COMMANDS[path].params:
        assert parameter.help, parameter.name
        assert parameter.help[0].isupper() or parameter.help.startswith("xz"), parameter.help
        assert parameter.help.endswith("."), parameter.help


@each_command
def test_the_help_ends_with_an_example_that_is_understood(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    introduction, _, example = (COMMANDS[path].epilog or "").partition("asr-trainer ")
    assert introduction == "Example: "
    words = shlex.split(example)
    assert tuple(words[: len(path)]) == path
    understood(words)
    assert main([*path, "--help"]) == 0
    assert "Example: asr-trainer" in capsys.readouterr().out


@each_command
def test_many_options_are_in_groups(path: tuple[str, ...]) -> None:
    options = [option for option in COMMANDS[path].params if isinstance(option, TyperOption)]
    ungrouped = [option for option in options if option.rich_help_panel is None]
    assert len(ungrouped) <= MOST_UNGROUPED_OPTIONS


def test_an_option_takes_several_values_in_a_row_or_one_each_time() -> None:
    build = ["language-model", "build", "a.txt", "b.txt", "--output", "lm"]
    row = understood([*build, "--prune", "0", "0", "1", "--least", "3"])
    each = understood([*build, "--prune", "0", "--prune", "0", "--prune", "1", "--least", "3"])
    assert row == each
    assert (row["prune"], row["least"]) == ([0, 0, 1], 3)
    assert [str(text) for text in row["texts"]] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["train", "--help"], ["language-model", "build", "--help"]]
)
def test_help_loads_no_pytorch(arguments: list[str]) -> None:
    program = (
        "import sys; from trainer.cli import main; assert main(sys.argv[1:]) == 0; "
        "print({'torch', 'transformers', 'onnxruntime'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.rstrip().endswith("set()")
