"""Kills a program at each of its steps, has another one go on, and says what came of it, a JSON line each.

    python -m tests.jobs.kill_everywhere FOLDER

A step is whatever touches the library or the output folder: opening, making, renaming or removing a file, and
every statement that the database gets. A kill is os._exit in the middle, as kill -9 is: nothing is cleaned
up, and no buffer is written.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from asr_desktop.jobs.job import JobOptions
from asr_desktop.transcripts.library import Library, database
from tests.jobs.scripted_recogniser import ScriptedRecogniser, watch_once

KILLED = 137
_STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.chmod", "os.rmdir")


class Killer:
    """Ends the process at the step of this number."""

    def __init__(self, number: int, places: tuple[Path, ...]) -> None:
        self._left = number
        self._places = tuple(map(str, places))

    def step(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os._exit(KILLED)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STEPS and any(str(part).startswith(self._places) for part in arguments):
            self.step()


def go(home: Path, kill_at: int | None) -> int:
    """Run in a process of its own; its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if kill_at is not None:
        killer = Killer(kill_at, (home / "out", home / "library"))
        sys.addaudithook(killer.hear)
        open_connection = database.open_connection

        def traced(path: Path) -> Any:
            connection = open_connection(path)
            connection.set_trace_callback(killer.step)
            return connection

        database.open_connection = traced
    recogniser = ScriptedRecogniser(home / "asked")
    library = Library(home / "library.sqlite3")
    watch_once(recogniser, library, home / "inbox", JobOptions(("txt", "srt", "docx"), home / "out"))
    os._exit(0)


def look(home: Path) -> dict[str, Any]:
    library = Library(home / "library.sqlite3")
    found = {
        "asked": ScriptedRecogniser(home / "asked").asked,
        "entries": len(library.entries()),
        "owing": sum(entry.owes_outputs for entry in library.entries()),
        "out": sorted(p.name for p in (home / "out").iterdir() if not p.name.endswith(".tmp")),
    }
    library.close()
    return found


def main(folder: Path) -> None:
    for kill_at in range(1, 500):
        home = folder / str(kill_at)
        (home / "inbox").mkdir(parents=True)
        (home / "inbox" / "talk.wav").write_bytes(b"sound")
        code = go(home, kill_at)
        safe = any((home / "library").glob("*/transcript.json"))
        again = go(home, None)
        print(json.dumps({"step": kill_at, "codes": [code, again], "safe": safe, **look(home)}), flush=True)
        if code == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
