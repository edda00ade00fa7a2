"""Starting the program when its user logs in, in the tray: one interface for three systems.

Linux: a desktop entry in the autostart folder (XDG Autostart). macOS: a launch agent. Windows: a value of the
user's Run key. Nothing of it needs an administrator.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.own_program import exec_argument, is_packaged, packaged_program
from asr_desktop.base.sentences import Sentence

NAME = "asr-desktop"
_AGENT = f"org.{NAME}.login"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class LoginStartError(AsrDesktopError):
    """The system cannot be told."""


class LoginStart(Protocol):
    """`set_on` raises OSError."""

    def is_on(self) -> bool: ...

    def set_on(self, wanted: bool) -> None: ...


def login_start() -> LoginStart:
    """That of this system."""
    if sys.platform == "win32":
        return RunKey()
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents")
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return AutostartEntry(Path(config) / "autostart")


def set_login_start(wanted: bool) -> None:
    """Raises LoginStartError with a sentence for the user."""
    try:
        login_start().set_on(wanted)
    except OSError as error:
        raise LoginStartError(
            Sentence(
                "Starting at login cannot be changed ({reason}): check the permissions of your folders.",
                reason=error.strerror or error,
            )
        ) from error


def start_command() -> list[str]:
    """What starts this program in the tray, also after this process and without a console's window."""
    if is_packaged():
        program = packaged_program()
        if sys.platform == "win32" and program.stem == "asr-desktop-cli":
            program = program.with_name("asr-desktop.exe")
        return [str(program), "tray"]
    program = Path(sys.executable)
    windowed = program.with_name("pythonw.exe")
    if sys.platform == "win32" and windowed.is_file():
        program = windowed
    return [str(program), "-m", "asr_desktop", "tray"]


class AutostartEntry:
    """https://specifications.freedesktop.org/autostart-spec; desktops may switch it off with Hidden=true."""

    def __init__(self, folder: Path, command: Sequence[str] = ()) -> None:
        self.file = folder / f"{NAME}.desktop"
        self._command = list(command) or start_command()

    def is_on(self) -> bool:
        try:
            return "Hidden=true" not in self.file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return False

    def set_on(self, wanted: bool) -> None:
        if not wanted:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        command = " ".join(exec_argument(part) for part in self._command)
        write_text(
            self.file,
            "[Desktop Entry]\nType=Application\nName=ASR Desktop\nIcon=asr-desktop\nTerminal=false\n"
            f"Exec={command}\nX-GNOME-Autostart-enabled=true\n",
        )


class LaunchAgent:
    """launchd.plist(5)."""

    def __init__(self, folder: Path, command: Sequence[str] = ()) -> None:
        self.file = folder / f"{_AGENT}.plist"
        self._command = list(command) or start_command()

    def is_on(self) -> bool:
        return self.file.is_file()

    def set_on(self, wanted: bool) -> None:
        if not wanted:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        entry = {"Label": _AGENT, "ProgramArguments": self._command, "RunAtLoad": True}
        write_text(self.file, plistlib.dumps(entry).decode())


class RunKey:
    """HKEY_CURRENT_USER; `registry` is Python's winreg, which only Windows has."""

    def __init__(self, command: Sequence[str] = (), registry: Any = None) -> None:
        if registry is None:
            import winreg as registry
        self._registry = registry
        self._command = list(command) or start_command()

    def is_on(self) -> bool:
        try:
            with self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
                self._registry.QueryValueEx(key, NAME)
        except FileNotFoundError:
            return False
        return True

    def set_on(self, wanted: bool) -> None:
        registry = self._registry
        with registry.CreateKey(registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if wanted:
                registry.SetValueEx(key, NAME, 0, registry.REG_SZ, subprocess.list2cmdline(self._command))
                return
            try:
                registry.DeleteValue(key, NAME)
            except FileNotFoundError:
                return
