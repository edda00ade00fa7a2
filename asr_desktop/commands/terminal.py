"""The terminal of a command: reliable standard streams, Ctrl-C that is never lost, and progress."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from asr_desktop.base.clock import clock

if TYPE_CHECKING:
    from asr_desktop.model_store.download import DownloadProgress
    from asr_desktop.recognition.file_pipeline import Progress


# Reliable standard streams


def prepare() -> None:
    """Replace closed streams by null devices, and avoid encoding errors on output.

    A stream is closed after `>&-` in a shell, and if a program without a console starts this one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (as long as the process)
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal's encoding lacks is replaced instead of raising an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


# Ctrl-C that is never lost

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as in shells


class Interruption:
    """Context in which Ctrl-C raises KeyboardInterrupt as usual and is also recorded.

    Python prints and discards exceptions that are raised within a callback of native code or in a finaliser,
    and a long job would then continue. So long jobs also check `happened`. If Ctrl-C is ignored, as in a
    shell's background jobs, it stays ignored.

    is_only_recorded: nothing is raised; the caller has to ask `happened` often. For loops that must not be
    interrupted in the middle of a step.
    """

    def __init__(self, *, is_only_recorded: bool = False) -> None:
        self._is_only_recorded = is_only_recorded
        self._happened = False
        self._is_ours = False

    def happened(self) -> bool:
        return self._happened

    def __enter__(self) -> Interruption:
        in_main_thread = threading.current_thread() is threading.main_thread()
        self._is_ours = in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._is_ours:
            signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._happened = True
        if not self._is_only_recorded:
            raise KeyboardInterrupt


# Progress on standard error: a bar in a terminal, otherwise occasional lines

SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def shown_progress(label: str) -> Iterator[Callable[[Progress], None]]:
    """Show progress under the name `label` while the block runs; the bar is removed afterwards."""

    def fields(progress: Progress) -> dict[str, Any]:
        return {
            "completed": progress.done_seconds,
            "total": progress.total_seconds,
            "position": position(progress),
        }

    if sys.stderr.isatty():
        with _bar(label, fields) as show:
            yield show
    else:
        yield _Lines(label)


@contextmanager
def shown_download(name: str) -> Iterator[Callable[[DownloadProgress], None]]:
    """Show the progress of the download of `name` while the block runs; the bar is removed afterwards."""

    def fields(progress: DownloadProgress) -> dict[str, Any]:
        return {
            "completed": progress.done_bytes,
            "total": progress.total_bytes,
            "description": f"{name}: {progress.state.value}",
            "position": _left(progress),
        }

    if sys.stderr.isatty():
        with _bar(name, fields, in_bytes=True) as show:
            yield show
    else:
        yield _DownloadLines(name)


_State = TypeVar("_State")


@contextmanager
def _bar(
    label: str, fields: Callable[[_State], dict[str, Any]], *, in_bytes: bool = False
) -> Iterator[Callable[[_State], None]]:
    """A bar. fields: what of it changes with the progress; in_bytes: bytes are shown in place of per cent."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn() if in_bytes else TaskProgressColumn(),
        TextColumn("{task.fields[position]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, position="")
        yield lambda progress: bar.update(task, **fields(progress))


class _Lines:
    """A line every half minute, for logs; short jobs print nothing."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            print(f"{self._label}: {position(progress)}", file=sys.stderr, flush=True)


def position(progress: Progress) -> str:
    """Such as "3:20 of 10:00, about 1:40 left"; unknown parts are omitted."""
    parts = clock(progress.done_seconds)
    if progress.total_seconds is not None:
        parts += f" of {clock(progress.total_seconds)}"
    if progress.remaining_seconds is not None:
        parts += f", about {clock(progress.remaining_seconds)} left"
    return parts


class _DownloadLines:
    """A line for each new state and every half minute, for logs."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._state = ""
        self._last = time.monotonic()

    def __call__(self, progress: DownloadProgress) -> None:
        now = time.monotonic()
        if progress.state.value == self._state and now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._state, self._last = progress.state.value, now
        parts = [progress.state.value]
        if progress.total_bytes:
            parts.append(f"{progress.done_bytes / 1e6:.0f} of {progress.total_bytes / 1e6:.0f} MB")
        print(
            f"{self._name}: {', '.join([*parts, _left(progress)]).strip(', ')}", file=sys.stderr, flush=True
        )


def _left(progress: DownloadProgress) -> str:
    if progress.bytes_per_second is None or progress.remaining_seconds is None:
        return ""
    return f"{progress.bytes_per_second / 1e6:.1f} MB/s, about {clock(progress.remaining_seconds)} left"
