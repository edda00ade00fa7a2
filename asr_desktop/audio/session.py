"""A recording session: a folder that contains everything about it.

    2026-11-21_09-30-12/
        sound-001.wav     what the microphone gave, at its own rate
        sound-002.wav     a new part, where the device or its rate changed or the file became too long;
                          parts play one after the other, without a gap
        events.jsonl      events, one JSON object per line: {"time", "at", "type", …}
        transcript.jsonl  finished utterances, one JSON object per line, written by the recogniser; those
                          without words too, because they show how far the sound is recognised
        recording.lock    locked while the recorder runs; the system releases it when that process ends

`at` and all times of a transcript are seconds of recorded sound since the first sample of the first part.
Nothing outside the folder is needed, so a session survives a crash of the program, and can be copied or
deleted as a whole.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from asr_desktop.audio.wav_part import WavPart
from asr_desktop.base.errors import RecordingError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.paths import sessions_folder
from asr_desktop.base.private_files import FOLDER_MODE, make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import SmallFileError, read_json_lines

EVENTS_FILE = "events.jsonl"
TRANSCRIPT_FILE = "transcript.jsonl"
LOCK_FILE = "recording.lock"
RESERVE_FILE = "reserve"
FORMAT_VERSION = 1


class SessionState(Enum):
    RECORDING = "recording"
    FINISHED = "finished"
    BROKEN = "broken"
    """The recorder ended before finishing it; `repair` completes it."""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Summary of a session for a list."""

    path: Path
    started_at: datetime | None
    """In UTC."""
    duration_seconds: float
    state: SessionState
    device: str | None
    utterances: int


class Session:
    """A session's folder; it can be read from any process while it is being recorded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def events_file(self) -> Path:
        return self.path / EVENTS_FILE

    @property
    def transcript_file(self) -> Path:
        return self.path / TRANSCRIPT_FILE

    def part_path(self, number: int) -> Path:
        return self.path / f"sound-{number:03d}.wav"

    def part_files(self) -> list[Path]:
        """The files with the sound so far, in order; other files that lie in the folder are not touched."""
        return sorted(self.path.glob("sound-[0-9][0-9][0-9]*.wav"))

    def parts(self) -> list[WavPart]:
        """The sound so far, in order."""
        opened = map(WavPart.open, self.part_files())
        return [part for part in opened if part is not None]

    def duration_seconds(self) -> float:
        return sum(part.seconds() for part in self.parts())

    def events(self) -> Iterator[dict[str, Any]]:
        """All events in order; a line that was torn by a crash is left out."""
        return _json_lines(self.events_file)

    def utterances(self) -> Iterator[dict[str, Any]]:
        """The transcript so far: the utterances with words."""
        return (entry for entry in self.recognised() if entry.get("text"))

    def recognised(self) -> Iterator[dict[str, Any]]:
        """All that `append_utterance` was given, utterances without words included; one that was "rewritten"
        as it is now."""
        entries: list[dict[str, Any]] = []
        for entry in _json_lines(self.transcript_file):
            if entry.get("rewritten") is True and (place := _place_of(entry.get("utterance"), entries)):
                entries[-place] = {**entries[-place], **entry}
            else:
                entries.append(entry)
        yield from entries

    def append_event(self, kind: str, at_seconds: float, **details: object) -> None:
        """Adds an event; raises OSError where the disk does."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        _append_line(self.events_file, {"time": now, "at": round(at_seconds, 3), "type": kind, **details})

    def append_utterance(self, utterance: dict[str, Any]) -> None:
        """Adds a finished utterance; raises OSError where the disk does."""
        _append_line(self.transcript_file, utterance)

    def state(self) -> SessionState:
        if FileLock(self.path / LOCK_FILE).is_held():
            return SessionState.RECORDING
        milestones = [event["type"] for event in self.events() if event.get("type") in ("started", "stopped")]
        return SessionState.FINISHED if milestones[-1:] == ["stopped"] else SessionState.BROKEN

    def summary(self) -> SessionSummary:
        started_at, device = None, None
        for event in self.events():
            if event.get("type") == "started":
                started_at = _moment(event.get("time"))
                device = event.get("device")
                break
        return SessionSummary(
            path=self.path,
            started_at=started_at,
            duration_seconds=self.duration_seconds(),
            state=self.state(),
            device=device if isinstance(device, str) else None,
            utterances=sum(1 for _ in self.utterances()),
        )

    def repair(self) -> None:
        """Finish a session whose recorder died: correct the headers and mark the session as ended.

        Raises RecordingError while the session is being recorded, or where its folder cannot be written.
        """
        lock = FileLock(self.path / LOCK_FILE)
        try:
            if not lock.acquire():
                raise RecordingError(
                    Sentence('The session "{name}" is being recorded: stop it first.', name=self.name)
                )
            try:
                for part in self.parts():
                    part.repair()
                (self.path / RESERVE_FILE).unlink(missing_ok=True)
                self.append_event("stopped", self.duration_seconds(), reason="recovered")
            finally:
                lock.release()
        except OSError as error:
            raise RecordingError(
                Sentence(
                    'The session "{name}" cannot be repaired ({reason}): free space on its disk and '
                    "check that its folder is writable.",
                    name=self.name,
                    reason=error.strerror or error,
                )
            ) from error


def create_session(folder: Path | None = None) -> Session:
    """A new, empty session in `folder` (default: the program's own), named after the local time.

    Raises RecordingError where the folder cannot be written.
    """
    parent = folder if folder is not None else sessions_folder()
    name = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    try:
        make_folder(parent)
        for attempt in range(1, 1000):
            path = parent / (name if attempt == 1 else f"{name}_{attempt}")
            try:
                path.mkdir(mode=FOLDER_MODE)
            except FileExistsError:
                continue
            return Session(path)
    except OSError as error:
        raise RecordingError(
            Sentence(
                'Recordings cannot be saved in "{parent}" ({reason}): choose another folder or change '
                "its permissions.",
                parent=parent,
                reason=error.strerror or error,
            )
        ) from error
    raise RecordingError(
        Sentence(
            '"{parent}" already has too many sessions from this second: choose another folder.', parent=parent
        )
    )


def open_session(name_or_path: str | os.PathLike[str], folder: Path | None = None) -> Session:
    """A session by its folder or by its name; raises RecordingError where there is none."""
    for path in (Path(name_or_path), (folder or sessions_folder()) / name_or_path):
        if _is_session(path):
            return Session(path)
    raise RecordingError(
        Sentence(
            'There is no session "{name_or_path}": `asr-desktop sessions` lists those that exist.',
            name_or_path=name_or_path,
        )
    )


def list_sessions(folder: Path | None = None) -> list[SessionSummary]:
    """All sessions, the newest first."""
    parent = folder if folder is not None else sessions_folder()
    if not parent.is_dir():
        return []
    found = [Session(path) for path in sorted(parent.iterdir(), reverse=True) if _is_session(path)]
    return [session.summary() for session in found]


def _is_session(path: Path) -> bool:
    """Whether there are events or sound: whichever was lost, the other can still be used."""
    session = Session(path)
    return path.is_dir() and (session.events_file.is_file() or bool(session.part_files()))


def take_lock(lock: FileLock, session: Session) -> None:
    """Take a session's lock for its recorder; RecordingError where another has it or the disk refuses."""
    try:
        for _ in range(20):  # a reader may be having a look
            if lock.acquire():
                return
            time.sleep(0.01)
    except OSError as error:
        raise RecordingError(
            Sentence(
                'Recordings cannot be saved in "{session}" ({reason}): choose another folder or change '
                "its permissions.",
                session=session.path,
                reason=error.strerror or error,
            )
        ) from error
    raise RecordingError(
        Sentence(
            'The session "{session}" is being recorded by another program: start a new one.',
            session=session.name,
        )
    )


def _place_of(utterance: object, entries: list[dict[str, Any]]) -> int:
    """From the end of the entries, the one of an utterance; 0 where there is none."""
    return next((n for n, entry in enumerate(reversed(entries), 1) if entry.get("utterance") == utterance), 0)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    # A pipe or a device in place of a log counts as an empty log: only the sound matters.
    with suppress(FileNotFoundError, SmallFileError):
        yield from read_json_lines(path)


def _append_line(path: Path, entry: dict[str, Any]) -> None:
    """In one write, so that a crash leaves a whole line or none; behind a torn line it begins a new one."""
    line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    with path.open("ab+", buffering=0) as file:
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        if file.write(line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1 < moment.year < 9999 else None  # any time zone has to be able to show it
