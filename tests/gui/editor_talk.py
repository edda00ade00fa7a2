"""A small transcript, made of words with round times, for the tests of the editor."""

from __future__ import annotations

from asr_desktop.transcripts.document import Segment, Transcript, Word


def said(text: str, start: float, confidence: float = 0.9) -> Segment:
    """Half a second for each word."""
    return Segment(
        tuple(
            Word(word, start + i / 2, start + i / 2 + 0.4, confidence) for i, word in enumerate(text.split())
        )
    )


def talk() -> Transcript:
    doubtful = Segment(
        (Word("on", 4.0, 4.4, 0.9), Word("thought", 4.5, 4.9, 0.2), Word("day", 5.0, 5.4, 0.5))
    )
    segments = (said("the weather was fine", 0.0), doubtful, said("we went out together", 8.0))
    return Transcript("talk.wav", 12.0, "starter-en", segments)
