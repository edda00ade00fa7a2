"""Plain text: a paragraph a block, an empty line between two, UTF-8 without a byte order mark."""

from __future__ import annotations

from asr_desktop.base.clock import position
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.export.paragraphs import paragraph_text, paragraphs, speaker_of


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
