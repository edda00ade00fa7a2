"""Transcribes one recording of an archive in a recogniser process: its transcripts as bytes, or an error
sentence.

Nothing is written here. The caller writes files and ledger in one place, so a process or machine that is lost
in the middle of a recording leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from asr_desktop.audio.input_files import SourceStamp, stamp_of
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


class ArchiveError(AsrDesktopError):
    """An archive cannot be transcribed as requested."""


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """Options for all recordings.

    track: number of the audio track, from 1, for files with several. speakers: number of speakers for
    diarization; None for no diarization.
    """

    choice: ModelChoice
    formats: tuple[str, ...] = ("txt",)
    export_options: ExportOptions = field(default_factory=ExportOptions)
    track: int | None = None
    speakers: SpeakerCount | None = None

    @property
    def fingerprint(self) -> str:
        """Fingerprint of all options that affect the transcripts' content; not of formats or processor."""
        choice = replace(self.choice, threads=None, providers=None)
        speakers = None if self.speakers is None else asdict(self.speakers)
        said = [asdict(choice), asdict(self.export_options), self.track, speakers]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound or video file of an archive.

    path: absolute. output: name of its transcripts, relative to the output folder and without a suffix.
    seconds: length stated in the file, otherwise an estimate.
    """

    path: Path
    output: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one recording.

    contents: its transcripts by format. spoken: its words in spoken form. notes: warnings, as sentences.
    failure: why it could not be transcribed; the other fields are then meaningless. stamp: the file's stamp
    when its transcription began. missing_on: the machine of a cluster that lacks the file, otherwise "".
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
    """Recognise one file; errors are returned as the outcome's `failure`.

    progress: called with the seconds of its sound that are done. Raises CancelledError where the recogniser
    is closed meanwhile.
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
