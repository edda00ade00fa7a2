"""Basic widgets and layouts, so that all pages look and behave the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.gui.theme import ICON_PIXELS, SPACE, Tokens, icon, theme
from asr_desktop.gui.widgets.kept_focus import KeepsFocus

# Selected in the style sheet by [kind="primary"] and so on.
_ICON_COLOURS: dict[str, Callable[[Tokens], str]] = {
    "primary": lambda look: look.on_accent,
    "danger": lambda look: look.on_recording,
    "quiet": lambda look: look.accent,
    "flat": lambda look: look.muted,
}

_QUESTION_PIXELS = 32
_GAP_PIXELS = 5
"""Gap between a button's icon and its text; Qt's default is 4."""


class PushButton(KeepsFocus, QPushButton):
    """A button that keeps the focus while it is disabled."""


class ToolButton(KeepsFocus, QToolButton):
    """A tool button that Enter presses as well as Space, and that keeps the focus while it is disabled."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class LineEdit(KeepsFocus, QLineEdit):
    """A line edit that keeps the focus while it is disabled."""


class ComboBox(KeepsFocus, QComboBox):
    """A combo box that keeps the focus while it is disabled, and elides long text."""

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        room = self.style().subControlRect(kind, option, field, self).width() - SPACE // 2
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(kind, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ListWidget(KeepsFocus, QListWidget):
    """A list that passes its focus to the control in its place when it is hidden."""


def button(
    text: str,
    icon_name: str = "",
    *,
    kind: str = "",
    tip: str = "",
    on_click: Callable[[], object] | None = None,
) -> PushButton:
    """A button with text. kind: "primary" (one on each page), "danger", "quiet" (like a link), or ""."""
    made = PushButton(text)
    made.setAutoDefault(True)  # Enter presses it as well as Space, not only in dialogs
    made.setProperty("kind", kind)
    if icon_name:
        made.setProperty("icon_name", icon_name)
        made.setIcon(icon(icon_name, _ICON_COLOURS.get(kind)))
        made.setIconSize(QSize(ICON_PIXELS + _GAP_PIXELS, ICON_PIXELS))
    made.setToolTip(tip)
    made.setAccessibleName(text)
    made.setAccessibleDescription(tip)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


def icon_button(
    icon_name: str, name: str, *, tip: str = "", on_click: Callable[[], object] | None = None
) -> ToolButton:
    """A button with an icon only. `name`: read by screen readers, and the tooltip unless another one is
    given."""
    made = ToolButton()
    made.setProperty("kind", "flat")
    made.setIcon(icon(icon_name, _ICON_COLOURS["flat"]))
    made.setIconSize(QSize(ICON_PIXELS, ICON_PIXELS))
    made.setAccessibleName(name)
    made.setToolTip(tip or name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


class IconLabel(QLabel):
    """An icon beside text, which follows the theme; `colour` as in `theme.icon`."""

    def __init__(
        self,
        name: str = "",
        colour: Callable[[Tokens], str] | None = None,
        *,
        pixels: int = ICON_PIXELS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pixels = pixels
        self.set_icon(name, colour)
        theme.changed.connect(self._draw)

    def set_icon(self, name: str, colour: Callable[[Tokens], str] | None = None) -> None:
        self._name = name
        self._colour = colour
        self._draw()

    def _draw(self) -> None:
        if self._name:
            drawing = icon(self._name, self._colour)
            self.setPixmap(drawing.pixmap(QSize(self._pixels, self._pixels), self.devicePixelRatio()))


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """role: "title" (a page's name), "heading", "group" (below a heading), "muted", "small", or none."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


class Card(KeepsFocus, QFrame):
    """A rounded box with a vertical layout, `body`."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        self.body.setSpacing(SPACE + SPACE // 2)
        if heading:
            self.body.addWidget(label(heading, "heading"))


def page_layout(page: QWidget, title: str, hint: str = "") -> QVBoxLayout:
    """Create the layout of a page, with its title and an optional hint on top."""
    outer = QVBoxLayout(page)
    outer.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
    outer.setSpacing(2 * SPACE)
    head = QVBoxLayout()
    head.setSpacing(SPACE // 2)
    head.addWidget(label(title, "title"))
    if hint:
        head.addWidget(label(hint, "muted", wrap=True))
    outer.addLayout(head)
    return outer


def row(*parts: QWidget | None, spacing: int = SPACE) -> QHBoxLayout:
    """A horizontal layout; None adds a stretch."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    for part in parts:
        if part is None:
            made.addStretch(1)
        else:
            made.addWidget(part)
    return made


def question_box(parent: QWidget, icon_name: str) -> QMessageBox:
    """A message box with one of the window's icons in place of Qt's."""
    box = QMessageBox(parent.window())
    sign = icon(icon_name, lambda look: look.accent)
    box.setIconPixmap(sign.pixmap(QSize(_QUESTION_PIXELS, _QUESTION_PIXELS), box.devicePixelRatio()))
    return box


def restyled(widget: QWidget, **properties: str) -> None:
    """Set properties used by the style sheet and apply it again; also recolours the icon of a button whose
    kind changes."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    icon_name = widget.property("icon_name")
    if "kind" in properties and icon_name and isinstance(widget, QPushButton):
        widget.setIcon(icon(icon_name, _ICON_COLOURS.get(properties["kind"])))
    widget.style().unpolish(widget)
    widget.style().polish(widget)


# A line of text that is elided if it does not fit


class ElidedLabel(QLabel):
    """The whole text is its tooltip. elide: where to shorten; the middle suits paths."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(parent)
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        elided = self.fontMetrics().elidedText(self.text(), self._elide, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment(), elided)


# Shown in place of an empty list: why it is empty, and how to fill it

_ICON_PIXELS = 40
_TEXT_PIXELS = 380


def list_recordings(shown: QListWidget, recordings: Sequence[tuple[str, str]]) -> bool:
    """Show (path, text) of recordings, with the path as each item's data. Rebuilds the list only if it
    differs; returns whether it did."""
    items = [shown.item(place) for place in range(shown.count())]
    if list(recordings) == [(item.data(Qt.ItemDataRole.UserRole), item.text()) for item in items]:
        return False
    shown.clear()
    for path, words in recordings:
        item = QListWidgetItem(words)
        item.setToolTip(words)  # the line may be elided
        item.setData(Qt.ItemDataRole.UserRole, path)
        shown.addItem(item)
    return True


class EmptyNote(Card):
    """An icon, a heading, and a sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._sign = IconLabel(pixels=_ICON_PIXELS)
        self.heading = label("", "heading")
        self.sentence = label("", "muted", wrap=True)
        self.sentence.setFixedWidth(_TEXT_PIXELS)
        for part in (self._sign, self.heading, self.sentence):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout()
        column.setSpacing(SPACE + SPACE // 2)
        column.addStretch(1)
        for part in (self._sign, self.heading, self.sentence):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.body.addLayout(column)

    def say(self, icon_name: str, heading: str, sentence: str) -> None:
        self._sign.set_icon(icon_name, lambda look: look.muted)
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Set the labels' heights here, because the layout may have measured them before the style's font."""
        self.sentence.ensurePolished()
        self.sentence.setMinimumHeight(self.sentence.heightForWidth(_TEXT_PIXELS))


# The question asked before closing interrupts something


def closing_question(
    parent: QWidget, *, title: str, question: str, consequence: str, close: str, stay: str
) -> QMessageBox:
    """A question whose first button, `close`, is the default; Esc means `stay`."""
    box = question_box(parent, "help")
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText(consequence)
    agree = box.addButton(close, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(stay, QMessageBox.ButtonRole.RejectRole)
    agree.setProperty("kind", "primary")
    box.setDefaultButton(agree)
    box.setEscapeButton(refuse)
    return box


def is_agreed(box: QMessageBox) -> bool:
    """Show the question and wait; whether the user agreed."""
    box.exec()
    return box.buttonRole(box.clickedButton()) is QMessageBox.ButtonRole.AcceptRole
