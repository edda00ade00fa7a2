"""The jobs of a queue: the state of each file, their order, and their observer."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from pathlib import Path, PurePath
from typing import Any, Protocol

from asr_desktop.jobs.outputs import ExistingOutput
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.export import ExportOptions


class JobState(Enum):
    """State of a job. The last three are final; `retry` starts over from them."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What is done with a transcript; read when a job begins, so a change applies to all waiting jobs."""

    formats: tuple[str, ...] = ("txt",)
    """Of `export.FORMATS`; none keeps the transcript in the library alone."""
    folder: Path | None = None
    """Where to write; None is beside each source."""
    existing: ExistingOutput = ExistingOutput.NUMBER
    """What to do if a file of that name exists: it may have been corrected by hand."""
    export_options: ExportOptions = field(default_factory=ExportOptions)
    track: int | None = None
    """The audio track of files with several, from 1; None is each file's default track."""
    speakers: SpeakerCount | None = None
    """How many speakers to tell apart; None skips this step."""
    name_of_speaker: Callable[[str], str] = str
    """What a speaker who was found ("Speaker 2") is called in the files: in the user's language, say."""
    copy_sound: bool = False
    """Keep a copy of the sound in the library, for sources that may be moved or deleted."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """A snapshot of a file's job; the queue reports each change with a new one."""

    id: int
    source: Path
    output: PurePath
    """Its transcript's name below `JobOptions.folder`, without an ending."""
    state: JobState = JobState.WAITING
    done_seconds: float = 0.0
    """Of sound."""
    total_seconds: float | None = None
    """What the file states; None while unknown."""
    speed: float | None = None
    """Seconds of sound for a second of time."""
    remaining_seconds: float | None = None
    """Of time, until it is done."""
    sentence: str = ""
    """Why it failed, in words for the user."""
    details: str = ""
    """Details for a defect report; empty if the sentence is sufficient."""
    notes: tuple[str, ...] = ()
    """Warnings, such as defects of the file that did not prevent reading it."""
    written: tuple[Path, ...] = ()
    entry_id: int | None = None
    """In the library."""
    is_found: bool = False
    """Found in a watched folder or left over from an earlier run, not named by the user. If the library
    already has its transcript, only missing outputs are written."""

    @property
    def fraction(self) -> float:
        """How much of it is done, 0…1."""
        if self.state is JobState.DONE:
            return 1.0
        return min(1.0, self.done_seconds / self.total_seconds) if self.total_seconds else 0.0


# The jobs of a queue in their order, and their observer


class Observer(Protocol):
    """Receives changes from any thread, one call at a time. Must not block."""

    def job_changed(self, job: FileJob) -> None:
        """A job is new or has changed."""

    def jobs_reordered(self) -> None:
        """Jobs were added, removed or moved; see `FileQueue.jobs`."""


class JobList:
    """All methods may be called from any thread."""

    def __init__(self, observer: Observer | None = None) -> None:
        self.changing = threading.Condition()
        """Held during each change and while the observer is called, so that it gets changes in order; hold
        it around several changes that belong together. Notified of each change."""
        self._observer = observer
        self._jobs: dict[int, FileJob] = {}
        self._last_id = 0

    def jobs(self) -> list[FileJob]:
        """All jobs, in order."""
        with self.changing:
            return list(self._jobs.values())

    def job(self, job_id: int) -> FileJob | None:
        """One job, None where it was removed."""
        with self.changing:
            return self._jobs.get(job_id)

    @property
    def is_busy(self) -> bool:
        """Whether something is waiting or under way."""
        with self.changing:
            return any(not job.state.is_end for job in self._jobs.values())

    def first_waiting(self) -> FileJob | None:
        """The next job to run."""
        with self.changing:
            return next((job for job in self._jobs.values() if job.state is JobState.WAITING), None)

    def wait_for(self, condition: Callable[[], bool], timeout_seconds: float | None = None) -> bool:
        """Wait until the condition is true; False on a timeout."""
        with self.changing:
            return self.changing.wait_for(condition, timeout_seconds)

    # Changes

    def add(self, files: Iterable[tuple[Path, PurePath]], *, are_found: bool = False) -> list[FileJob]:
        """Append files with the names of their transcripts. Files that are waiting already are skipped; so
        are running ones, except found files, which may have changed since."""
        added = []
        with self.changing:
            busy = {
                job.source
                for job in self._jobs.values()
                if job.state is JobState.WAITING or (job.state is JobState.RUNNING and not are_found)
            }
            for path, output in files:
                source = path.absolute()
                if source in busy:
                    continue
                self._last_id += 1
                job = FileJob(self._last_id, source, output, is_found=are_found)
                self._jobs[job.id] = job
                added.append(job)
            if added:
                self._tell_order()
        return added

    def change(self, job_id: int, **fields: Any) -> FileJob | None:
        """Change a job and return it. One that was removed meanwhile stays unchanged."""
        with self.changing:
            job = self._jobs.get(job_id)
            return None if job is None else self.put(replace(job, **fields))

    def put(self, job: FileJob) -> FileJob:
        """Replace the job with the same number."""
        with self.changing:
            self._jobs[job.id] = job
            if self._observer is not None:
                self._tell(partial(self._observer.job_changed, job))
            self.changing.notify_all()
        return job

    def note(self, job_id: int, *sentences: str) -> None:
        """Add warnings, each only once."""
        with self.changing:
            job = self._jobs.get(job_id)
            if job is not None and sentences:
                self.change(job_id, notes=tuple(dict.fromkeys((*job.notes, *sentences))))

    def remove(self, job_ids: Iterable[int]) -> None:
        with self.changing:
            gone = [job_id for job_id in job_ids if self._jobs.pop(job_id, None) is not None]
            if gone:
                self._tell_order()

    def move(self, job_ids: Sequence[int], place: int) -> None:
        """Put jobs before the one that is at `place` now, in the order in which they are."""
        with self.changing:
            moving = [job for job in self._jobs.values() if job.id in set(job_ids)]
            others = list(self._jobs.values())
            before = [job for job in others[:place] if job not in moving]
            after = [job for job in others[place:] if job not in moving]
            reordered = [*before, *moving, *after]
            if reordered != others:
                self._jobs = {job.id: job for job in reordered}
                self._tell_order()

    def _tell(self, news: Callable[[], None]) -> None:
        """Call the observer; its exceptions do not affect the jobs."""
        try:
            news()
        except Exception:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def _tell_order(self) -> None:
        if self._observer is not None:
            self._tell(self._observer.jobs_reordered)
        self.changing.notify_all()
