"""What the tests of the recogniser's process wait with. Patience costs nothing when all is well."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from asr_desktop.recognition.worker.protocol import Event

PATIENCE_SECONDS = 120.0


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited for {PATIENCE_SECONDS:g} s: {what}"
        time.sleep(0.01)


def until(events: Iterator[Event], kind: type) -> list[Event]:
    """The events up to the first of a kind."""
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, kind):
            return seen
    raise AssertionError(f"the job ended without {kind.__name__}: {seen}")


def is_running(process_id: int) -> bool:
    """Zombies, which wait for a parent to ask for them, do not run."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
