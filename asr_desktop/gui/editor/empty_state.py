"""The editor without an open transcript: buttons to open one, and the transcripts opened last."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QSizePolicy, QWidget

from asr_desktop.base.clock import clock
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Operation
from asr_desktop.gui.theme import ICON_PIXELS, SPACE, icon
from asr_desktop.gui.widgets.parts import Card, PushButton, button, label, page_layout, row
from asr_desktop.transcripts.library import Entry, Library

# The transcripts opened last, and the one that was open when the program ended

OPENED = "editor.opened"
LEFT = "editor.left"
MOST_RECENT = 8


def note_opened(context: AppContext, entry_id: int) -> None:
    """Record that this entry was opened."""
    former = [number for number in context.recall(OPENED, []) if number != entry_id]
    context.remember(OPENED, [entry_id, *former][:MOST_RECENT])
    note_left(context, entry_id, 0.0)


def note_left(context: AppContext, entry_id: int | None, at_seconds: float) -> None:
    """Store the open entry and position for the next start; None: no library entry is open."""
    context.remember(LEFT, [] if entry_id is None else [entry_id, round(at_seconds, 2)])


def left_open(context: AppContext) -> tuple[int, float] | None:
    """The entry id and position in seconds from the last session."""
    left: Sequence[Any] = context.recall(LEFT, [])
    match left:
        case [int(entry_id), int() | float() as at_seconds]:
            return entry_id, float(at_seconds)
    return None


def recent_entries(library: Library, opened: Sequence[int]) -> list[Entry]:
    """The entries opened last, then the newest of the others."""
    entries = {entry.id: entry for entry in library.entries()}
    first = [entries.pop(number) for number in opened if number in entries]
    return [*first, *entries.values()][:MOST_RECENT]


_BESIDE_TEXT_PIXELS = 64
"""Width of a button in addition to its text."""


class NothingOpen(QWidget):
    """Two buttons to open a transcript, and a list of recent ones."""

    library_wanted = Signal()
    file_chosen = Signal(object)
    """A Path."""
    entry_chosen = Signal(int)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._looking: Operation | None = None
        layout = page_layout(self, self.tr("Editor"), self.tr("Correct a transcript while you listen to it."))
        card = Card(self.tr("No transcript is open"))
        hint = self.tr("Choose one in the Library, or open a transcript that was exported as JSON.")
        card.body.addWidget(label(hint, "muted", wrap=True))
        library = button(
            self.tr("Go to Library"), "library", kind="primary", on_click=self.library_wanted.emit
        )
        from_file = button(self.tr("Open a file…"), "folder", on_click=self._choose)
        card.body.addLayout(row(library, from_file, None))
        layout.addWidget(card)
        self.recent = Card(self.tr("Recent transcripts"))
        self._list = QWidget()
        self.recent.body.addWidget(self._list)
        self.recent.hide()
        layout.addWidget(self.recent)
        layout.addStretch(1)
        context.library_changed.connect(self._look)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def _look(self) -> None:
        if self.isVisible():
            opened = self._context.recall(OPENED, [])
            if self._looking is not None:
                self._looking.cancel()
            self._looking = self._context.run(recent_entries, self._context.library, opened).on_success(
                self._show_recent
            )

    def forget(self) -> None:
        """Clear the list because a transcript was opened; it is filled again when it is next shown."""
        if self._looking is not None:
            self._looking.cancel()
        self._show_recent(())

    def _show_recent(self, entries: Sequence[Entry]) -> None:
        self._looking = None
        former, self._list = self._list, QWidget()
        grid = QGridLayout(self._list)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setColumnStretch(0, 1)
        for number, entry in enumerate(entries):
            choose = _TitleButton(entry.title)
            choose.setToolTip(f"{entry.title}\n{entry.source}")
            choose.clicked.connect(partial(self._chosen, entry.id))
            day = QLocale().toString(entry.created_at.astimezone().date(), QLocale.FormatType.ShortFormat)  # type: ignore[call-overload]
            grid.addWidget(choose, number, 0)
            grid.addWidget(label(clock(entry.duration_seconds), "muted"), number, 1)
            grid.addWidget(label(day, "muted"), number, 2)
        self.recent.body.replaceWidget(former, self._list)
        former.deleteLater()
        self.recent.setVisible(bool(entries))

    def _chosen(self, entry_id: int, _checked: bool = False) -> None:
        self.entry_chosen.emit(entry_id)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open a transcript"), "", self.tr("Transcripts (*.json)")
        )
        if chosen:
            self.file_chosen.emit(Path(chosen))


class _TitleButton(PushButton):
    """A title, elided with "…" if it does not fit."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self.setProperty("kind", "quiet")
        self.setProperty("role", "entry")
        self.setIcon(icon("editor", lambda look: look.accent))
        self.setIconSize(QSize(ICON_PIXELS, ICON_PIXELS))
        self.setAccessibleName(title)
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _BESIDE_TEXT_PIXELS, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = event.size().width() - _BESIDE_TEXT_PIXELS
        shown = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))
