"""One entry of the library, and the folder that holds all that is known of it.

    library/000017/
        transcript.json   the transcript, as the JSON export writes it, on one line
        entry.json        title, tags, where it came from, whether it lies in the bin
        sound.mp3         the sound, where the user wants a copy kept; a recording's stays with its session

The folders are the library; the database is made from them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av import AudioFrame
from numpy.typing import NDArray

from asr_desktop.audio.input_files import SourceStamp
from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.base.atomic_write import is_full, replacing
from asr_desktop.base.errors import ExportError, LibraryError
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.transcripts.document import Transcript, writable_text
from asr_desktop.transcripts.export.files import write_whole
from asr_desktop.transcripts.export.json import read_json as read_transcript
from asr_desktop.transcripts.export.json import render_compact

FILE, SESSION = "file", "session"
TRANSCRIPT_FILE = "transcript.json"
ENTRY_FILE = "entry.json"
SOUND_STEM = "sound"
FORMAT_VERSION = 1
FIRST_WORDS_CHARACTERS = 200
LONGEST_TITLE = 300
LONGEST_TAG = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list of the library shows of an entry."""

    id: int
    kind: str
    """"file", or "session" for a recording."""
    title: str
    source: Path
    """The sound file; for a session its folder."""
    session_folder: Path | None
    created_at: datetime
    """In UTC: when a file was transcribed, when a recording began."""
    duration_seconds: float
    model: str
    word_count: int
    first_words: str
    tags: tuple[str, ...] = ()
    edited_at: datetime | None = None
    """When somebody last corrected it."""
    deleted_at: datetime | None = None
    """When it was put into the bin; None outside of it."""
    source_stamp: SourceStamp | None = None
    """Of the file when its transcription began; None where nobody took it."""
    owes_outputs: bool = False
    """Files with this transcript were asked for, and not all of them are written."""

    @property
    def is_replaceable(self) -> bool:
        """Whether a new transcript of its file may take its place: nobody has worked on it."""
        return self.session_folder is None and self.edited_at is None and self.deleted_at is None


def about(transcript: Transcript) -> dict[str, Any]:
    """What a list shows that the transcript itself knows."""
    return {
        "duration_seconds": transcript.duration_seconds,
        "model": transcript.model,
        "word_count": sum(len(segment.words) for segment in transcript.segments),
        "first_words": _beginning(transcript),
    }


def clean_title(title: str) -> str:
    """On one line, without what no file can hold. Raises LibraryError where nothing is left."""
    cleaned = writable_text(" ".join(title.split()))[:LONGEST_TITLE].strip()
    if not cleaned:
        raise LibraryError(Sentence("A library entry needs a name: type at least one letter."))
    return cleaned


def clean_tags(tags: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Sorted, each once whatever its capitals, empty ones left out."""
    cleaned = (writable_text(" ".join(tag.split()))[:LONGEST_TAG].strip() for tag in tags)
    once = {tag.casefold(): tag for tag in reversed(list(cleaned)) if tag}
    return tuple(sorted(once.values(), key=str.casefold))


class EntryFolder:
    """Where an entry lies. Every file is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_transcript(self) -> Transcript:
        """Raises ExportError with a sentence where it cannot be read."""
        return read_transcript(self.path / TRANSCRIPT_FILE)

    def write_transcript(self, transcript: Transcript) -> None:
        self._write(TRANSCRIPT_FILE, render_compact(transcript))

    def holds(self, transcript: Transcript) -> bool:
        """Whether it is this very transcript that lies here."""
        try:
            return (self.path / TRANSCRIPT_FILE).read_bytes() == render_compact(transcript)
        except OSError:
            return False

    def read_about(self) -> dict[str, Any]:
        """What ENTRY_FILE says, empty where there is none that can be read."""
        try:
            fields = read_json(self.path / ENTRY_FILE)
        except READ_ERRORS:
            return {}
        return fields if isinstance(fields, dict) else {}

    def write_about(self, entry: Entry) -> None:
        fields = {
            "version": FORMAT_VERSION,
            "kind": entry.kind,
            "title": entry.title,
            "source": str(entry.source),
            "session_folder": None if entry.session_folder is None else str(entry.session_folder),
            "created_at": moment_text(entry.created_at),
            "tags": list(entry.tags),
            "edited_at": entry.edited_at and moment_text(entry.edited_at),
            "deleted_at": entry.deleted_at and moment_text(entry.deleted_at),
            "source_stamp": entry.source_stamp and list(entry.source_stamp),
            "owes_outputs": entry.owes_outputs,
        }
        # In ASCII, because a file name that is not valid Unicode survives in no other way.
        self._write(ENTRY_FILE, json.dumps(fields, indent=1).encode("ascii") + b"\n")

    def sound(self) -> Path | None:
        """The copy of the sound, if there is one."""
        return next(iter(sorted(self.path.glob(SOUND_STEM + ".*"))), None)

    def keep_sound(self, source: Path, track: int | None = None) -> Path:
        """Copy the sound, or one audio track of it, beside the transcript. Raises LibraryError where that
        fails, MediaError where the track cannot be read."""
        target = self.path / (SOUND_STEM + (source.suffix.lower() if track is None else ".flac"))
        try:
            with replacing(target) as beside:
                if track is None:
                    shutil.copyfile(source, beside)
                else:
                    from asr_desktop.audio.read import read_blocks

                    write_flac(beside, read_blocks(source, track=track))
        except OSError as error:
            raise LibraryError(
                Sentence(
                    "The audio of {source} could not be copied into the library ({reason}): free some "
                    "space, or do not keep a copy of the audio.",
                    source=source.name,
                    reason=error.strerror or error,
                )
            ) from error
        return target

    def remove(self) -> None:
        """All of it, for good."""
        try:
            shutil.rmtree(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise LibraryError(
                Sentence(
                    "{path} cannot be deleted ({reason}): close it in other programs and check its "
                    "permissions.",
                    path=self.path,
                    reason=error.strerror or error,
                )
            ) from error

    def _write(self, name: str, data: bytes) -> None:
        try:
            make_folder(self.path)
            write_whole(self.path / name, data)
        except (OSError, ExportError) as error:
            cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
            raise cannot_write(self.path / name, cause) from error


def cannot_write(path: Path, cause: BaseException) -> LibraryError:
    """The sentence for what the disk has said."""
    if is_full(cause):
        return LibraryError(
            Sentence(
                "The library cannot write {path}: its disk is full; free some space and try again.", path=path
            )
        )
    return LibraryError(
        Sentence(
            "The library cannot write {path} ({reason}): check its disk and the folder's permissions.",
            path=path,
            reason=getattr(cause, "strerror", None) or cause,
        )
    )


def moment_text(moment: datetime) -> str:
    """As it is stored: UTC, so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def moment_of(text: object) -> datetime | None:
    """The moment in a stored text, None where it holds none that a calendar can show."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1 < moment.year < 9999 else None  # any time zone has to be able to show it


def _beginning(transcript: Transcript) -> str:
    text = ""
    for segment in transcript.segments:
        text = f"{text} {segment.text}".strip()
        if len(text) > FIRST_WORDS_CHARACTERS:
            return text[:FIRST_WORDS_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return text


# Sound as a recogniser hears it, written to a FLAC file


def write_flac(path: Path, blocks: Iterable[NDArray[np.float32]]) -> None:
    """Writes 16 kHz mono blocks as 16 bits; raises OSError as the operating system does."""
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono", format="s16")
        place = 0
        for block in blocks:
            samples = np.rint(np.clip(block, -1.0, 1.0) * 32767).astype(np.int16).reshape(1, -1)
            frame = AudioFrame.from_ndarray(samples, "s16", "mono")
            frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), place
            place += block.size
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
