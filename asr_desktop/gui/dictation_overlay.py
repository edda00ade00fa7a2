"""Overlay of a dictation: its state, the partial text, and texts that could not be inserted.

It is at the bottom of the screen above all windows and never takes the keyboard focus, which the target
program needs. The tray's menu has the same actions as its buttons, for use by keyboard.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationController, DictationState, KeptText
from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.widgets.parts import button, label

WIDTH_PIXELS = 560
DOT_PIXELS = 12
SHOWN_AFTER_END_MS = 900
LONGEST_CHARACTERS = 160
"""Maximum length of the shown partial text; only its end is shown, since the newest words matter."""
LONGEST_KEPT_CHARACTERS = 240
"""Of a kept text, so much is shown; what is copied and inserted is whole."""
MOST_KEPT_SHOWN = 4


class KeptTextView(QWidget):
    """A text that could not be inserted, with its buttons. They do not take the focus either."""

    def __init__(self, dictation: DictationController, kept: KeptText, reason: str) -> None:
        super().__init__()
        self._dictation = dictation
        self._kept = kept
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self.reason = label(reason, "muted", wrap=True)
        column.addWidget(self.reason)
        self.reason.setVisible(bool(reason))
        self.text = label(shortened(kept.text, LONGEST_KEPT_CHARACTERS), "", wrap=True)
        column.addWidget(self.text)
        self.insert_button = button(
            self.tr("Insert here"),
            kind="primary",
            tip=self.tr("Insert the text where the cursor is now"),
            on_click=lambda: dictation.retry(kept),
        )
        self.copy_button = button(
            self.tr("Copy"), "copy", tip=self.tr("Copy the text to the clipboard"), on_click=self._copy
        )
        self.discard_button = button(
            self.tr("Discard"),
            tip=self.tr("Do not insert the text"),
            on_click=lambda: dictation.take_kept(kept),
        )
        buttons = QHBoxLayout()
        for made in (self.insert_button, self.copy_button, self.discard_button):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            buttons.addWidget(made)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def _copy(self) -> None:
        text = self._dictation.take_kept(self._kept)
        if text:
            QGuiApplication.clipboard().setText(text.strip())


def shortened(text: str, most_characters: int) -> str:
    """The beginning of a text, for display."""
    text = text.strip()
    return text if len(text) <= most_characters else text[: most_characters - 1].rstrip() + "…"


class DictationOverlay(QWidget):
    """Visible during a dictation and while text is kept."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(None)
        self._context = context
        self._dictation = context.dictation
        self.setWindowFlags(
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFixedWidth(WIDTH_PIXELS)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE + SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        column.setSpacing(SPACE)
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        self._dot = QWidget()
        self._dot.setFixedSize(DOT_PIXELS, DOT_PIXELS)
        self.status = label("", "", wrap=True)
        line.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.status, 1)
        column.addLayout(line)
        self._waiting = QVBoxLayout()
        self._waiting.setSpacing(SPACE + SPACE // 2)
        column.addLayout(self._waiting)
        self.kept: list[KeptTextView] = []
        self.more = label("", "muted", wrap=True)
        self.more.hide()
        column.addWidget(self.more)
        self._partial = ""
        self._hide_timer = QTimer(self)
        self._hide_timer.setSingleShot(True)
        self._hide_timer.setInterval(SHOWN_AFTER_END_MS)
        self._hide_timer.timeout.connect(self._hide_if_idle)
        self._name()
        self._dictation.state_changed.connect(lambda _state: self._show_state())
        self._dictation.partial.connect(self._show_partial)
        self._dictation.inserted.connect(lambda _text: self._show_partial(""))
        self._dictation.kept.connect(self._show_kept)
        context.language_changed.connect(self._name)
        theme.changed.connect(self.update)

    def _name(self) -> None:
        self.setWindowTitle(self.tr("Dictation"))
        self.setAccessibleName(self.tr("Dictation"))
        self._show_kept()
        self._show_state()

    # What is shown

    def _show_partial(self, text: str) -> None:
        self._partial = text
        self._show_state()

    def _show_state(self) -> None:
        state = self._dictation.state
        texts = {
            DictationState.IDLE: "",
            DictationState.STARTING: self.tr("Wait…"),
            DictationState.LISTENING: self.tr("Speak now"),
            DictationState.PAUSED: self.tr("Paused"),
            DictationState.FINISHING: self.tr("Finishing…"),
        }
        said = self._partial
        if len(said) > LONGEST_CHARACTERS:
            said = "…" + said[-LONGEST_CHARACTERS:]
        self.status.setText(said or texts[state])
        for part in (self._dot, self.status):
            part.setVisible(bool(self.status.text()))
        self.setAccessibleDescription(self.status.text())
        self.update()
        if state is not DictationState.IDLE:
            self._hide_timer.stop()
            self._show()
        elif self.isVisible():
            self._hide_timer.start()

    def _show_kept(self) -> None:
        for view in self.kept:
            view.hide()
            self._waiting.removeWidget(view)
            view.deleteLater()
        self.kept = []
        texts = self._dictation.kept_texts
        former = ""
        for kept in texts[:MOST_KEPT_SHOWN]:
            reason = self.tr("{reason} Your text is kept here.").format(reason=kept.reason)
            self.kept.append(KeptTextView(self._dictation, kept, reason if reason != former else ""))
            self._waiting.addWidget(self.kept[-1])
            self.kept[-1].show()  # a part that is not shown has no height yet
            former = reason
        left_out = len(texts) - len(self.kept)
        self.more.setText(self.tr("Further texts that wait: {count}").format(count=left_out))
        self.more.setVisible(left_out > 0)
        if texts:
            self._hide_timer.stop()
            self._show()
        else:
            self._show_state()
            self._place()

    def _show(self) -> None:
        self._place()
        if not self.isVisible():
            self.show()

    def _place(self) -> None:
        self._column.activate()
        self.resize(WIDTH_PIXELS, self._column.totalHeightForWidth(WIDTH_PIXELS))
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.move(
            screen.x() + (screen.width() - self.width()) // 2,
            screen.y() + screen.height() - self.height() - 5 * SPACE,
        )

    def _hide_if_idle(self) -> None:
        if self._dictation.state is DictationState.IDLE and not self._dictation.kept_texts:
            self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.tokens.outline))
        painter.setBrush(QColor(theme.tokens.card))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 12, 12)
        state = self._dictation.state
        colour = theme.tokens.recording if state is DictationState.LISTENING else theme.tokens.outline
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        if state is not DictationState.IDLE:
            painter.drawEllipse(self._dot.geometry())
        painter.end()
