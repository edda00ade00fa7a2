"""The jobs of a queue: what is known of each file, their order, and whoever follows them."""

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
    """Where a job stands. The last three are its ends, from which `retry` begins anew."""

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
    """What becomes of a transcript; asked for when a job begins, so a change reaches all that wait."""

    formats: tuple[str, ...] = ("txt",)
    """Of `export.FORMATS`; none keeps the transcript in the library alone."""
    folder: Path | None = None
    """Where to write; None is beside each source."""
    existing: ExistingOutput = ExistingOutput.NUMBER
    """What to do where a file of that name lies already: it may have been corrected by hand."""
    export_options: ExportOptions = field(default_factory=ExportOptions)
    track: int | None = None
    """The audio track to hear of files that have several, from 1; None is the one that each file marks."""
    speakers: SpeakerCount | None = None
    """Tell so many speakers apart; None does not."""
    copy_sound: bool = False
    """Keep a copy of the sound in the library, for sources that will not stay where they are."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file on its way, as it stands now; a queue tells of each change with another one of these."""

    id: int
    source: Path
    output: PurePath
    """Its transcript's name below `JobOptions.folder`, without an ending."""
    state: JobState = JobState.WAITING
    done_seconds: float = 0.0
    """Of sound."""
    total_seconds: float | None = None
    """The file's own claim, None while nobody knows."""
    speed: float | None = None
    """Seconds of sound for a second of time."""
    remaining_seconds: float | None = None
    """Of time, until it is done."""
    sentence: str = ""
    """Why it failed, in words for the user."""
    details: str = ""
    """More of the same for a defect report, empty where the sentence says it all."""
    notes: tuple[str, ...] = ()
    """What was wrong with the file without keeping it from being read, and the like."""
    written: tuple[Path, ...] = ()
    entry_id: int | None = None
    """In the library."""
    is_found: bool = False
    """Nobody named it: it lies in a watched folder, or was left over. What the library has of it already is
    only written, where that is not done, and not recognised again."""

    @property
    def fraction(self) -> float:
        """How much of it is done, 0…1."""
        if self.state is JobState.DONE:
            return 1.0
        return min(1.0, self.done_seconds / self.total_seconds) if self.total_seconds else 0.0


# The jobs of a queue in their order, and whoever is told of what becomes of them


class Observer(Protocol):
    """Who is told what happens, from any thread, one call after the other. It must not wait for anything."""

    def job_changed(self, job: FileJob) -> None:
        """A job is new or stands otherwise."""

    def jobs_reordered(self) -> None:
        """Jobs came, went or changed places: `FileQueue.jobs` has them."""


class JobList:
    """All methods may be called from any thread."""

    def __init__(self, observer: Observer | None = None) -> None:
        self.changing = threading.Condition()
        """Held while anything changes and while the observer is told, so that it hears things in their order;
        to be held around several changes that belong together. Notified of each change."""
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
        """The one whose turn it is."""
        with self.changing:
            return next((job for job in self._jobs.values() if job.state is JobState.WAITING), None)

    def wait_for(self, condition: Callable[[], bool], timeout_seconds: float | None = None) -> bool:
        """Until changes have made that true; False if it takes longer."""
        with self.changing:
            return self.changing.wait_for(condition, timeout_seconds)

    # Changes

    def add(self, files: Iterable[tuple[Path, PurePath]], *, are_found: bool = False) -> list[FileJob]:
        """At the end: files and the names of their transcripts. One that waits already is passed over, and
        one that runs, unless it was found: it may have changed since it began."""
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
        """The job as it stands then. One that was removed meanwhile is changed no more."""
        with self.changing:
            job = self._jobs.get(job_id)
            return None if job is None else self.put(replace(job, **fields))

    def put(self, job: FileJob) -> FileJob:
        """In place of the one with its number."""
        with self.changing:
            self._jobs[job.id] = job
            if self._observer is not None:
                self._tell(partial(self._observer.job_changed, job))
            self.changing.notify_all()
        return job

    def note(self, job_id: int, *sentences: str) -> None:
        """Each sentence is said once."""
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
        """An observer that fails costs no file."""
        try:
            news()
        except Exception:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def _tell_order(self) -> None:
        if self._observer is not None:
            self._tell(self._observer.jobs_reordered)
        self.changing.notify_all()
