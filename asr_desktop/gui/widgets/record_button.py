"""The one large button: a round one that starts and stops."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from asr_desktop.gui.theme import icon, theme
from asr_desktop.gui.widgets.kept_focus import KeepsFocus

DIAMETER = 84
RING = 5


class RecordButton(KeepsFocus, QAbstractButton):
    """A microphone while nothing is recorded, a red square while something is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_recording = False
        self._icons = {
            False: icon("microphone", lambda look: look.on_accent),
            True: icon("stop", lambda look: look.on_recording),
        }
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def set_recording(self, is_recording: bool, name: str, tip: str) -> None:
        """How it looks, and what it is called."""
        self._is_recording = is_recording
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(DIAMETER, DIAMETER)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain, hovered = (
            (look.recording, look.recording_hover) if self._is_recording else (look.accent, look.accent_hover)
        )
        colour = QColor(hovered if self.underMouse() or self.isDown() else plain)
        if not self.isEnabled():
            colour = QColor(look.outline)
        side = min(self.width(), self.height())
        circle = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle.adjusted(1, 1, -1, -1))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(circle.adjusted(RING, RING, -RING, -RING))
        drawn = round(side * 0.42)
        place = circle.center()
        self._icons[self._is_recording].paint(
            painter, round(place.x() - drawn / 2), round(place.y() - drawn / 2), drawn, drawn
        )
        painter.end()
