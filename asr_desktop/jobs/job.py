"""What is known of one file in the queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePath

from asr_desktop.jobs.outputs import ExistingOutput
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
