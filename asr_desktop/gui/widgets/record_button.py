"""The round button that starts and stops a recording."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from asr_desktop.base.clock import position
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.theme import ICON_PIXELS, Tokens, icon, theme
from asr_desktop.gui.widgets.kept_focus import KeepsFocus
from asr_desktop.gui.widgets.parts import ToolButton, restyled

DIAMETER = 84
RING = 5


class RecordButton(KeepsFocus, QAbstractButton):
    """Shows a microphone while idle, a red square while recording."""

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
        """Set the appearance, the accessible name and the tooltip."""
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


# The time of the current recording, for the side bar, the window's title and the tray

LOOKS_EVERY_MS = 200


class RecordingClock(QObject):
    """Follows the recording of the context."""

    changed = Signal(str)
    """The time, such as "0:42", or "" when not recording."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = context.live
        self.text = ""
        self._timer = QTimer(self, interval=LOOKS_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._live.state_changed.connect(self._look)
        self._look()

    @property
    def is_paused(self) -> bool:
        return self._live.state is LiveState.PAUSED

    def _look(self, _state: object = None) -> None:
        is_recording = self._live.is_recording
        if is_recording != self._timer.isActive():
            self._timer.start() if is_recording else self._timer.stop()
        text = position(self._live.recorded_seconds) if is_recording else ""
        if text != self.text or _state is not None:
            self.text = text
            self.changed.emit(text)


class RecordingSign(ToolButton):
    """A button in the side bar; hidden when not recording."""

    def __init__(self, context: AppContext, clock: RecordingClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._clock = clock
        restyled(self, role="recording")
        self.setIconSize(QSize(ICON_PIXELS, ICON_PIXELS))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda _checked=False: context.live.stop())
        clock.changed.connect(self._show)
        self._show(clock.text)

    def _show(self, time: str) -> None:
        if time:
            is_paused = self._clock.is_paused
            self.setIcon(icon("pause" if is_paused else "record", _red))
            self.setText(f"  {time}")
            name = (
                self.tr("Paused at {time}: click to stop")
                if is_paused
                else self.tr("Recording, {time}: click to stop")
            )
            self.setAccessibleName(name.format(time=time))
            key = self._context.shortcuts.text("live.record")
            stop = self.tr("Stop recording")
            self.setToolTip(f"{stop} ({key})" if key else stop)
        self.setVisible(bool(time))


def _red(look: Tokens) -> str:
    return look.recording
