"""A word as a JSON object in a session's transcript and in the events of live recognition, and back.

Times are rounded to a fraction of a sample, so that what is read back means the same sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asr_desktop.transcripts.document import Word


def word_entry(word: Word) -> dict[str, Any]:
    """`spoken` is there where the word is written in another way than it was spoken."""
    spoken = {} if word.spoken is None else {"spoken": [word_entry(said) for said in word.spoken]}
    return {
        "text": word.text,
        "start": round(word.start_seconds, 5),
        "end": round(word.end_seconds, 5),
        "confidence": round(word.confidence, 3),
        **spoken,
    }


def word_of_entry(entry: Mapping[str, Any]) -> Word:
    """The word of an object; KeyError, TypeError or ValueError where it is none."""
    spoken = entry.get("spoken")
    return Word(
        str(entry["text"]),
        float(entry["start"]),
        float(entry["end"]),
        float(entry["confidence"]),
        None if spoken is None else tuple(word_of_entry(said) for said in spoken),
    )
