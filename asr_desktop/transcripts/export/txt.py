"""Plain text: a paragraph a block, an empty line between two, UTF-8 without a byte order mark."""

from __future__ import annotations

from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.export.paragraphs import clock, paragraph_text, paragraphs


def render(transcript: Transcript, options: ExportOptions) -> bytes:
    """The text, with `[hh:mm:ss]` before each paragraph where `options.timestamps` says so."""
    blocks = []
    for paragraph in paragraphs(transcript.segments, options):
        time = f"[{clock(paragraph[0].start_seconds)}] " if options.timestamps else ""
        blocks.append(f"{time}{paragraph_text(paragraph)}\n")
    return "\n".join(blocks).encode()
