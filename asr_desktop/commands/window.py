"""`asr-desktop` without a command, with files or in the tray: opens the window; and dictation in its process.

Without a screen, `asr-desktop` transcribes the sample in the terminal. `toggle`, `start`, `stop`, `cancel`
and `correct` are for desktops whose settings bind keys.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import socket
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from asr_desktop import DEFAULT_MODEL, __version__
from asr_desktop.base import messages, paths
from asr_desktop.commands.terminal import shown_progress


def welcome() -> None:
    """Open the window, or transcribe the bundled sample in the terminal and say how to go on."""
    why_not = no_window_because()
    if why_not is None:
        from asr_desktop.gui.app import main

        raise typer.Exit(main())
    show_sample(why_not)


def no_window_because() -> str | None:
    """The reason why no window can be opened, as part of a sentence; None if it can.

    Qt aborts the program if it finds no screen, so this is checked first.
    """
    if not sys.platform.startswith("linux"):
        return None
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return None  # such as offscreen, which is set on purpose
    if os.environ.get("WAYLAND_DISPLAY") and not platform.startswith("xcb"):
        return _library_missing("libqwayland.so")
    display = os.environ.get("DISPLAY")
    if not display:
        return "there is no screen here"
    if not _answers(display):
        return f"the screen {display} does not answer"
    return _library_missing("libqxcb.so")


def show_sample(why_not: str) -> None:
    """Transcribe the sample in the terminal, and say why there is no window."""
    from asr_desktop import Transcriber

    sample = paths.resources_folder() / "samples" / "welcome.ogg"
    print(f"ASR Desktop {__version__}: cannot open the window, because {why_not}. It works here, too.")
    print("Transcript of the sample recording:\n")
    started = time.monotonic()
    with shown_progress(sample.name) as show:
        transcript = Transcriber(DEFAULT_MODEL).transcribe(sample, progress=show)
    seconds = time.monotonic() - started
    print(f"  file   {sample}")
    print(f"  text   {transcript.text.replace(chr(10), chr(10) + ' ' * 9)}")
    print(f"  time   {seconds:.1f} s for {transcript.duration_seconds:.1f} s of sound, loading included\n")
    command = _own_command()
    print("Transcribe your own recording:")
    print(f"  {command} transcribe talk.mp3")
    print(f"  {command} transcribe film.mkv --format srt --output-dir subtitles")
    print("More:")
    print(f"  {command} --help")
    print(f"  {command} doctor      check the installation")


def _answers(display: str) -> bool:
    """Whether an X server listens: at its socket for a local display, at its port for others (ssh -X)."""
    match = re.fullmatch(r"(?:unix)?(?P<host>[^:]*):(?P<number>\d+)(?:\.\d+)?", display)
    if match is None:
        return True  # an unknown form that Qt may support
    number = int(match["number"])
    try:
        if match["host"] and not match["host"].startswith("/"):
            socket.create_connection((match["host"], 6000 + number), timeout=5).close()
            return True
        with socket.socket(socket.AF_UNIX) as there:
            there.settimeout(5)
            there.connect(f"/tmp/.X11-unix/X{number}")
            return True
    except OSError:
        return _answers_abstractly(number) if not match["host"] else False


def _answers_abstractly(number: int) -> bool:
    """Whether an X server listens at Linux's abstract socket, which has no file."""
    try:
        with socket.socket(socket.AF_UNIX) as there:
            there.settimeout(5)
            there.connect(f"\0/tmp/.X11-unix/X{number}")
            return True
    except OSError:
        return False


def _library_missing(plugin: str) -> str | None:
    """Why Qt's platform plug-in for this screen cannot be loaded, as part of a sentence; None if it can."""
    try:
        import PySide6
    except ImportError:
        return "PySide6 is not installed (pip install pyside6-essentials)"
    try:
        import PySide6.QtGui  # loads the libraries that the plug-in needs
        import PySide6.QtWidgets

        ctypes.CDLL(str(Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / plugin))
    except (ImportError, OSError) as error:
        library = str(error).partition(":")[0]
        messages.note("Run `make run` to install what is missing.")
        return f"the library {library}, which it needs, is not installed"
    return None


def _own_command() -> str:
    """The command that runs this program: its name if it is on the PATH, otherwise its path."""
    program = Path(sys.argv[0])
    if program.stem != "asr-desktop":
        return f"{sys.executable} -m asr_desktop"
    if shutil.which(program.stem) is not None:
        return program.stem
    here = Path.cwd()
    return str(program.relative_to(here)) if program.is_relative_to(here) else str(program)


# `asr-desktop FILE …`: opens the window with these files. File managers call it for "Open with"

OPEN = "open"


class FilesOrCommands(TyperGroup):
    """Opens the files that are given in place of a command."""

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
    why_not = no_window_because()
    if why_not is not None:
        messages.problem(f"Cannot open the window ({why_not}); use `asr-desktop transcribe` instead.")
        raise typer.Exit(1)
    from asr_desktop.gui.app import main

    raise typer.Exit(main([file for file in files if file not in missing]))


def _means_a_file(argument: str) -> bool:
    return os.path.exists(argument) or os.sep in argument or "." in argument


# Dictation, in the process of the window


def toggle() -> None:
    """Start or stop dictation into the window in front. Bind this to a key in your desktop's settings."""
    _begin("toggle")


def start() -> None:
    """Start dictation into the window in front; opens ASR Desktop in the tray if it is not running."""
    _begin("start")


def stop() -> None:
    """Stop dictation; what was said is still inserted."""
    _tell("stop")


def cancel() -> None:
    """Stop dictation; what is not inserted yet is dropped."""
    _tell("cancel")


def correct() -> None:
    """Show the last dictation to correct it; the program learns from the correction."""
    _tell("correct")


def tray() -> None:
    """Open ASR Desktop in the tray, ready for the dictation shortcut."""
    _begin("")


def _begin(what: str) -> None:
    why_not = no_window_because()
    if why_not is not None:
        messages.problem(f"Cannot dictate ({why_not}); use `asr-desktop live` instead.")
        raise typer.Exit(1)
    from asr_desktop.gui.app import main

    raise typer.Exit(main(dictation=what, is_in_tray=True))


def _tell(what: str) -> None:
    from asr_desktop.gui.single_instance import SingleInstance

    if not SingleInstance().tell(what):
        messages.problem("ASR Desktop is not running; start it with: asr-desktop start")
        raise typer.Exit(1)
