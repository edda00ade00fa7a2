"""Correcting a transcript: every operation is reversible, and words that nobody touched keep their times.

    document = EditableTranscript(transcript)
    document.set_text(0, "hello there")
    document.undo()
    document.transcript()

`retiming` finds out which words of an edited text are new and where they may lie, and moves a segment's
start and end, `finding` finds and replaces, `low_confidence` walks the words that are least sure,
and `drafts` keeps unsaved corrections through a crash. Nothing here imports Qt or hears the sound; new words
get their exact times from `recognition.realignment`.
"""

from __future__ import annotations

from asr_desktop.transcripts.editing.document import Change, EditableTranscript, WordPlace
from asr_desktop.transcripts.editing.drafts import Autosave, Draft
from asr_desktop.transcripts.editing.finding import Match, Query, find_all
from asr_desktop.transcripts.editing.low_confidence import DoubtfulWalk

__all__ = [
    "Autosave",
    "Change",
    "DoubtfulWalk",
    "Draft",
    "EditableTranscript",
    "Match",
    "Query",
    "WordPlace",
    "find_all",
]
