"""What stands beside the transcript's text: times and speakers, and the ground behind the current segment."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextBlock
from PySide6.QtWidgets import QTextEdit

from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.transcripts.document import Segment
from asr_desktop.transcripts.export.paragraphs import clock

SPEAKER_PIXELS = 112
_SMALLER = 0.72


class TranscriptMargin:
    """Paints into the viewport of a text view, and knows how wide it is."""

    def __init__(self, view: QTextEdit) -> None:
        self._view = view
        self.has_speakers = False

    @property
    def width(self) -> int:
        """Where the text begins."""
        time_pixels = QFontMetrics(self._font()).horizontalAdvance("00:00:00") + 3 * SPACE
        return time_pixels + (SPEAKER_PIXELS if self.has_speakers else 0)

    def is_speaker_at(self, x: int) -> bool:
        """Whether names stand there, not times."""
        return self.has_speakers and x > self.width - SPEAKER_PIXELS

    def block_rect(self, block: QTextBlock) -> QRectF:
        """A block's place in the viewport."""
        rect = self._view.document().documentLayout().blockBoundingRect(block)
        return rect.translated(0, -self._view.verticalScrollBar().value())

    def paint_current(self, *, is_edited: bool) -> None:
        """A quiet ground behind the segment with the caret, and a bar where it is being changed."""
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
        """Times and names from this block down to `bottom`."""
        painter = QPainter(self._view.viewport())
        look = theme.tokens
        font = self._font()
        names = QFont(font)
        names.setWeight(QFont.Weight.DemiBold)
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
            painter.drawText(QRectF(SPACE + 4, rect.top(), left, line), aligned, clock(segment.start_seconds))
            if segment.speaker is not None and segment.speaker != speaking:
                painter.setFont(names)
                painter.setPen(QColor(look.accent))
                room = SPEAKER_PIXELS - SPACE
                name = QFontMetrics(names).elidedText(segment.speaker, Qt.TextElideMode.ElideRight, room)
                painter.drawText(QRectF(left - SPEAKER_PIXELS, rect.top(), room, line), aligned, name)
            speaking = segment.speaker
            block = block.next()
        painter.end()

    def _font(self) -> QFont:
        font = QFont(self._view.font())
        font.setPointSizeF(max(8.0, self._view.font().pointSizeF() * _SMALLER))
        return font
