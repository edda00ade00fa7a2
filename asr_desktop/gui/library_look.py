"""One look into the library: what a search finds, and what the page needs to show it."""

from __future__ import annotations

from dataclasses import dataclass

from asr_desktop.gui.translations import is_unnamed_speaker
from asr_desktop.transcripts.library import Entry, Hit, Library


@dataclass(frozen=True, slots=True)
class Found:
    """What one look brought."""

    rows: list[Entry | Hit]
    """As they are to be listed."""
    entries: dict[int, Entry]
    """All that a row may belong to, by number."""
    tags: list[str]
    """All that are in use."""
    speakers: list[str]
    """Everybody who has a name."""
    notices: list[str]
    """Sentences about what the library had to mend."""


def look(library: Library, text: str, tag: str | None, is_bin: bool, speaker: str | None = None) -> Found:
    """All entries; or, of what is searched for, entries whose names have it and all places that say it.

    speaker: only where this one speaks. Takes as long as the disk does, so it is asked in a thread.
    """
    if speaker is not None:
        text = 'speaker:"{}" {}'.format(speaker.replace('"', " "), text)
    entries = library.entries(None, tag, deleted=is_bin)
    by_number = {entry.id: entry for entry in entries}
    rows: list[Entry | Hit] = list(entries)
    if text.strip() and is_bin:
        rows = list(library.entries(text, tag, deleted=True))
    elif text.strip():
        named = library.entries(text, tag, names_only=True)
        hits = library.search(text, as_typed=True, tag=tag)
        rows = [*named, *(hit for hit in hits if hit.entry_id in by_number)]
    named_speakers = [name for name in library.speakers() if not is_unnamed_speaker(name)]
    tags = [name for name, _ in library.tags()]
    return Found(rows, by_number, tags, named_speakers, library.take_notices())
