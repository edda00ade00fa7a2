"""`asr-desktop toggle | start | stop | cancel`: what is said to the running program, and without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from typer.testing import CliRunner

from asr_desktop.commands.app import app
from asr_desktop.gui import single_instance
from asr_desktop.gui.single_instance import DICTATION, SingleInstance

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX sockets")


def test_the_running_program_is_told_and_stays_behind(home: Path, qtbot: QtBot) -> None:
    instance = SingleInstance()
    told: list[str] = []
    shown: list[str] = []
    instance.told.connect(told.append)
    instance.asked.connect(lambda: shown.append("shown"))
    assert instance.is_first()
    code = (
        "from asr_desktop.gui.single_instance import SingleInstance\n"
        f"for what in {(*DICTATION, 'close', '__class__')}:\n    assert SingleInstance().tell(what)"
    )
    another = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    qtbot.waitUntil(lambda: another.poll() is not None, timeout=60_000)
    assert another.returncode == 0
    assert (told, shown) == (list(DICTATION), [])
    instance.close()


@pytest.mark.parametrize("command", ["stop", "cancel", "correct"])
def test_without_a_running_program_there_is_nothing_to_stop(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(single_instance, "ANSWERS_WITHIN_MS", 300)
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 1
    assert "not running; start it with: asr-desktop start" in result.stderr


def test_without_a_screen_it_is_said_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    from asr_desktop.commands import window

    monkeypatch.setattr(window, "no_window_because", lambda: "there is no screen")
    result = CliRunner().invoke(app, ["toggle"])
    assert result.exit_code == 1
    assert "Cannot dictate (there is no screen)" in result.stderr
