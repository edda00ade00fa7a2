"""`asr-desktop FILE …`: the window, with these files to transcribe. File managers call it for "Open with"."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from asr_desktop.base import messages
from asr_desktop.commands import welcome

OPEN = "open"


class FilesOrCommands(TyperGroup):
    """A first argument that is a file, or is meant as one, is opened; any other is a command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        command = self.get_command(ctx, args[0])
        opener = self.get_command(ctx, OPEN)
        if command is None and opener is not None and _means_a_file(args[0]):
            return OPEN, opener, args
        return super().resolve_command(ctx, args)


def open_files(
    files: Annotated[
        list[Path], typer.Argument(help="Sound or video files, folders, or transcripts (.json).")
    ],
) -> None:
    """Open files in the window. `asr-desktop FILE` does the same."""
    missing = [file for file in files if not file.exists()]
    for file in missing:
        messages.problem(f"{file} does not exist; check the name.")
    if len(missing) == len(files):
        raise typer.Exit(1)
    why_not = welcome.no_window_because()
    if why_not is not None:
        messages.problem(f"Cannot open the window ({why_not}); use `asr-desktop transcribe` instead.")
        raise typer.Exit(1)
    from asr_desktop.gui.app import main

    raise typer.Exit(main([file for file in files if file not in missing]))


def _means_a_file(argument: str) -> bool:
    return os.path.exists(argument) or os.sep in argument or "." in argument
