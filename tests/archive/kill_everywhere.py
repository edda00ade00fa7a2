"""Kills an archive run at each of its steps, has another one go on, and says what came of it, a JSON line
each.

    python -m tests.archive.kill_everywhere FOLDER

A step is whatever touches the output folder: opening, making, renaming or removing a file, and each half of
a line of the ledger. A kill is os._exit in the middle, as kill -9 is.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from asr_desktop.archive.ledger import Ledger
from tests.archive.scripted_archive import ScriptedArchive
from tests.jobs.kill_everywhere import KILLED, Killer

SAID = {"one.wav": "the boat came back", "two.wav": "in the evening"}


class _HalfWriting:
    """A file that writes each line in two halves, with a step before, between and after."""

    def __init__(self, file: Any, killer: Killer) -> None:
        self._file = file
        self._killer = killer

    def write(self, data: bytes) -> None:
        self._killer.step()
        for half in (data[: len(data) // 2], data[len(data) // 2 :]):
            self._file.write(half)
            self._file.flush()
            self._killer.step()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def go(home: Path, kill_at: int | None) -> int:
    """Run in a process of its own; its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    archive = ScriptedArchive(home)
    if kill_at is not None:
        killer = Killer(kill_at, (home / "out",))
        sys.addaudithook(killer.hear)
        enter = Ledger.__enter__

        def entered(self: Ledger) -> Ledger:
            enter(self)
            self._file = _HalfWriting(self._file, killer)  # type: ignore[assignment]
            return self

        Ledger.__enter__ = entered  # type: ignore[method-assign]
    archive.run()
    os._exit(0)


def main(folder: Path) -> None:
    for kill_at in range(1, 500):
        home = folder / str(kill_at)
        archive = ScriptedArchive(home)
        for name, said in SAID.items():
            archive.put(name, said)
        code = go(home, kill_at)
        assert code in (0, KILLED), code
        asked = archive.asked
        again = go(home, None)
        found = {"asked": asked, "asked again": archive.asked[len(asked) :], "written": archive.written()}
        print(json.dumps({"step": kill_at, "codes": [code, again], **found}), flush=True)
        if code == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
