"""`asr-desktop live` as a person has it: a program of its own, whose lines are read as they come."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from asr_desktop.audio.session import Session, list_sessions

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 120.0
Line = dict[str, Any]
LINE_KEYS = {"type", "utterance", "text", "committed", "start", "end", "words", "time"}
"""What every line of it has, whatever it tells of."""


class LiveProgram:
    """Starts it, with its recordings in `folder`; a context manager that leaves no process behind.

    command: what starts the program, or one that wraps it.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: object,
        environment: Mapping[str, str] | None = None,
        command: Sequence[object] = (sys.executable, "-m", "asr_desktop"),
    ) -> None:
        self.folder = folder
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the program)
        self.process = subprocess.Popen(
            [str(part) for part in (*command, "live", "--json", "--save", folder, *arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})},
            start_new_session=True,  # so that a signal reaches all of it, as from a terminal
        )
        self._lines: list[tuple[float, Line]] = []
        self._came = threading.Condition()
        self._is_at_end = False
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> LiveProgram:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()
        self._errors.close()

    @property
    def lines(self) -> list[Line]:
        with self._came:
            return [line for _, line in self._lines]

    @property
    def timed_lines(self) -> list[tuple[float, Line]]:
        """Lines with the `time.monotonic()` at which they came."""
        with self._came:
            return list(self._lines)

    @property
    def finals(self) -> list[Line]:
        """Those with words; one that was written anew, with the mark that its end called for, as it is
        then.
        """
        finals: list[Line] = []
        for line in self.lines:
            if line["type"] == "final":
                finals.append(line)
            elif line["type"] == "rewritten":
                finals = [line if final["utterance"] == line["utterance"] else final for final in finals]
        return [line for line in finals if line["text"]]

    @property
    def warnings(self) -> list[str]:
        return [line["text"] for line in self.lines if line["type"] == "warning"]

    @property
    def session(self) -> Session:
        """The one in its folder that is newest."""
        return Session(list_sessions(self.folder)[0].path)

    def wait_for(self, wanted: Callable[[Line], bool], what: str, *, after: int = 0) -> Line:
        """The first line that is wanted, from the `after`-th on; AssertionError if it does not come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        seen = after
        with self._came:
            while True:
                for _, line in self._lines[seen:]:
                    seen += 1
                    if wanted(line):
                        return line
                if self._is_at_end or not self._came.wait(timeout=deadline - time.monotonic()):
                    raise AssertionError(f"no {what} among {self._lines}; {self.errors()}")

    def wait_until_listening(self, *, after: int = 0) -> Line:
        return self.wait_for(lambda line: line["type"] == "listening", "listening", after=after)

    def wait_for_warning(self, text: str, *, after: int = 0) -> str:
        wanted = self.wait_for(
            lambda line: line["type"] == "warning" and text in line["text"], f"warning “{text}”", after=after
        )
        return str(wanted["text"])

    def press_ctrl_c(self) -> None:
        self.signal(signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of everything that belongs to it."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def wait(self) -> int:
        """The exit code; all lines have been read."""
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        with self._came:
            self._came.wait_for(lambda: self._is_at_end, timeout=PATIENCE_SECONDS)
        return code

    def errors(self) -> str:
        """What it has written to standard error."""
        self._errors.seek(0)
        return self._errors.read()

    def worker(self) -> int | None:
        """The process id of the recogniser that is there now."""
        return next(iter(_recognisers_of(self.process.pid)), None)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            with self._came:
                self._lines.append((time.monotonic(), json.loads(text)))
                self._came.notify_all()
        with self._came:
            self._is_at_end = True
            self._came.notify_all()


def resident_megabytes(process_id: int) -> float:
    """Memory of a process that no other has as well: what it adds to the machine's burden."""
    pages = Path(f"/proc/{process_id}/statm").read_text().split()
    return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _recognisers_of(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(status[1]) == parent and status[0] not in "ZX" and b"recognition.worker" in command:
            found.append(int(folder.name))
    return found
