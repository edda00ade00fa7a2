"""`asr-desktop toggle | start | stop | cancel`: what is said to the running program, and without one."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from typer.testing import CliRunner

from asr_desktop.commands.app import app
from asr_desktop.gui import single_instance
from asr_desktop.gui.single_instance import DICTATION, SingleInstance

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX sockets")


def from_elsewhere(qtbot: QtBot, what: str) -> bool:
    """Told by another thread, as another program would."""
    answers: list[bool] = []
    teller = threading.Thread(target=lambda: answers.append(SingleInstance().tell(what)))
    teller.start()
    qtbot.waitUntil(lambda: bool(answers), timeout=30_000)
    teller.join()
    return answers[0]


@pytest.mark.parametrize("what", DICTATION)
def test_the_running_program_is_told_and_stays_behind(home: Path, qtbot: QtBot, what: str) -> None:
    instance = SingleInstance()
    told: list[str] = []
    shown: list[str] = []
    instance.told.connect(told.append)
    instance.asked.connect(lambda: shown.append("shown"))
    assert instance.is_first()
    assert from_elsewhere(qtbot, what)
    assert (told, shown) == ([what], [])
    instance.close()


def test_what_is_no_command_is_passed_over(home: Path, qtbot: QtBot) -> None:
    instance = SingleInstance()
    told: list[str] = []
    instance.told.connect(told.append)
    assert instance.is_first()
    assert from_elsewhere(qtbot, "close")
    assert told == []
    instance.close()


@pytest.mark.parametrize("command", ["stop", "cancel"])
def test_without_a_running_program_there_is_nothing_to_stop(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(single_instance, "ANSWERS_WITHIN_MS", 300)
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 1
    assert "not running; start it with: asr-desktop start" in result.stderr


def test_without_a_screen_it_is_said_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    from asr_desktop.commands import welcome

    monkeypatch.setattr(welcome, "no_window_because", lambda: "there is no screen")
    result = CliRunner().invoke(app, ["toggle"])
    assert result.exit_code == 1
    assert "Cannot dictate (there is no screen)" in result.stderr
