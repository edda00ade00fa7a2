"""Comma-separated values after RFC 4180: commas, CRLF line ends, quotes where needed, one header row.

Columns: `segment` (1-based), `start`, `end` (seconds, three decimals, a point), `confidence` (0…1), `text`; a
row is a segment, or a word with `options.word_times`. Where any speaker is named, a last
column `speaker` says who it is. Two decisions are made for spreadsheets:

- The file begins with a UTF-8 byte order mark, without which Excel takes it for the local 8-bit encoding.
- Text that begins with a character that makes a spreadsheet calculate (`= + - @`, also full-width) gets an
apostrophe
  in front, so that what somebody said is never run as a formula (OWASP "CSV injection").
"""

from __future__ import annotations

import csv
import io

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export.options import ExportOptions

COLUMNS = ("segment", "start", "end", "confidence", "text")
SPEAKER_COLUMN = "speaker"

_STARTS_A_FORMULA = tuple("=+-@＝＋－＠")


def render(transcript: Transcript, options: ExportOptions) -> bytes:
    """A table of the segments, or of the words with `options.word_times`."""
    table = io.StringIO(newline="")
    rows = csv.writer(table)
    has_speakers = any(segment.speaker is not None for segment in transcript.segments)
    rows.writerow((*COLUMNS, SPEAKER_COLUMN) if has_speakers else COLUMNS)
    for number, segment in enumerate(transcript.segments, start=1):
        speaker = (harmless(segment.speaker or ""),) if has_speakers else ()
        items: tuple[Segment | Word, ...] = segment.words if options.word_times else (segment,)
        rows.writerows(
            (
                number,
                f"{item.start_seconds:.3f}",
                f"{item.end_seconds:.3f}",
                f"{item.confidence:.3f}",
                harmless(item.text),
                *speaker,
            )
            for item in items
        )
    return table.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
