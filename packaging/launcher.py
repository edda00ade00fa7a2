"""The first script of a packaged program: the command line, or one of its own processes."""

from __future__ import annotations

import ctypes.util
import multiprocessing
import os
import runpy
import sys
from pathlib import Path

LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def give_back_library_paths() -> None:
    """Programs that are started from here (players, browsers, tools) find the system's libraries again.

    PyInstaller's start puts the package's folder before them, and keeps what was there as …_ORIG. For this
    process it was read already; a process of our own is given it anew by its start.
    """
    for name in LIBRARY_PATHS:
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        elif getattr(sys, "frozen", False):
            os.environ.pop(name, None)


def find_own_libraries() -> None:
    """What a library asks the system for by name (sounddevice: PortAudio) is looked for here too, last."""
    inside = getattr(sys, "_MEIPASS", None)
    if inside is None:
        return
    of_system = ctypes.util.find_library

    def found(name: str) -> str | None:
        own = sorted(Path(inside).glob(f"lib{name}.so*"))
        return of_system(name) or (str(own[0]) if own else None)

    ctypes.util.find_library = found


def main() -> None:
    multiprocessing.freeze_support()  # the editor's second look is a process of multiprocessing's
    give_back_library_paths()
    find_own_libraries()
    from asr_desktop.base.own_program import MODULES, RUN_MODULE

    if len(sys.argv) > 2 and sys.argv[1] == RUN_MODULE:
        module = sys.argv[2]
        if module not in MODULES:
            sys.exit(f"asr-desktop: {module} is no part of this program that runs by itself.")
        sys.argv[:] = [module, *sys.argv[3:]]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from asr_desktop.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
