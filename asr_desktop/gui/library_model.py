"""List model of the Library page: entries, and below each the places that match the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from asr_desktop.base.clock import clock
from asr_desktop.gui.translations import is_unnamed_speaker, said_speaker
from asr_desktop.transcripts.library import Entry, Hit, Library

# One query of the library: search results, and everything else that the page shows


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """The result of one query."""

    rows: list[Entry | Hit]
    """Rows in the order of the list."""
    entries: dict[int, Entry]
    """All entries that a row may belong to, by id."""
    tags: list[str]
    """All tags in use."""
    speakers: list[str]
    """All named speakers."""
    notices: list[str]
    """Sentences about repairs of the library."""


def look(
    library: Library, text: str, tag: str | None, is_bin: bool, speaker: str | None = None
) -> FoundEntries:
    """All entries; or, for a search, the entries whose names match and all matching places in texts.

    speaker: only places where this speaker speaks. Blocks on the disk, so run it in a thread.
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
    return FoundEntries(rows, by_number, tags, named_speakers, library.take_notices())


ROW_ROLE = Qt.ItemDataRole.UserRole
"""Data role: the Entry or Hit of a row."""

_Index = QModelIndex | QPersistentModelIndex


class LibraryModel(QAbstractListModel):
    """Rows are replaced as a whole; the page restores the selection by `key`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Entry | Hit] = []

    def set_rows(self, rows: Sequence[Entry | Hit]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row(self, number: int) -> Entry | Hit:
        return self._rows[number]

    def rows(self) -> list[Entry | Hit]:
        return list(self._rows)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if isinstance(row, Hit):
                speaker = f", {said_speaker(row.speaker)}" if row.speaker else ""
                return f"{clock(row.start_seconds)}, {row.title}{speaker}: {row.snippet}"
            about = (row.title, date_text(row), clock(row.duration_seconds), *row.tags, row.first_words)
            return ", ".join(about)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.snippet if isinstance(row, Hit) else row.first_words
        return None


def key(row: Entry | Hit) -> tuple[int, float]:
    """Identifies a row in any list: entry id and time in seconds, -1 for an entry."""
    return (row.entry_id, row.start_seconds) if isinstance(row, Hit) else (row.id, -1.0)


def entry_id(row: Entry | Hit) -> int:
    """The id of the entry that a row belongs to."""
    return row.entry_id if isinstance(row, Hit) else row.id


def date_text(row: Entry | Hit) -> str:
    """Date and time of the recording or transcription, in the user's format."""
    moment = QDateTime.fromSecsSinceEpoch(round(row.created_at.timestamp()))
    if QLocale().language() is QLocale.Language.C:
        return moment.toString("yyyy-MM-dd HH:mm")  # the system has no locale set
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
