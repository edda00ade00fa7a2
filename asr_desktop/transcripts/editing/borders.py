"""A segment's start and end, moved by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from asr_desktop.transcripts.document import Segment, Word

SHORTEST_SEGMENT_SECONDS = 0.05


def room_of(segments: Sequence[Segment], index: int, duration_seconds: float) -> tuple[float, float]:
    """How far the segment's borders may be moved: to its neighbours, or to the ends of the sound."""
    segment = segments[index]
    earliest = segments[index - 1].end_seconds if index > 0 else 0.0
    latest = segments[index + 1].start_seconds if index + 1 < len(segments) else duration_seconds
    # Segments of other programs may overlap; where they do, nobody is forced to mend it.
    return min(earliest, segment.start_seconds), max(latest, segment.end_seconds)


def with_borders(
    segments: Sequence[Segment],
    index: int,
    start_seconds: float,
    end_seconds: float,
    duration_seconds: float,
) -> Segment:
    """The segment with its first word starting and its last word ending there, as far as there is room.

    Words inside keep their times; those that would lie outside are brought to the border.
    """
    earliest, latest = room_of(segments, index, duration_seconds)
    start = min(max(start_seconds, earliest), latest)
    end = min(max(end_seconds, start + SHORTEST_SEGMENT_SECONDS), latest)
    start = max(earliest, min(start, end - SHORTEST_SEGMENT_SECONDS))
    words = [_brought_inside(word, start, end) for word in segments[index].words]
    words[0] = words[0].at(start, words[0].end_seconds)
    words[-1] = words[-1].at(words[-1].start_seconds, end)
    return replace(segments[index], words=tuple(words))


def _brought_inside(word: Word, start: float, end: float) -> Word:
    if start <= word.start_seconds and word.end_seconds <= end:
        return word
    return word.at(min(max(word.start_seconds, start), end), min(max(word.end_seconds, start), end))
