"""What a transcript is: words with times and confidence, grouped into the segments that a reader sees.

Everything here is frozen: an edit makes a new document, which is what makes undo, autosave and comparison simple.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in seconds from the start of the source, confidence in 0…1."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float
