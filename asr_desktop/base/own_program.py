"""How this program is started: a part of itself in a process of its own, with Python or from a package
without, and the whole of it from a desktop entry.

PyInstaller's packages hold no Python that knows `-m`. There the program itself is called with RUN_MODULE, and
the package's first script (packaging/launcher.py) runs the module that is named, if it is one of MODULES.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

RUN_MODULE = "--run-module"
"""The first argument of a packaged program that is to be one of MODULES, and nothing else."""

MODULES = ("asr_desktop.recognition.worker", "trainer.cli")
"""What a packaged program may be asked to be. `trainer` without PyTorch: it learns one's own texts."""


def is_packaged() -> bool:
    """Whether this runs from a package that brings its own Python (PyInstaller's)."""
    return bool(getattr(sys, "frozen", False))


def module_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of this program; `module_environment` is to go with it."""
    if is_packaged():
        return [str(_program()), RUN_MODULE, module, *arguments]
    # -P: a file of the folder that we happen to be in must not pass for a module.
    return [sys.executable, "-P", "-m", module, *arguments]


def module_environment() -> dict[str, str]:
    """The environment of such a process: it finds the modules where this one found them."""
    if is_packaged():
        return dict(os.environ)  # the package knows its own
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def packaged_program() -> Path:
    """The file to call for starting a packaged program, also when this process has ended.

    A program in an AppImage lies in a folder that is gone by then, so it is the AppImage. APPIMAGE and APPDIR
    are set by the AppImage's runtime. A terminal from an AppImage hands its own on, so the folder has to be
    that of the program.
    """
    program = Path(sys.executable)
    file, folder = os.environ.get("APPIMAGE"), os.environ.get("APPDIR")
    if not file or not folder or not Path(os.path.realpath(program)).is_relative_to(os.path.realpath(folder)):
        return program
    return Path(file)


def _program() -> Path:
    """On Windows the one that has standard input and output: the window's own has neither."""
    own = Path(sys.executable)
    if sys.platform == "win32" and own.stem != "asr-desktop-cli":
        return own.with_name("asr-desktop-cli.exe")
    return own


def exec_argument(part: str) -> str:
    """An argument of the Exec key: quoted where that is needed, then escaped as a string. A per cent sign is
    written twice, because one begins a field code (https://specifications.freedesktop.org/desktop-entry-spec)."""
    escaped = part.replace("%", "%%")
    if shlex.quote(part) == part:
        return escaped
    for sign in '\\"`$':
        escaped = escaped.replace(sign, f"\\{sign}")
    return f'"{escaped}"'.replace("\\", "\\\\")
