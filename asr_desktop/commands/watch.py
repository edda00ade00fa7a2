"""`asr-desktop watch`: transcribes new files in folders until it is stopped."""

from __future__ import annotations

import queue
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import messages
from asr_desktop.base.errors import AsrDesktopError, ExportError
from asr_desktop.base.sentences import Sentence
from asr_desktop.commands import options
from asr_desktop.commands.recognition_options import (
    Model,
    RecognitionOptions,
    RuntimeOptions,
    model_choice,
)
from asr_desktop.commands.terminal import EXIT_INTERRUPTED, Interruption

if TYPE_CHECKING:
    from asr_desktop.jobs.job import FileJob

_RETRIES_EVERY_SECONDS = 60.0
"""Retry interval for transcripts that could not be written, for example to a full disk."""


@options.grouped
def watch(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER", help="Folders to watch, including subfolders.")
    ],
    formats: options.Formats = None,
    output_dir: Annotated[
        Path | None,
        typer.Option("--output-dir", metavar="FOLDER", help="Output folder. Default: next to each file."),
    ] = None,
    track: options.Track = None,
    speakers: options.Speakers = None,
    once: Annotated[
        bool, typer.Option("--once", help="Transcribe the files that have no transcript yet, then exit.")
    ] = False,
    settle_seconds: Annotated[
        float,
        typer.Option("--settle-seconds", min=0.0, help="Wait until a file has not changed for this long."),
    ] = 5.0,
    model: Model = DEFAULT_MODEL,
    recognition: RecognitionOptions = RecognitionOptions(),
    runtime: RuntimeOptions = RuntimeOptions(),
) -> None:
    """Watch folders and transcribe new sound and video files. Press Ctrl-C to stop.

    Transcripts are also added to the library; files that are already in the library are skipped. A file is
    transcribed when it has stopped growing. Existing transcripts are never replaced: new ones get a number.
    """
    from asr_desktop.jobs.file_queue import FileQueue
    from asr_desktop.jobs.folder_watcher import FolderWatcher, needs_nothing
    from asr_desktop.jobs.job import JobOptions
    from asr_desktop.recognition.worker.client import RecogniserProcess
    from asr_desktop.speakers.turns import SpeakerCount
    from asr_desktop.transcripts.library import Library

    for folder in folders:
        if not folder.is_dir():
            raise ExportError(f"The folder {folder} does not exist; check the name.")
    choice = model_choice(model, recognition, runtime)
    wanted = options.names_of(formats)
    count = SpeakerCount.parse(speakers) if speakers is not None else None
    library = Library()
    # Files that cannot be recorded as done would be transcribed again at every start.
    library.require_writable()
    reports = _Reports()
    with RecogniserProcess() as recogniser:
        jobs = FileQueue(
            lambda: recogniser,
            lambda: library,
            choice=lambda: choice,
            options=lambda: JobOptions(formats=wanted, folder=output_dir, track=track, speakers=count),
            observer=reports,
            on_problem=reports.tell_problem,
        )
        watcher = FolderWatcher(
            lambda path: jobs.add_found(path, folders),
            is_known=lambda path: needs_nothing(library, path),
            on_problem=reports.tell_problem,
            settle_seconds=settle_seconds,
        )
        try:
            watcher.set_folders(folders)
            if not once:
                messages.note(f"Watching {', '.join(map(str, folders))}. Press Ctrl-C to stop.")
            retries_at = time.monotonic() + _RETRIES_EVERY_SECONDS
            # Ctrl-C takes effect between the steps, so that each line is printed once.
            with Interruption(is_only_recorded=True) as interruption:
                while not (once and watcher.is_settled and not jobs.is_busy):
                    reports.tell_next(0.2)
                    if interruption.happened():
                        raise KeyboardInterrupt
                    if failure := watcher.failure or jobs.failure:
                        raise WatchError(
                            Sentence("Watching has stopped: {failure} Start it again.", failure=failure)
                        )
                    if not once and time.monotonic() > retries_at:
                        retries_at = time.monotonic() + _RETRIES_EVERY_SECONDS
                        jobs.retry_unwritten()
                reports.tell_all()
        except KeyboardInterrupt:
            watcher.close()
            jobs.close()
            reports.tell_all()  # includes the file that was just being written
            raise typer.Exit(EXIT_INTERRUPTED) from None
        finally:
            watcher.close()
            jobs.close()
    if reports.failures or reports.problems:
        raise typer.Exit(1)


class WatchError(AsrDesktopError):
    """The folders can no longer be watched."""


class _Reports:
    """Prints the result of each job in the calling thread, so that lines never mix."""

    def __init__(self) -> None:
        self.failures = 0
        self.problems = 0
        self._told: dict[int, str] = {}
        self._untold: deque[FileJob] = deque()
        self._news: queue.SimpleQueue[None] = queue.SimpleQueue()

    def job_changed(self, job: FileJob) -> None:
        if job.state.is_end:
            self._untold.append(job)
            self._news.put(None)

    def jobs_reordered(self) -> None:
        """Ignored: the order does not matter here."""

    def tell_problem(self, sentence: str) -> None:
        self.problems += 1
        messages.problem(sentence)

    def tell_next(self, timeout_seconds: float) -> None:
        with suppress(queue.Empty):
            self._news.get(timeout=timeout_seconds)
        self.tell_all()

    def tell_all(self) -> None:
        while self._untold:
            self._tell(self._untold.popleft())

    def _tell(self, job: FileJob) -> None:
        for sentence in job.notes:
            messages.note(f"{job.source}: {sentence}")
        for path in job.written:
            print(path, flush=True)
        if job.sentence and self._told.get(job.id) != job.sentence:
            self._told[job.id] = job.sentence  # repeated failures are reported once
            self.failures += 1
            messages.problem(f"{job.source}: {job.sentence}")
