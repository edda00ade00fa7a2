"""Recordings in the library: their sound and their folder stay where they are."""

from __future__ import annotations

import os
import wave
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from asr_desktop.audio.session import LOCK_FILE, RESERVE_FILE, Session, SessionState
from asr_desktop.base.atomic_write import replacing
from asr_desktop.base.errors import LibraryError
from asr_desktop.base.paths import sessions_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.document import (
    Segment,
    Transcript,
    Word,
    is_speaker_name,
    segments_for_reading,
    writable_text,
)
from asr_desktop.transcripts.library.entry import SOUND_STEM, EntryFolder
from asr_desktop.transcripts.word_json import word_from_json

if TYPE_CHECKING:
    from asr_desktop.transcripts.library.store import Library

_UNKNOWN_MODEL = ""


def transcript_of_session(session: Session, model: str = _UNKNOWN_MODEL) -> Transcript:
    """What was recognised of a recording so far.

    model: the name of the model that did it, for a recording that does not tell.
    """
    found = [(_words(entry.get("words")), entry.get("speakers")) for entry in session.utterances()]
    found = [(words, speakers) for words, speakers in found if words]
    found.sort(key=lambda pair: pair[0][0].start_seconds)
    utterances = [words for words, _ in found]
    segments = segments_for_reading(utterances)
    said_by = [name for words, speakers in found for name in _speakers(speakers, len(words))]
    return Transcript(
        source=writable_text(str(session.path)),
        duration_seconds=session.duration_seconds(),
        model=_model_of(session) or model,
        segments=_cut_at_speakers(segments, said_by) if any(said_by) else segments,
    )


def add_session(library: Library, session: Session, model: str = _UNKNOWN_MODEL) -> int:
    """Put a recording into the library, or what is new of it; the number of its entry."""
    summary = session.summary()
    started = summary.started_at
    title = f"{started.astimezone():%Y-%m-%d %H:%M}" if started is not None else session.name
    return library.add(
        transcript_of_session(session, model),
        session.path,
        kind="session",
        folder=session.path,
        title=title,
        created_at=started,
    )


def add_new_sessions(library: Library, model: str = _UNKNOWN_MODEL, folder: Path | None = None) -> list[int]:
    """Put finished recordings into the library that are not there yet; the numbers of their entries.

    What is being recorded, and what ended badly, is left to `recover`. Where the data folder was moved or
    copied, the entries of its recordings get their new places.
    """
    parent = folder if folder is not None else sessions_folder()
    if not parent.is_dir():
        return []
    entries = [entry for deleted in (False, True) for entry in library.entries(deleted=deleted)]
    known = {os.path.realpath(entry.session_folder) for entry in entries if entry.session_folder is not None}
    former = {entry.id for entry in entries}
    added = []
    for path in sorted(parent.iterdir()):
        session = Session(path)
        is_new = os.path.realpath(path) not in known and session.events_file.is_file()
        if is_new and session.state() is SessionState.FINISHED:
            entry_id = add_session(library, session, model)
            if entry_id not in former:
                added.append(entry_id)
    return added


def sound_of_session(folder: Path, entry_folder: EntryFolder) -> Path | None:
    """A recording as one sound file: its only part, or its parts joined.

    None where there is no sound, or in several parts while it is still being recorded.
    """
    session = Session(folder)
    parts = session.parts()
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0].path
    if session.state() is SessionState.RECORDING:
        return None  # another part may follow
    from asr_desktop.audio.tail import SAMPLE_RATE, read_growing

    joined = entry_folder.path / f"{SOUND_STEM}.wav"
    try:
        with replacing(joined) as beside, wave.open(str(beside), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            for block in read_growing(session):
                file.writeframes((block * 32_767).round().astype(np.int16).tobytes())
    except OSError as error:
        raise LibraryError(
            Sentence(
                "The parts of {folder} cannot be joined ({reason}): free some space.",
                folder=folder.name,
                reason=error.strerror or error,
            )
        ) from error
    return joined


def remove_session(folder: Path) -> None:
    """Remove a recording for good; what else lies in its folder stays, and the folder with it.

    Raises LibraryError while it is being recorded, or where the disk refuses.
    """
    session = Session(folder)
    if not session.events_file.is_file():
        return
    if session.state() is SessionState.RECORDING:
        raise LibraryError(
            Sentence(
                'The session "{session}" is being recorded: stop it, then empty the bin.',
                session=session.name,
            )
        )
    own = [session.transcript_file, folder / LOCK_FILE, folder / RESERVE_FILE, session.events_file]
    try:
        for path in [*session.part_files(), *own]:
            path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise LibraryError(
            Sentence(
                "{folder} cannot be deleted ({reason}): close it in other programs.",
                folder=folder,
                reason=error.strerror or error,
            )
        ) from error


def _model_of(session: Session) -> str:
    """The model that recognised the recording to its end, "" where it does not tell."""
    named = [event.get("model") for event in session.events() if event.get("type") == "recognised"]
    return next((name for name in reversed(named) if isinstance(name, str)), _UNKNOWN_MODEL)


def _speakers(names: object, words: int) -> list[str | None]:
    """Who says each word of an utterance; nobody where that is not known, or damaged."""
    if not isinstance(names, list) or len(names) != words:
        return [None] * words
    return [name if isinstance(name, str) and is_speaker_name(name) else None for name in names]


def _cut_at_speakers(segments: Sequence[Segment], said_by: Sequence[str | None]) -> tuple[Segment, ...]:
    """The segments, whose words are all those of `said_by` in order, with their speakers."""
    names = iter(said_by)
    cut = []
    for segment in segments:
        said = [(word, next(names)) for word in segment.words]
        for speaker, run in groupby(said, key=lambda pair: pair[1]):
            cut.append(replace(segment, words=tuple(word for word, _ in run), speaker=speaker))
    return tuple(cut)


def _words(entries: object) -> list[Word]:
    """The words of a stored utterance; one that is no word, after a damage of the disk, is left out."""
    words: list[Word] = []
    for entry in entries if isinstance(entries, list) else []:
        try:
            word = word_from_json(entry)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        if not words or word.start_seconds >= words[-1].start_seconds:
            words.append(word)
    return words
