"""`asr-desktop` without a command: what the program does, shown on the sample that comes with it."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from asr_desktop import DEFAULT_MODEL, __version__, paths
from asr_desktop.commands.progress import shown_progress


def welcome() -> None:
    """Transcribe the bundled sample in the terminal, and say how to go on."""
    from asr_desktop import Transcriber

    sample = paths.resources_folder() / "samples" / "welcome.ogg"
    print(f"ASR Desktop {__version__} works in the terminal; it has no window yet.")
    print("This is what it hears in its sample recording:\n")
    started = time.monotonic()
    with shown_progress(sample.name) as show:
        transcript = Transcriber(DEFAULT_MODEL).transcribe(sample, progress=show)
    seconds = time.monotonic() - started
    print(f"  file   {sample}")
    print(f"  text   {transcript.text.replace(chr(10), chr(10) + ' ' * 9)}")
    print(f"  time   {seconds:.1f} s for {transcript.duration_seconds:.1f} s of sound, loading included\n")
    command = _own_command()
    print("A recording of your own:")
    print(f"  {command} transcribe talk.mp3")
    print(f"  {command} transcribe film.mkv --format srt --output-dir subtitles")
    print("More:")
    print(f"  {command} --help")
    print(f"  {command} doctor      what is installed and works")


def _own_command() -> str:
    """What to type to run this program again: its name where the shell finds it, else where it lies."""
    program = Path(sys.argv[0])
    if program.stem != "asr-desktop":
        return f"{sys.executable} -m asr_desktop"
    if shutil.which(program.stem) is not None:
        return program.stem
    here = Path.cwd()
    return str(program.relative_to(here)) if program.is_relative_to(here) else str(program)
