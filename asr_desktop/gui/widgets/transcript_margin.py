"""The margin of the transcript, with times and speakers, and the background of the current segment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextBlock
from PySide6.QtWidgets import QTextEdit

from asr_desktop.base.clock import position
from asr_desktop.gui.theme import SPACE, speaker_colour, theme
from asr_desktop.gui.translations import said_speaker
from asr_desktop.transcripts.document import Segment

MOST_SPEAKER_PIXELS = 176
_SHARE_OF_VIEW = 5
"""Names get at most one such part of the width; those that are only a number are always shown whole."""
_SHORT_NAME = "Speaker 10"
_BAR_PIXELS = 3
_SMALLER = 0.72
_FLAG_PIXELS = 11
_TICK_PIXELS = 9


class TranscriptMargin:
    """Paints into the viewport of a text view, and computes its own width."""

    def __init__(self, view: QTextEdit) -> None:
        self._view = view
        self.has_speakers = False
        self.speakers: Sequence[str] = ()
        """Speakers in the order of their digits and colours."""
        self._speaker_pixels = 0
        self.markers: Sequence[float] = ()
        """Marker times in seconds, in order; a flag is painted at the segment of each."""

    @property
    def width(self) -> int:
        """Width in pixels, which is where the text begins."""
        time_pixels = self._tick_left + _TICK_PIXELS + SPACE + SPACE // 2
        time_pixels += _FLAG_PIXELS + SPACE // 2 if self.markers else 0
        return time_pixels + (self._speaker_pixels if self.has_speakers else 0)

    def is_speaker_at(self, x: int) -> bool:
        """Whether this x coordinate is in the column of names."""
        return self.has_speakers and x > self.width - self._speaker_pixels

    def fit_names(self, names: Sequence[str]) -> bool:
        """Set the width for these names, limited by the view's; returns whether it has changed."""
        metrics = QFontMetrics(self._name_font())

        def room_of(name: str) -> int:
            return metrics.horizontalAdvance(said_speaker(name)) + 2 * SPACE + _BAR_PIXELS + 1

        most = min(MOST_SPEAKER_PIXELS, self._view.viewport().width() // _SHARE_OF_VIEW)
        former = self._speaker_pixels
        widest = max(map(room_of, names), default=0)
        self._speaker_pixels = max(room_of(_SHORT_NAME), min(most, widest))
        return self._speaker_pixels != former

    def colour_of(self, speaker: str) -> QColor:
        """The speaker's colour, which is fixed while the transcript is open."""
        number = self.speakers.index(speaker) if speaker in self.speakers else len(self.speakers)
        return QColor(speaker_colour(number, theme.is_dark))

    def block_rect(self, block: QTextBlock) -> QRectF:
        """A block's rectangle in the viewport."""
        rect = self._view.document().documentLayout().blockBoundingRect(block)
        return rect.translated(0, -self._view.verticalScrollBar().value())

    def first_in_sight(self) -> QTextBlock:
        """The first block that is at least partly visible.

        Does not use Qt's hit test, which is wrong while a newly opened document is being laid out. Searches
        from the beginning in growing steps, so that no more than necessary is laid out.
        """
        document = self._view.document()
        last = document.blockCount() - 1

        def is_above(number: int) -> bool:
            return self.block_rect(document.findBlockByNumber(number)).bottom() < 0

        first, step = 0, 1
        while first < last and is_above(min(first + step, last)):
            first, step = min(first + step, last), 2 * step
        stop = min(first + step, last)
        while first < stop:
            middle = (first + stop) // 2
            if is_above(middle):
                first = middle + 1
            else:
                stop = middle
        return document.findBlockByNumber(first)

    def paint_current(self, *, is_edited: bool) -> None:
        """Paint the background of the segment with the caret, and a bar while it is being edited."""
        rect = self.block_rect(self._view.textCursor().block())
        painter = QPainter(self._view.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QRectF(2, rect.top() - 5, self._view.viewport().width() - 4, rect.height() + 10)
        painter.setBrush(QColor(theme.tokens.hover))
        painter.drawRoundedRect(ground, 8, 8)
        if is_edited:
            painter.setBrush(QColor(theme.tokens.accent))
            painter.drawRoundedRect(QRectF(2, ground.top(), 4, ground.height()), 2, 2)
        painter.end()

    def paint(self, segments: Sequence[Segment], first: QTextBlock, bottom: int) -> None:
        """Paint times and names from this block down to `bottom`, with a bar in the speaker's colour along
        each turn."""
        painter = QPainter(self._view.viewport())
        look = theme.tokens
        font = self._font()
        names = self._name_font()
        left = self.width
        line = QFontMetrics(self._view.font()).height()
        aligned = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        block = first
        speaking = segments[block.blockNumber() - 1].speaker if block.blockNumber() > 0 else None
        while block.isValid() and block.blockNumber() < len(segments):
            rect = self.block_rect(block)
            if rect.top() > bottom:
                break
            segment = segments[block.blockNumber()]
            painter.setFont(font)
            painter.setPen(QColor(look.muted))
            painter.drawText(
                QRectF(SPACE + 4, rect.top(), left, line),
                aligned,
                position(segment.start_seconds, hour_digits=2),
            )
            if segment.is_confirmed:
                paint_tick(painter, self._centred(self._tick_left, _TICK_PIXELS, rect.top(), line))
            if self._is_marked(segments, block.blockNumber()):
                flag_left = self._tick_left + _TICK_PIXELS + SPACE // 2
                paint_flag(painter, self._centred(flag_left, _FLAG_PIXELS, rect.top(), line))
            if segment.speaker is not None:
                colour = self.colour_of(segment.speaker)
                bar = QRectF(left - SPACE - _BAR_PIXELS, rect.top(), _BAR_PIXELS, rect.height())
                painter.fillRect(bar, colour)
                if segment.speaker != speaking:
                    painter.setFont(names)
                    painter.setPen(colour)
                    room = self._speaker_pixels - 2 * SPACE - _BAR_PIXELS
                    name = said_speaker(segment.speaker)
                    name = QFontMetrics(names).elidedText(name, Qt.TextElideMode.ElideRight, room)
                    place = QRectF(left - self._speaker_pixels, rect.top(), room, line)
                    painter.drawText(place, aligned, name)
            speaking = segment.speaker
            block = block.next()
        painter.end()

    def _is_marked(self, segments: Sequence[Segment], index: int) -> bool:
        """Whether a marker is in this segment or in the pause after it: it refers to what was just said."""
        start = segments[index].start_seconds if index else 0.0
        end = segments[index + 1].start_seconds if index + 1 < len(segments) else float("inf")
        following = bisect_left(self.markers, start)
        return following < len(self.markers) and self.markers[following] < end

    @property
    def _tick_left(self) -> int:
        """Position of the tick, after the time. Its space is reserved, so the first tick moves no text."""
        return QFontMetrics(self._font()).horizontalAdvance("00:00:00") + SPACE + 4 + SPACE // 2

    @staticmethod
    def _centred(left: float, pixels: int, top: float, line: int) -> QRectF:
        return QRectF(left, top + (line - pixels) / 2, pixels, pixels)

    def _font(self) -> QFont:
        font = QFont(self._view.font())
        font.setPointSizeF(max(8.0, self._view.font().pointSizeF() * _SMALLER))
        return font

    def _name_font(self) -> QFont:
        font = self._font()
        font.setWeight(QFont.Weight.DemiBold)
        return font


def paint_tick(painter: QPainter, rect: QRectF) -> None:
    """Paint the tick of a segment that a person has edited or confirmed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(theme.tokens.good), 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(
        [
            QPointF(rect.left(), rect.center().y()),
            QPointF(rect.left() + 0.38 * rect.width(), rect.bottom() - 0.1 * rect.height()),
            QPointF(rect.right(), rect.top() + 0.1 * rect.height()),
        ]
    )
    painter.restore()


def paint_flag(painter: QPainter, rect: QRectF) -> None:
    """Paint a marker's flag, as in the waveform."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(theme.tokens.unsure)
    painter.setPen(QPen(colour, 1.5))
    painter.drawLine(rect.topLeft(), rect.bottomLeft())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    half = rect.height() * 0.6
    painter.drawPolygon(
        [
            rect.topLeft(),
            QPointF(rect.right(), rect.top() + half / 2),
            QPointF(rect.left(), rect.top() + half),
        ]
    )
    painter.restore()
