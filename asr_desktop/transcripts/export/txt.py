"""Plain text: a paragraph a block, an empty line between two, UTF-8 without a byte order mark.

Its paragraphs are those of all formats that are read as a text.
"""

from __future__ import annotations

from collections.abc import Sequence

from asr_desktop.base.clock import position
from asr_desktop.transcripts.document import Segment, Transcript
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.phrases import ends_sentence, join_words


def render(transcript: Transcript, options: ExportOptions) -> bytes:
    """The text, with `[hh:mm:ss]` before each paragraph where `options.timestamps` says so.

    A speaker's name stands before the first paragraph of each turn.
    """
    blocks = []
    speaking: str | None = None
    for paragraph in paragraphs(transcript.segments, options):
        time = f"[{position(paragraph[0].start_seconds, hour_digits=2)}] " if options.timestamps else ""
        speaker = speaker_of(paragraph)
        name = f"{speaker}: " if options.speaker_names and speaker and speaker != speaking else ""
        speaking = speaker
        blocks.append(f"{time}{name}{paragraph_text(paragraph)}\n")
    return "\n".join(blocks).encode()


def paragraphs(segments: Sequence[Segment], options: ExportOptions) -> list[tuple[Segment, ...]]:
    """Group segments: a new paragraph after a long pause, where the last one has grown long, and where
    another speaker begins. One that has grown long goes on to the end of its sentence, where sentences are
    marked, unless that is as far again."""
    has_sentences = any(_ends_sentence(segment) for segment in segments)
    grouped: list[list[Segment]] = []
    characters = 0
    for segment in segments:
        is_new = (
            not grouped
            or segment.speaker != grouped[-1][-1].speaker
            or characters >= 2 * options.paragraph_characters
            or (
                characters >= options.paragraph_characters
                and (not has_sentences or _ends_sentence(grouped[-1][-1], segment))
            )
            or segment.start_seconds - grouped[-1][-1].end_seconds >= options.paragraph_pause_seconds
        )
        if is_new:
            grouped.append([])
            characters = 0
        grouped[-1].append(segment)
        characters += len(segment.text) + 1
    return [tuple(group) for group in grouped]


def _ends_sentence(segment: Segment, following: Segment | None = None) -> bool:
    return ends_sentence(segment.words[-1].text, None if following is None else following.words[0].text)


def paragraph_text(paragraph: Sequence[Segment]) -> str:
    return join_words(segment.text for segment in paragraph)


def speaker_of(paragraph: Sequence[Segment]) -> str | None:
    """Whoever says the paragraph: `paragraphs` never puts two speakers into one."""
    return paragraph[0].speaker
