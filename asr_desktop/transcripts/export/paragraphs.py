"""Segments as paragraphs, for the formats that are read as a text."""

from __future__ import annotations

from collections.abc import Sequence

from asr_desktop.transcripts.document import Segment
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.phrases import join_words


def paragraphs(segments: Sequence[Segment], options: ExportOptions) -> list[tuple[Segment, ...]]:
    """Group segments: a new paragraph after a long pause, where the last one has grown long, and where
    another speaker begins."""
    grouped: list[list[Segment]] = []
    characters = 0
    for segment in segments:
        is_new = (
            not grouped
            or segment.speaker != grouped[-1][-1].speaker
            or characters >= options.paragraph_characters
            or segment.start_seconds - grouped[-1][-1].end_seconds >= options.paragraph_pause_seconds
        )
        if is_new:
            grouped.append([])
            characters = 0
        grouped[-1].append(segment)
        characters += len(segment.text) + 1
    return [tuple(group) for group in grouped]


def paragraph_text(paragraph: Sequence[Segment]) -> str:
    return join_words(segment.text for segment in paragraph)


def speaker_of(paragraph: Sequence[Segment]) -> str | None:
    """Whoever says the paragraph: `paragraphs` never puts two speakers into one."""
    return paragraph[0].speaker


def clock(seconds: float) -> str:
    """12.9 s as "00:00:12": the time to look for in a player, so it is rounded down."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
