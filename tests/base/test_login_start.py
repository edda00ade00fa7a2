"""Starting at login, as each system wants to be told."""

from __future__ import annotations

import plistlib
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from asr_desktop.base import login_start
from asr_desktop.base.login_start import (
    AutostartEntry,
    LaunchAgent,
    LoginStart,
    LoginStartError,
    RunKey,
    set_login_start,
    start_command,
)

COMMAND = ["/opt/my programs/asr", "-m", "asr_desktop", "tray"]


class Registry:
    """What is asked of winreg."""

    HKEY_CURRENT_USER, REG_SZ = 1, 1

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def OpenKey(self, root: int, name: str) -> Any:
        return nullcontext(name)

    CreateKey = OpenKey

    def QueryValueEx(self, key: str, name: str) -> str:
        if name not in self.values:
            raise FileNotFoundError
        return self.values[name]

    def SetValueEx(self, key: str, name: str, reserved: int, kind: int, value: str) -> None:
        self.values[name] = value

    def DeleteValue(self, key: str, name: str) -> None:
        if name not in self.values:
            raise FileNotFoundError
        del self.values[name]


def test_on_and_off_again(tmp_path: Path) -> None:
    systems: list[LoginStart] = [
        AutostartEntry(tmp_path / "linux", COMMAND),
        LaunchAgent(tmp_path / "mac", COMMAND),
        RunKey(COMMAND, Registry()),
    ]
    for system in systems:
        assert not system.is_on()
        for wanted in (True, True, False, False):
            system.set_on(wanted)
            assert system.is_on() is wanted


def test_what_each_system_is_told(tmp_path: Path) -> None:
    entry = AutostartEntry(tmp_path, COMMAND)
    entry.set_on(True)
    assert 'Exec="/opt/my programs/asr" -m asr_desktop tray' in entry.file.read_text().splitlines()
    agent = LaunchAgent(tmp_path, COMMAND)
    agent.set_on(True)
    assert plistlib.loads(agent.file.read_bytes())["ProgramArguments"] == COMMAND
    registry = Registry()
    RunKey(COMMAND, registry).set_on(True)
    assert list(registry.values.values()) == ['"/opt/my programs/asr" -m asr_desktop tray']


def test_signs_that_mean_something_in_a_desktop_entry(tmp_path: Path) -> None:
    entry = AutostartEntry(tmp_path, ["/a $b/100%"])
    entry.set_on(True)
    assert r'Exec="/a \\$b/100%%"' in entry.file.read_text().splitlines()


def test_an_entry_that_the_desktop_has_switched_off_is_off(tmp_path: Path) -> None:
    entry = AutostartEntry(tmp_path, COMMAND)
    entry.set_on(True)
    entry.file.write_text(entry.file.read_text() + "Hidden=true\n")
    assert not entry.is_on()


def test_a_folder_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "autostart").write_text("")
    monkeypatch.setattr(login_start, "login_start", lambda: AutostartEntry(tmp_path / "autostart"))
    with pytest.raises(LoginStartError, match="cannot be changed"):
        set_login_start(True)


def test_the_program_starts_in_the_tray() -> None:
    assert start_command()[-1] == "tray"


@pytest.mark.parametrize("is_its_own", [True, False])
def test_an_appimage_is_started_and_not_the_folder_that_goes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_its_own: bool
) -> None:
    program = tmp_path / ("mount" if is_its_own else "elsewhere") / "usr" / "asr-desktop"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("APPIMAGE", str(tmp_path / "ASR_Desktop.AppImage"))
    monkeypatch.setenv("APPDIR", str(tmp_path / "mount"))
    wanted = tmp_path / "ASR_Desktop.AppImage" if is_its_own else program
    assert start_command() == [str(wanted), "tray"]


@pytest.mark.parametrize(
    ("is_frozen", "executable", "command"),
    [
        (False, "python.exe", ["pythonw.exe", "-m", "asr_desktop", "tray"]),
        (True, "asr-desktop-cli.exe", ["asr-desktop.exe", "tray"]),
        (True, "asr-desktop.exe", ["asr-desktop.exe", "tray"]),
    ],
)
def test_windows_opens_no_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_frozen: bool, executable: str, command: list[str]
) -> None:
    (tmp_path / "pythonw.exe").touch()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "frozen", is_frozen, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / executable))
    assert start_command() == [str(tmp_path / command[0]), *command[1:]]
