"""Adds the program to the desktop's menu and to "Open with" of sound and video files (freedesktop.org)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.own_program import exec_argument, is_packaged, packaged_program
from asr_desktop.base.paths import resources_folder
from asr_desktop.base.sentences import Sentence

ENTRY = "asr-desktop.desktop"
ICON = "asr-desktop.svg"


class MenuEntryError(AsrDesktopError):
    """The entry cannot be installed."""


def menu_entry(
    remove: Annotated[bool, typer.Option("--remove", help="Remove the menu entry.")] = False,
) -> None:
    """Add ASR Desktop to the applications menu and to “Open with” (Linux)."""
    if not sys.platform.startswith("linux"):
        raise MenuEntryError(
            Sentence("Menu entries are only for Linux; on this system, the installer creates them.")
        )
    entry, icon = places()
    if remove:
        for file in (entry, icon):
            file.unlink(missing_ok=True)
    else:
        install(entry, icon)
    _tell_desktop(entry.parent)
    print(f"Removed {entry}" if remove else f"Installed {entry}")


def places() -> tuple[Path, Path]:
    """Paths of the entry and its icon for this user."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "applications" / ENTRY, data / "icons" / "hicolor" / "scalable" / "apps" / ICON


def install(entry: Path, icon: Path) -> None:
    """Write both files atomically; the entry calls this program by its full path."""
    text = (resources_folder() / ENTRY).read_text(encoding="utf-8")
    program = program_to_call()
    text = text.replace("Exec=asr-desktop ", f"Exec={' '.join(map(exec_argument, program))} ")
    try:
        for file in (entry, icon):
            file.parent.mkdir(parents=True, exist_ok=True)
        write_text(entry, text)
        shutil.copyfile(resources_folder() / "icons" / "app.svg", icon)
    except OSError as error:
        raise MenuEntryError(
            Sentence(
                "Cannot write the menu entry to {folder} ({reason}); check its permissions.",
                folder=entry.parent,
                reason=error.strerror or error,
            )
        ) from error


def program_to_call() -> list[str]:
    """This program by its full path: menus do not know virtual environments."""
    if is_packaged():
        return [str(packaged_program())]
    script = Path(sys.executable).with_name("asr-desktop")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "asr_desktop"]


def _tell_desktop(folder: Path) -> None:
    """Update the desktop's caches, which some desktops do not do themselves."""
    tool = shutil.which("update-desktop-database")
    if tool is not None and folder.is_dir():
        subprocess.run([tool, "-q", str(folder)], check=False)
