"""How far a transcription is, on standard error: a bar in a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS_BETWEEN_LINES = 30.0

Advance = Callable[[float, float | None], None]
"""Called with the seconds of sound that are done, and those there are (None: not known)."""


@contextmanager
def shown_progress(name: str) -> Iterator[Advance]:
    """Show the progress on the file called `name` while the block runs; nothing of a bar stays behind."""
    if sys.stderr is not None and sys.stderr.isatty():
        with _bar(name) as advance:
            yield advance
    else:
        yield _Lines(name)


@contextmanager
def _bar(name: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[position]}", markup=False),
        TimeRemainingColumn(),
        TextColumn("left", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(Text(name).plain, total=None, position="")

        def advance(done_seconds: float, total_seconds: float | None) -> None:
            position = clock(done_seconds) + (f" of {clock(total_seconds)}" if total_seconds else "")
            bar.update(task, completed=done_seconds, total=total_seconds, position=position)

        yield advance


class _Lines:
    """A line every half minute, for logs: the short jobs stay silent."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = self._last = time.monotonic()

    def __call__(self, done_seconds: float, total_seconds: float | None) -> None:
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = now
        line = f"{self._name}: {clock(done_seconds)}"
        if total_seconds and done_seconds > 0:
            left = (now - self._started) * max(0.0, total_seconds / done_seconds - 1.0)
            line += f" of {clock(total_seconds)}, about {clock(left)} left"
        print(line, file=sys.stderr, flush=True)


def clock(seconds: float) -> str:
    """Seconds as people read them: 0:07, 12:30, 1:02:03."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
