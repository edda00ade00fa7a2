"""Everything that was ever transcribed: kept in folders, found through SQLite.

    from asr_desktop.transcripts.library import Library

    library = Library()
    entry_id = library.add(transcript, Path("talk.mp3"))
    for hit in library.search('boat "in the evening" har*'):
        print(hit.title, hit.start_seconds, hit.snippet)

Each entry is a folder with its transcript and what the user says about it, written whole or not at all. The
database beside the folders is only an index of them: it can be made again at any time, and is if it is
damaged.
"""

from __future__ import annotations

from asr_desktop.transcripts.library.entry import Entry
from asr_desktop.transcripts.library.search import Hit
from asr_desktop.transcripts.library.sessions import add_new_sessions, add_session, transcript_of_session
from asr_desktop.transcripts.library.store import Library

__all__ = ["Entry", "Hit", "Library", "add_new_sessions", "add_session", "transcript_of_session"]
