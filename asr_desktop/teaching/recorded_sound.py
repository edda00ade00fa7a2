"""The sound of a transcript: one file, or the parts of a session one after another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.session import Session
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.teaching.data.reading import find_sound
from asr_desktop.teaching.dataset import DataError, read_speech, sound_seconds
from asr_desktop.transcripts.document import Transcript


@dataclass(frozen=True, slots=True)
class RecordedSound:
    """parts: (file, seconds) in the order in which they play, without gaps. name: what people call it."""

    name: str
    parts: tuple[tuple[Path, float], ...]

    @classmethod
    def of_file(cls, path: Path) -> RecordedSound:
        """:raises DataError: it cannot be read."""
        return cls(path.stem, ((path, sound_seconds(path)),))

    @classmethod
    def of_session(cls, session: Session) -> RecordedSound:
        """:raises DataError: the session has no sound."""
        parts = tuple((part.path, part.seconds()) for part in session.parts())
        if not parts:
            raise DataError(
                Sentence("The session {session} contains no audio; choose another.", session=session.path)
            )
        return cls(session.name, parts)

    @property
    def duration_seconds(self) -> float:
        return sum(seconds for _, seconds in self.parts)

    def locate(self, start_seconds: float, end_seconds: float) -> tuple[Path, float, float] | None:
        """The file a stretch lies in, and its times there; None where it runs over into the next file."""
        before = 0.0
        for path, seconds in self.parts:
            if start_seconds < before + seconds:
                if end_seconds > before + seconds + 0.01:
                    return None
                return path, max(0.0, start_seconds - before), min(end_seconds - before, seconds)
            before += seconds
        return None

    def samples(self, start_seconds: float, end_seconds: float) -> NDArray[np.float32]:
        """A stretch as mono samples at 16 kHz, over the borders of parts too.

        :raises DataError: there is no sound, or it cannot be read.
        """
        pieces = []
        before = 0.0
        for path, seconds in self.parts:
            start, end = max(start_seconds - before, 0.0), min(end_seconds - before, seconds)
            if start < end:
                pieces.append(read_speech(path, start, end))
            before += seconds
        if not pieces:
            raise DataError(
                Sentence(
                    "{name} contains no audio at {start_seconds:.2f} s; fix the transcript's times.",
                    name=self.name,
                    start_seconds=start_seconds,
                )
            )
        return np.concatenate(pieces)


def sound_of_transcript(path: Path, transcript: Transcript) -> RecordedSound:
    """The sound of a transcript stored at `path`: kept beside it by the library, or where its `source` says,
    or a file of the same name beside it.

    :raises DataError: it is in none of these places.
    """
    source = Path(transcript.source)
    for candidate in (
        *_of_library_entry(path.parent),
        source if source.is_absolute() else path.parent / source,
        path.parent / source.name,
        find_sound(path.with_name(path.name.split(".")[0])),
        find_sound(path.with_suffix("")),
        source,
    ):
        if candidate is None:
            continue
        if candidate.is_dir() and any(candidate.glob("sound-*.wav")):
            return RecordedSound.of_session(Session(candidate))
        if candidate.is_file() and candidate != path:
            return RecordedSound.of_file(candidate)
    raise DataError(
        Sentence(
            "The recording of {path} ({source}) was not found; put it next to the transcript and name "
            "it {stem}{suffix}.",
            path=path,
            source=transcript.source,
            stem=path.stem,
            suffix=source.suffix or ".wav",
        )
    )


def _of_library_entry(folder: Path) -> list[Path]:
    """Where the library keeps an entry's sound: a copy beside the transcript, or the recording's session."""
    try:
        about = read_json(folder / "entry.json")
    except READ_ERRORS:
        return []
    kept = sorted(path for path in folder.glob("sound.*") if path.suffix != ".part")
    named = [about.get("session_folder"), about.get("source")] if isinstance(about, dict) else []
    return [*kept, *(Path(name) for name in named if isinstance(name, str))]
