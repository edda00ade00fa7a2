"""Find and replace in the text of segments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asr_desktop.transcripts.document import Segment


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. Spaces in it match any white space; an empty text finds nothing."""

    text: str
    match_case: bool = False
    whole_words: bool = False

    def pattern(self) -> re.Pattern[str] | None:
        parts = [re.escape(part) for part in self.text.split()]
        if not parts:
            return None
        pattern = r"\s+".join(parts)
        if self.whole_words:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        return re.compile(pattern, 0 if self.match_case else re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """The characters [start, stop) of a segment's text."""

    segment: int
    start: int
    stop: int


def find_all(segments: Sequence[Segment], query: Query) -> list[Match]:
    """All matches, in order; they never overlap and never reach over the end of a segment."""
    pattern = query.pattern()
    if pattern is None:
        return []
    return [
        Match(index, found.start(), found.end())
        for index, segment in enumerate(segments)
        for found in pattern.finditer(segment.text)
    ]


def replaced(text: str, matches: Sequence[Match], replacement: str) -> str:
    """A segment's text with the matches, all of this segment and in order, replaced."""
    parts = []
    place = 0
    for match in matches:
        parts += [text[place : match.start], replacement]
        place = match.stop
    return "".join([*parts, text[place:]])
