"""Entries of the library and places in them as lines: for a person, or as JSON for a program."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from asr_desktop.base.clock import clock

if TYPE_CHECKING:
    from asr_desktop.transcripts.library import Entry, Hit

_MARK, _UNMARK = "\x1b[1m", "\x1b[0m"


def line_of_entry(entry: Entry) -> str:
    """Number, time, length, title and tags."""
    tags = "".join(f"  #{name}" for name in entry.tags)
    return f"{entry.id:5d}  {_when(entry)}  {clock(entry.duration_seconds):>8}  {entry.title}{tags}"


def json_of_entry(entry: Entry) -> str:
    """All that is known of it."""
    return json.dumps(
        {
            "entry": entry.id,
            "kind": entry.kind,
            "title": entry.title,
            "source": str(entry.source),
            "created": entry.created_at.isoformat(),
            "seconds": round(entry.duration_seconds, 3),
            "model": entry.model,
            "words": entry.word_count,
            "first_words": entry.first_words,
            "tags": list(entry.tags),
            "edited": entry.edited_at.isoformat() if entry.edited_at else None,
            "deleted": entry.deleted_at.isoformat() if entry.deleted_at else None,
        },
        ensure_ascii=False,
    )


def about_entry(entry: Entry) -> str:
    """Such as "talk, 2026-11-21 09:30, 12:01, 1700 words, starter-en, #interview"."""
    parts = [entry.title, _when(entry), clock(entry.duration_seconds), f"{entry.word_count} words"]
    return ", ".join([*parts, entry.model or "model unknown", *(f"#{tag}" for tag in entry.tags)])


def line_of_hit(hit: Hit) -> str:
    """Number, time, title and what was said there; what was found in bold, in a terminal."""
    speaker = f"{hit.speaker}: " if hit.speaker else ""
    return f"{hit.entry_id:5d}  {clock(hit.start_seconds):>8}  {hit.title}: {speaker}{_marked(hit)}"


def json_of_hit(hit: Hit) -> str:
    return json.dumps(
        {
            "entry": hit.entry_id,
            "title": hit.title,
            "start": hit.start_seconds,
            **({"speaker": hit.speaker} if hit.speaker else {}),
            "snippet": hit.snippet,
            "marks": hit.marks,
        },
        ensure_ascii=False,
    )


def _when(entry: Entry) -> str:
    return f"{entry.created_at.astimezone():%Y-%m-%d %H:%M}"


def _marked(hit: Hit) -> str:
    if not sys.stdout.isatty():
        return hit.snippet
    text, end = "", 0
    for start, stop in hit.marks:
        text += hit.snippet[end:start] + _MARK + hit.snippet[start:stop] + _UNMARK
        end = stop
    return text + hit.snippet[end:]
