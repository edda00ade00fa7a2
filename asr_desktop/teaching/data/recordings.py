"""Our own recordings: corrected transcripts (JSON, or the library's folders) and sessions, with their sound.

Of a transcript only segments count that a person changed or confirmed. It is cut at its pauses by the times
it has; `asr-trainer pairs` does it with more care: it listens again. A session that nobody has corrected says
only what was recognised, so of it come only utterances that the recogniser was sure of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.session import Session
from asr_desktop.base.errors import ExportError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.teaching.data.reading import Reading, find_sound
from asr_desktop.teaching.dataset import DataError, read_speech, sound_seconds
from asr_desktop.teaching.pieces import CutOptions, cut_at_pauses
from asr_desktop.transcripts.document import Transcript, Word
from asr_desktop.transcripts.export.json import MOST_BYTES
from asr_desktop.transcripts.export.json import read_json as read_transcript
from asr_desktop.transcripts.phrases import join_words
from asr_desktop.transcripts.word_json import word_from_json


@dataclass(frozen=True, slots=True)
class RecordedSound:
    """The sound of a transcript: one file, or the parts of a session one after another.

    parts: (file, seconds) in the order in which they play, without gaps. name: what people call it.
    """

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
        if candidate.is_dir() and Session(candidate).part_files():
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


NAME = "recordings"
DESCRIPTION = "our own transcripts (.json), sessions and library folders, or a folder of them"

TRANSCRIPT = "transcript.json"
LEAST_CONFIDENCE = 0.9
"""Mean of an uncorrected utterance's words; below it, training would teach mistakes."""


def recognises(place: Path) -> bool:
    """A transcript, a session, an entry of the library, or a folder of any of them."""
    return bool(_sources(place))


def read(place: Path) -> Reading:
    """:raises DataError: none of them there."""
    reading = Reading(place, NAME)
    sources = _sources(place)
    if not sources:
        raise DataError(
            Sentence("{place} contains no transcript or session of this program; choose one.", place=place)
        )
    for source in sources:
        try:
            if source.is_file():
                transcript = read_transcript(source)
                _add_transcript(reading, transcript, sound_of_transcript(source, transcript), source)
            else:
                _add_session(reading, Session(source))
        except (DataError, ExportError) as error:
            if len(sources) == 1:
                raise DataError(str(error)) from error
            reading.leave_out(source, str(error))
    return reading


def _sources(place: Path) -> list[Path]:
    """Transcript files, and the folders of sessions without one."""
    if place.is_file():
        return [place] if _is_transcript(place) else []
    own = _source_in(place)
    if own is not None:
        return [own]
    children = sorted(place.iterdir()) if place.is_dir() else []
    found = [_source_in(child) if child.is_dir() else child for child in children]
    return [path for path in found if path is not None and (path.is_dir() or _is_transcript(path))]


def _source_in(folder: Path) -> Path | None:
    if (folder / TRANSCRIPT).is_file():
        return folder / TRANSCRIPT
    session = Session(folder)
    return folder if session.events_file.is_file() and session.part_files() else None


def _is_transcript(path: Path) -> bool:
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    try:
        entry = read_json(path, MOST_BYTES)
    except READ_ERRORS:
        return False
    return isinstance(entry, dict) and {"version", "source", "segments"} <= entry.keys()


def _add_transcript(reading: Reading, transcript: Transcript, sound: RecordedSound, path: Path) -> None:
    words = transcript.spoken_words  # what was said is what is learnt, not how it is written
    kinds = [
        (segment.speaker, segment.is_confirmed)
        for segment in transcript.segments
        for _ in segment.spoken_words
    ]
    borders = [i for i, (left, right) in enumerate(pairwise(kinds), start=1) if left != right]
    options = CutOptions()
    for piece in cut_at_pauses(words, borders, sound.duration_seconds, options):
        item = f"{path.name} at {piece.start_seconds:.1f} s"
        speaker, is_confirmed = kinds[piece.first]
        if not is_confirmed:
            reading.leave_out(item, "nobody has corrected or confirmed it")
            continue
        if not options.least_seconds <= piece.seconds + 1e-6 or piece.seconds > options.most_seconds:
            reading.leave_out(item, _unfit(piece.seconds, options))
            continue
        _add_stretch(
            reading,
            sound,
            words[piece.first : piece.end],
            (piece.start_seconds, piece.end_seconds),
            speaker,
            item,
        )


def _unfit(seconds: float, options: CutOptions) -> str:
    if seconds > options.most_seconds:
        return f"it has no pause to cut at within {options.most_seconds:g} s"
    return f"it is shorter than {options.least_seconds:g} s, with other speech close by"


def _add_session(reading: Reading, session: Session) -> None:
    sound = RecordedSound.of_session(session)
    reading.notes.append(
        f"{session.name} has not been corrected: only utterances with a confidence of {LEAST_CONFIDENCE:.0%} "
        "and more are used"
    )
    for utterance in session.utterances():
        words = _words(utterance)
        item = f"{session.name}, utterance {utterance.get('utterance')}"
        if not words:
            reading.leave_out(item, "nothing was recognised in it")
            continue
        confidence = sum(word.confidence for word in words) / len(words)
        if confidence < LEAST_CONFIDENCE:
            reading.leave_out(item, "the recogniser was not sure of it: correct it first")
            continue
        _add_stretch(reading, sound, words, _times(utterance, words), None, item)


def _words(utterance: dict[str, Any]) -> list[Word]:
    try:
        words = [word_from_json(word) for word in utterance.get("words", ())]
        return [said for word in words for said in word.spoken_words]
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def _times(utterance: dict[str, Any], words: Sequence[Word]) -> tuple[float, float]:
    start, end = utterance.get("start"), utterance.get("end")
    if isinstance(start, int | float) and isinstance(end, int | float):
        return float(start), float(end)
    return words[0].start_seconds, words[-1].end_seconds


def _add_stretch(
    reading: Reading,
    sound: RecordedSound,
    words: Sequence[Word],
    times: tuple[float, float],
    speaker: str | None,
    item: str,
) -> None:
    found = sound.locate(*times)
    if found is None:
        reading.leave_out(item, "it crosses the end of a file of the recording")
        return
    path, start, end = found
    reading.add(
        path,
        join_words(word.text for word in words),
        speaker=speaker,
        session=sound.name,
        start_seconds=start,
        end_seconds=end,
        item=item,
    )
