"""One recording of an archive through a recogniser's process: its transcripts as bytes, or a sentence.

Nothing is written here. Whoever asked writes the files and the ledger in one place, so a process or a machine
that is lost in the middle of a recording leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from asr_desktop.base import messages
from asr_desktop.base.errors import AsrDesktopError, CancelledError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import (
    FileDone,
    FileProgress,
    ModelChoice,
    Restarted,
    UtteranceSkipped,
)
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.export import ExportOptions, render
from asr_desktop.transcripts.source_stamp import SourceStamp, stamp_of


class ArchiveError(AsrDesktopError):
    """An archive cannot be transcribed as was asked for."""


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """What is wanted of every recording.

    track: of those with several audio tracks, from 1. speakers: tell so many apart; None does not.
    """

    choice: ModelChoice
    formats: tuple[str, ...] = ("txt",)
    export_options: ExportOptions = field(default_factory=ExportOptions)
    track: int | None = None
    speakers: SpeakerCount | None = None

    @property
    def fingerprint(self) -> str:
        """Of all that makes the transcripts what they are: not which formats, nor on which processor."""
        choice = replace(self.choice, threads=None, providers=None)
        speakers = None if self.speakers is None else asdict(self.speakers)
        said = [asdict(choice), asdict(self.export_options), self.track, speakers]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound or video file of an archive.

    path: absolute. output: of its transcripts, below the output folder, without an ending. seconds: what the
    file says of its length, an estimate where it says nothing.
    """

    path: Path
    output: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a recording.

    contents: its transcripts by format. spoken: its words as they were said. notes: sentences about what was
    wrong with it without keeping it from being transcribed. failure: why it could not be, and nothing else
    counts then. stamp: the file's when its transcription began. missing_on: the machine of a cluster that has
    no such file, "" where it is there.
    """

    recording: Recording
    stamp: SourceStamp | None
    contents: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    spoken: str = ""
    notes: tuple[str, ...] = ()
    failure: str | None = None
    missing_on: str = ""


def transcribed(
    recording: Recording,
    options: ArchiveOptions,
    recogniser: RecogniserProcess,
    progress: Callable[[float], None] = lambda done_seconds: None,
) -> Outcome:
    """Recognise one file; whatever is wrong with it is the outcome's `failure`.

    progress: told how many seconds of its sound are done. Raises CancelledError where the recogniser was
    closed meanwhile.
    """
    stamp = stamp_of(recording.path)
    try:
        return _transcribed(recording, options, recogniser, progress, stamp)
    except CancelledError:
        raise
    except Exception as error:
        return Outcome(recording, stamp, failure=messages.explained(error))


def _transcribed(
    recording: Recording,
    options: ArchiveOptions,
    recogniser: RecogniserProcess,
    progress: Callable[[float], None],
    stamp: SourceStamp | None,
) -> Outcome:
    job = recogniser.transcribe(
        recording.path, options.choice, track=options.track, if_several=True, speakers=options.speakers
    )
    notes: list[str] = []
    for event in job.events():
        match event:
            case FileProgress(done_seconds=done_seconds):
                progress(done_seconds)
            case Restarted(message=sentence) | UtteranceSkipped(message=sentence):
                notes.append(sentence)
            case FileDone(warnings=warnings):
                notes += warnings
    transcript = job.result()
    if stamp_of(recording.path) != stamp:
        raise ArchiveError(
            Sentence("It changed while it was being transcribed: run the command again when it is complete.")
        )
    if not transcript.segments:
        notes.append(Sentence("No speech was found in this file."))
    return Outcome(
        recording,
        stamp,
        {name: render(transcript, name, options.export_options) for name in options.formats},
        transcript.duration_seconds,
        " ".join(word.text for word in transcript.spoken_words),
        tuple(notes),
    )
