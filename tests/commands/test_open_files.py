"""`asr-desktop talk.mp3`: what is a file and what is a command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from asr_desktop.commands import window
from asr_desktop.commands.app import app
from asr_desktop.gui import app as window_program


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    files: list[Path] = []

    def main(given: Sequence[Path] = ()) -> int:
        files.extend(given)
        return 0

    monkeypatch.setattr(window_program, "main", main)
    monkeypatch.setattr(window, "no_window_because", lambda: None)
    return files


def test_files_open_in_the_window(opened: list[Path], tmp_path: Path) -> None:
    one, two = tmp_path / "talk.mp3", tmp_path / "film with spaces.mkv"
    for file in (one, two):
        file.touch()
    assert CliRunner().invoke(app, [str(one), str(two)]).exit_code == 0
    assert opened == [one, two]


def test_a_folder_and_a_name_without_an_ending_are_files_where_they_exist(
    opened: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talks").mkdir()
    assert CliRunner().invoke(app, ["talks"]).exit_code == 0
    assert opened == [Path("talks")]


def test_what_does_not_exist_is_told_and_the_others_open(opened: list[Path], tmp_path: Path) -> None:
    there = tmp_path / "talk.mp3"
    there.touch()
    result = CliRunner().invoke(app, [str(tmp_path / "tlak.mp3"), str(there)])
    assert "tlak.mp3 does not exist" in result.stderr
    assert opened == [there]
    opened.clear()
    assert CliRunner().invoke(app, ["no-such-talk.mp3"]).exit_code == 1
    assert opened == []


def test_commands_and_mistyped_ones_stay_what_they_are(opened: list[Path]) -> None:
    assert CliRunner().invoke(app, ["doctor", "--help"]).exit_code == 0
    result = CliRunner().invoke(app, ["transcrib"])
    assert result.exit_code == 2
    assert "No such command" in result.stderr


def test_without_a_screen_the_terminal_s_way_is_named(
    opened: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "no_window_because", lambda: "there is no screen here")
    (tmp_path / "talk.mp3").touch()
    result = CliRunner().invoke(app, [str(tmp_path / "talk.mp3")])
    assert result.exit_code == 1
    assert "asr-desktop transcribe" in result.stderr
