"""Small libraries, transcripts and recordings for tests."""

from __future__ import annotations

import wave
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asr_desktop.audio.session import Session, create_session
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.library import Library

OLD = datetime(2024, 2, 3, 4, 5, tzinfo=UTC)


def said(*lines: str, source: str = "talk.mp3", model: str = "starter-en") -> Transcript:
    """A segment a line, a word a second; the first word begins at 0.5 s."""
    segments, second = [], 0.5
    for line in lines:
        words = []
        for text in line.split():
            words.append(Word(text, second, second + 0.75, 0.9))
            second += 1.0
        segments.append(Segment(tuple(words)))
    return Transcript(source, second, model, tuple(segments))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite3")


def again(library: Library) -> Library:
    """As another program would open it."""
    library.close()
    return Library(library.path)


def recorded(
    sessions: Path, text: str = "the boat came back", parts: int = 1, model: str | None = None
) -> Session:
    session = create_session(sessions)
    session.append_event("started", 0.0, device="microphone")
    for number in range(1, parts + 1):
        with wave.open(str(session.part_path(number)), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(bytes(32_000))
    words = [
        {"text": word, "start": 0.1 * index, "end": 0.1 * index + 0.05, "confidence": 0.5}
        for index, word in enumerate(text.split())
    ]
    session.append_utterance({"utterance": 1, "text": text, "start": 0.0, "end": 1.0, "words": words})
    session.append_event("stopped", 1.0)
    if model is not None:
        session.append_event("recognised", 1.0, model=model)
    return session
