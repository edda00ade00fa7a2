"""Caption overlay: a window that stays on top and shows the newest lines of the current recording.

It works whatever page is open. Words with low confidence are faded.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizeGrip, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.notices import EVERY_PAGE, Notice
from asr_desktop.gui.theme import SPACE, icon
from asr_desktop.gui.widgets.parts import icon_button
from asr_desktop.recognition.live_events import Final, Lag, Partial, Rewritten
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.phrases import needs_space

KEPT_WORDS = 120
"""Words kept; more than two lines can show."""
GRIP_PIXELS = 18
SMALLEST_POINTS, LARGEST_POINTS = 12, 72
FAINTEST = 0.55
"""The opacity of a word with confidence 0; words of 0.6 and more are opaque."""
OPEN_OPACITY = 0.7


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word and its opacity, 0…1."""

    text: str
    opacity: float


class CaptionOverlay(QWidget):
    """`toggled` is emitted when it is shown or hidden. Moved with the mouse, resized at its corner; by keys:
    arrows move it, plus and minus change the text size, Escape closes it."""

    toggled = Signal(bool)

    def __init__(self, context: AppContext) -> None:
        super().__init__(None)
        self.context = context
        self._said: deque[ShownWord] = deque(maxlen=KEPT_WORDS)
        self._words_of_final = 0
        self._open: list[ShownWord] = []
        self._grabbed_at: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self._grip = QSizeGrip(self)
        self._grip.setFixedSize(GRIP_PIXELS, GRIP_PIXELS)
        self._is_pointed_at = False
        self._tools = self._make_tools()
        self._name()
        self._apply_settings()
        live = context.live
        context.shortcuts.bind_in(self, "live.record", live.toggle)
        context.shortcuts.bind_in(self, "live.pause", live.toggle_pause)
        context.shortcuts.bind_in(self, "live.marker", live.mark)
        context.shortcuts.bind_in(self, "live.overlay", self.put_away)
        live.heard.connect(self._hear)
        live.taken_back.connect(self._take_back)
        live.began.connect(self._begin)
        context.settings_changed.connect(self._apply_settings)
        context.language_changed.connect(self._name)

    def _make_tools(self) -> QFrame:
        """Buttons shown while the mouse is over the captions: larger, smaller, close."""
        tools = QFrame(self)
        line = QHBoxLayout(tools)
        line.setContentsMargins(2, 2, 2, 2)
        line.setSpacing(0)
        self.smaller = icon_button("minus", "", on_click=lambda: self._change_size(-2))
        self.larger = icon_button("plus", "", on_click=lambda: self._change_size(2))
        self.close_button = icon_button("close", "", on_click=self.put_away)
        for made, name in ((self.smaller, "minus"), (self.larger, "plus"), (self.close_button, "close")):
            made.setIcon(icon(name, lambda _look: self.context.settings.overlay_text_colour))
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the overlay's own keys do the same
            made.setCursor(Qt.CursorShape.ArrowCursor)
            line.addWidget(made)
        tools.hide()
        return tools

    def _name(self) -> None:
        self.setWindowTitle(self.tr("Captions"))
        self.setAccessibleName(self.tr("Captions over other windows"))
        self.setToolTip(self._hint())
        for made, name in (
            (self.smaller, self.tr("Smaller text")),
            (self.larger, self.tr("Larger text")),
            (self.close_button, self.tr("Close captions")),
        ):
            made.setAccessibleName(name)
            made.setToolTip(name)
        self.update()

    def _hint(self) -> str:
        return self.tr("Drag to move, drag the corner to resize, press Esc to close.")

    # Showing and hiding

    def show_at_its_place(self) -> None:
        """Show it at its last position, or at the bottom of the screen."""
        x, y, width, height = self._stored_place()
        self.setGeometry(x, y, width, height)
        self.show()
        self.context.remember("overlay.shown", True)
        self.toggled.emit(True)

    def put_away(self) -> None:
        self._remember_place()
        self.hide()
        self.context.remember("overlay.shown", False)
        self.toggled.emit(False)

    def text(self) -> str:
        """The displayed text, for tests and screen readers."""
        return "\n".join(" ".join(word.text for word in line) for line in self._lines())

    # Text

    def _hear(self, event: Partial | Final | Rewritten | Lag) -> None:
        match event:
            case Partial():
                committed = event.committed_words
                self._open = [
                    *(_shown(word) for word in event.words[:committed]),
                    *(ShownWord(word.text, OPEN_OPACITY) for word in event.words[committed:]),
                ]
            case Final():
                self._open = []
                self._said.extend(_shown(word) for word in event.words)
                self._words_of_final = len(event.words) or self._words_of_final
            case Rewritten():
                for _ in range(min(self._words_of_final, len(self._said))):
                    self._said.pop()
                self._said.extend(_shown(word) for word in event.words)
                self._words_of_final = len(event.words)
            case Lag():
                return
        self.setAccessibleDescription(self.text())
        self.update()

    def _take_back(self) -> None:
        self._open = []
        self.update()

    def _begin(self) -> None:
        self._said.clear()
        self._take_back()

    # Appearance

    def _apply_settings(self) -> None:
        chosen = self.context.settings
        was_shown = self.isVisible()
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        if not chosen.overlay_click_through:
            self.context.is_over.emit("overlay")
        else:
            flags |= Qt.WindowType.WindowTransparentForInput | Qt.WindowType.WindowDoesNotAcceptFocus
        if flags != self.windowFlags():
            self.setWindowFlags(flags)  # also hides the window
            self.setVisible(was_shown)
        self._grip.setVisible(not chosen.overlay_click_through)
        self._font = QFont(self.font())
        self._font.setPointSizeF(min(max(chosen.overlay_font_points, SMALLEST_POINTS), LARGEST_POINTS))
        self._font.setWeight(QFont.Weight.DemiBold)
        self.setMinimumSize(QSize(240, self._height_of(1)))
        self.update()

    def _height_of(self, lines: int) -> int:
        return round(lines * QFontMetricsF(self._font).lineSpacing() + 3 * SPACE)

    def _lines(self) -> list[list[ShownWord]]:
        """The newest words, wrapped to the width; at most as many lines as configured."""
        metrics = QFontMetricsF(self._font)
        room = self.width() - 6 * SPACE
        lines: list[list[ShownWord]] = [[]]
        used = 0.0
        for word in [*self._said, *self._open]:
            width = metrics.horizontalAdvance(word.text)
            space = metrics.horizontalAdvance(" ") if lines[-1] else 0.0
            if lines[-1] and used + space + width > room:
                lines.append([])
                used, space = 0.0, 0.0
            lines[-1].append(word)
            used += space + width
        return [line for line in lines if line][-max(1, self.context.settings.overlay_lines) :]

    def paintEvent(self, event: QPaintEvent) -> None:
        chosen = self.context.settings
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        background = QColor(chosen.overlay_background_colour)
        background.setAlphaF(min(max(chosen.overlay_opacity, 0.0), 1.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawRoundedRect(QRectF(self.rect()), 14, 14)
        painter.setFont(self._font)
        metrics = QFontMetricsF(self._font)
        lines = self._lines()
        colour = QColor(chosen.overlay_text_colour)
        if not lines:
            colour.setAlphaF(OPEN_OPACITY)
            painter.setPen(colour)
            self._paint_invitation(painter)
            return
        top = (self.height() - len(lines) * metrics.lineSpacing()) / 2 + metrics.ascent()
        for number, line in enumerate(lines):
            x = 3.0 * SPACE
            for index, word in enumerate(line):
                if index and needs_space(line[index - 1].text, word.text):
                    x += metrics.horizontalAdvance(" ")
                faded = QColor(colour)
                faded.setAlphaF(word.opacity)
                painter.setPen(faded)
                painter.drawText(QPoint(round(x), round(top + number * metrics.lineSpacing())), word.text)
                x += metrics.horizontalAdvance(word.text)
        self._paint_grip(painter)
        painter.end()

    def _paint_invitation(self, painter: QPainter) -> None:
        """While there is no text: explain what the overlay is and how to use it."""
        small = QFont(self._font)
        small.setPointSizeF(min(SMALLEST_POINTS, self._font.pointSizeF()))
        small.setWeight(QFont.Weight.Normal)
        hint = self._hint() if not self.context.settings.overlay_click_through else ""
        room = self.rect().adjusted(2 * SPACE, 0, -2 * SPACE, 0)
        hint_height = round(QFontMetricsF(small).lineSpacing()) if hint else 0
        large_height = round(QFontMetricsF(self._font).lineSpacing())
        top = max(0, (self.height() - hint_height - large_height) // 2)
        painter.drawText(
            QRect(room.x(), top, room.width(), large_height),
            Qt.AlignmentFlag.AlignCenter,
            self.tr("Captions appear here"),
        )
        painter.setFont(small)
        painter.drawText(
            QRect(room.x(), top + large_height, room.width(), hint_height), Qt.AlignmentFlag.AlignCenter, hint
        )
        self._paint_grip(painter)
        painter.end()

    def _paint_grip(self, painter: QPainter) -> None:
        """Draw the resize grip in the corner."""
        is_wanted = self._is_pointed_at or not self._said
        if self.context.settings.overlay_click_through or not is_wanted:
            return
        colour = QColor(self.context.settings.overlay_text_colour)
        colour.setAlphaF(OPEN_OPACITY)
        painter.setPen(QPen(colour, 1.5))
        right, bottom = self.width() - 6, self.height() - 6
        for length in (4, 8, 12):
            painter.drawLine(right - length, bottom, right, bottom - length)

    # Moving and resizing

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._point_at(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(False)

    def _point_at(self, is_pointed_at: bool) -> None:
        self._is_pointed_at = is_pointed_at
        background = QColor(self.context.settings.overlay_background_colour)
        self._tools.setStyleSheet(f"QFrame {{ background: {background.name()}; border-radius: 10px; }}")
        self._tools.setVisible(is_pointed_at)
        self._tools.raise_()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            # The window manager moves it where possible: on Wayland a window cannot move itself.
            handle = self.windowHandle()
            if handle is None or not handle.startSystemMove():
                self._grabbed_at = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed_at is not None:
            self.move(event.globalPosition().toPoint() - self._grabbed_at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed_at = None
        self._remember_place()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._change_size(1 if event.angleDelta().y() > 0 else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: QPoint(-SPACE, 0),
            Qt.Key.Key_Right: QPoint(SPACE, 0),
            Qt.Key.Key_Up: QPoint(0, -SPACE),
            Qt.Key.Key_Down: QPoint(0, SPACE),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.move(self.pos() + steps[key])
            self._remember_place()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self._change_size(1 if key is Qt.Key.Key_Plus else -1)
        elif key is Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The text after the tab is the equivalent key.
        menu.addAction(self.tr("Larger text") + "\t+", lambda: self._change_size(2))
        menu.addAction(self.tr("Smaller text") + "\t−", lambda: self._change_size(-2))
        menu.addAction(self.tr("Let clicks through"), self._let_clicks_through)
        menu.addSeparator()
        close_key = QKeySequence(Qt.Key.Key_Escape).toString(QKeySequence.SequenceFormat.NativeText)
        menu.addAction(f"{self.tr('Close captions')}\t{close_key}", self.put_away)
        menu.popup(event.globalPos())

    def _let_clicks_through(self) -> None:
        self.context.change_settings(overlay_click_through=True)
        # Once the overlay ignores the mouse, it cannot offer this menu any more.
        self.context.notify.emit(
            Notice(
                self.tr(
                    "Clicks now go through the captions, so you cannot move or close them with the mouse."
                ),
                about="overlay",
                page=EVERY_PAGE,
                button=self.tr("Undo"),
                action=lambda: self.context.change_settings(overlay_click_through=False),
            )
        )

    def resizeEvent(self, event: object) -> None:
        self._tools.adjustSize()
        self._tools.move(self.width() - self._tools.width() - SPACE, SPACE // 2)
        self._grip.move(self.width() - self._grip.width() - 2, self.height() - self._grip.height() - 2)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember_place()
        super().closeEvent(event)

    def _change_size(self, points: int) -> None:
        size = min(max(self.context.settings.overlay_font_points + points, SMALLEST_POINTS), LARGEST_POINTS)
        self.context.change_settings(overlay_font_points=size)

    def _remember_place(self) -> None:
        if self.isVisible():
            self.context.remember("overlay.place", [self.x(), self.y(), self.width(), self.height()])

    def _stored_place(self) -> tuple[int, int, int, int]:
        stored = self.context.recall("overlay.place", [])
        if len(stored) == 4 and all(isinstance(number, int) and abs(number) < 2**31 for number in stored):
            place = QRect(*stored)
            if any(screen.availableGeometry().intersects(place) for screen in QGuiApplication.screens()):
                return place.x(), place.y(), place.width(), place.height()
        screen = QGuiApplication.primaryScreen().availableGeometry()
        width = min(1000, screen.width() - 8 * SPACE)
        height = self._height_of(max(1, self.context.settings.overlay_lines))
        x = screen.x() + (screen.width() - width) // 2
        return x, screen.y() + screen.height() - height - 8 * SPACE, width, height


def _shown(word: Word) -> ShownWord:
    return ShownWord(word.text, min(1.0, FAINTEST + (1 - FAINTEST) * word.confidence / 0.6))
