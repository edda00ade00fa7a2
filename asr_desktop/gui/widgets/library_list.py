"""The list of the library: entries with their first words, or search hits; its query, model and view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from asr_desktop.base.clock import clock
from asr_desktop.gui.theme import SPACE, Tokens, icon, theme
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


# The model

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


# The view

ROW_PIXELS = 62
_SIDE_PIXELS = 176
_ICON_PIXELS = 18


class LibraryList(QListView):
    """Return or a double click opens a row."""

    opened = Signal(int)

    def __init__(self, model: LibraryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setAccessibleName(self.tr("Transcripts and recordings"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A uniform height, so that the number of rows does not matter.
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        theme.changed.connect(self.viewport().update)

    def selected_rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectionModel().selectedIndexes())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)


class _RowDelegate(QStyledItemDelegate):
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme.tokens
        row: Entry | Hit = index.data(ROW_ROLE)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_selected:
            painter.fillRect(option.rect, QColor(look.accent_soft))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(look.hover))
        painter.setPen(QColor(look.border))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        area = option.rect.adjusted(2 * SPACE, SPACE + 1, -2 * SPACE, -SPACE - 1)
        upper = QRect(area.left(), area.top(), area.width(), area.height() // 2)
        lower = upper.translated(0, area.height() // 2)
        paint = _Pen(painter, option.font, look, is_selected)
        if isinstance(row, Hit):
            _paint_hit(paint, row, upper, lower)
        else:
            _paint_entry(paint, row, upper, lower)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_PIXELS)


class _Pen:
    """Paints single lines of text in the colours of a selected or unselected row."""

    def __init__(self, painter: QPainter, font: QFont, look: Tokens, is_selected: bool) -> None:
        self.painter = painter
        self.look = look
        self.plain = QFont(font)
        self.bold = QFont(font)
        self.bold.setWeight(QFont.Weight.DemiBold)
        self.text = QColor(look.on_accent_soft if is_selected else look.text)
        self.muted = QColor(look.on_accent_soft if is_selected else look.muted)
        self.is_selected = is_selected

    def write(
        self, place: QRect, text: str, colour: QColor, *, font: QFont | None = None, right: bool = False
    ) -> int:
        """Paint a line; returns its width in pixels."""
        self.painter.setFont(font or self.plain)
        self.painter.setPen(colour)
        metrics = self.painter.fontMetrics()
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self.painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, elided)
        return metrics.horizontalAdvance(elided)


def _paint_entry(pen: _Pen, entry: Entry, upper: QRect, lower: QRect) -> None:
    name = "microphone" if entry.kind == "session" else "files"
    sign = QRect(upper.left(), upper.center().y() - _ICON_PIXELS // 2, _ICON_PIXELS, _ICON_PIXELS)
    icon(name, lambda look: look.on_accent_soft if pen.is_selected else look.muted).paint(pen.painter, sign)
    left = _ICON_PIXELS + SPACE + 4
    title = upper.adjusted(left, 0, -_SIDE_PIXELS, 0)
    width = pen.write(title, entry.title, pen.text, font=pen.bold)
    _paint_tags(pen, entry.tags, title.adjusted(width + SPACE + 4, 0, 0, 0))
    words = entry.first_words or QCoreApplication.translate("LibraryList", "No speech was found.")
    pen.write(lower.adjusted(left, 0, -_SIDE_PIXELS, 0), words, pen.muted)
    side = QRect(upper.right() - _SIDE_PIXELS + SPACE, upper.top(), _SIDE_PIXELS - SPACE, upper.height())
    pen.write(side, date_text(entry), pen.muted, right=True)
    about = " · ".join(filter(None, (entry.model, clock(entry.duration_seconds))))
    pen.write(side.translated(0, lower.top() - upper.top()), about, pen.muted, right=True)


def _paint_tags(pen: _Pen, tags: tuple[str, ...], place: QRect) -> None:
    metrics = QFontMetrics(pen.plain)
    for tag in tags:
        width = metrics.horizontalAdvance(tag) + 2 * SPACE
        if width > place.width():
            return
        chip = QRectF(place.left(), place.center().y() - 10, width, 20)
        pen.painter.setPen(Qt.PenStyle.NoPen)
        pen.painter.setBrush(QColor(pen.look.card if pen.is_selected else pen.look.hover))
        pen.painter.drawRoundedRect(chip, 10, 10)
        colour = QColor(pen.look.text if pen.is_selected else pen.look.muted)
        pen.write(chip.toRect().adjusted(SPACE, 0, 0, 0), tag, colour)
        place = place.adjusted(width + SPACE // 2 + 2, 0, 0, 0)


def _paint_hit(pen: _Pen, hit: Hit, upper: QRect, lower: QRect) -> None:
    """Paint the words with the matches in bold, and their time on the left."""
    time_width = QFontMetrics(pen.bold).horizontalAdvance("0:00:00") + SPACE
    accent = QColor(pen.look.on_accent_soft if pen.is_selected else pen.look.accent)
    pen.write(QRect(upper.left(), upper.top(), time_width, upper.height()), clock(hit.start_seconds), accent)
    place = upper.adjusted(time_width, 0, 0, 0)
    end = 0
    for start, stop in (*hit.marks, (len(hit.snippet), len(hit.snippet))):
        for text, font in ((hit.snippet[end:start], pen.plain), (hit.snippet[start:stop], pen.bold)):
            if text and place.width() > SPACE:
                colour = accent if font is pen.bold else pen.text
                written = pen.write(place, text, colour, font=font)
                place = place.adjusted(written, 0, 0, 0)
        end = stop
    about = " · ".join(filter(None, (said_speaker(hit.speaker), hit.title, date_text(hit))))
    pen.write(lower.adjusted(time_width, 0, 0, 0), about, pen.muted)
