"""The transcripts that were open last, and the one that was open when the program ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asr_desktop.gui.app_context import AppContext
from asr_desktop.transcripts.library import Entry, Library

OPENED = "editor.opened"
LEFT = "editor.left"
MOST_RECENT = 8


def note_opened(context: AppContext, entry_id: int) -> None:
    """This entry is open now."""
    former = [number for number in context.recall(OPENED, []) if number != entry_id]
    context.remember(OPENED, [entry_id, *former][:MOST_RECENT])
    note_left(context, entry_id, 0.0)


def note_left(context: AppContext, entry_id: int | None, at_seconds: float) -> None:
    """Where the editor is left, for the next start; None: nothing of the library is open."""
    context.remember(LEFT, [] if entry_id is None else [entry_id, round(at_seconds, 2)])


def left_open(context: AppContext) -> tuple[int, float] | None:
    """Which entry, and at which second."""
    left: Sequence[Any] = context.recall(LEFT, [])
    match left:
        case [int(entry_id), int() | float() as at_seconds]:
            return entry_id, float(at_seconds)
    return None


def recent_entries(library: Library, opened: Sequence[int]) -> list[Entry]:
    """Those that were open last, then the newest others."""
    entries = {entry.id: entry for entry in library.entries()}
    first = [entries.pop(number) for number in opened if number in entries]
    return [*first, *entries.values()][:MOST_RECENT]
