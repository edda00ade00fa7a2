"""A calm line above the page: what has happened, and a way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE, icon
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.parts import button, icon_button, label

INFO_SHOWN_MS = 8000
MOST_MESSAGES = 3


class Message(QFrame):
    """One message; it goes when it is closed or its button is pressed, and mere information by itself."""

    dismissed = Signal()

    def __init__(
        self,
        sentence: str,
        kind: str,
        details: str = "",
        button_text: str = "",
        action: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.sentence = sentence
        self.details = details
        self.kind = kind if kind in ("info", "warning", "error") else "info"
        self.setProperty("role", "message")
        self.setProperty("kind", self.kind)
        self.setAccessibleName(sentence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE)
        sign = QLabel()
        sign.setPixmap(icon(self.kind).pixmap(18, 18))
        layout.addWidget(sign)
        text = label(sentence, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(text, 1)
        if details:
            self.copy_button = button(
                self.tr("Copy details"), "copy", kind="quiet", on_click=self._copy_details
            )
            layout.addWidget(self.copy_button)
        if action is not None:
            self.action_button = button(button_text, kind="quiet", on_click=lambda: self._act(action))
            layout.addWidget(self.action_button)
        layout.addWidget(icon_button("close", self.tr("Close this message"), on_click=self.dismiss))
        if self.kind == "info" and action is None:
            QTimer.singleShot(INFO_SHOWN_MS, self, self.dismiss)

    def dismiss(self) -> None:
        self.dismissed.emit()
        discard(self)

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence}\n\n{self.details}")
        self.copy_button.setText(self.tr("Copied"))

    def _act(self, action: Callable[[], object]) -> None:
        self.dismiss()
        action()


class MessageBar(QWidget):
    """The messages that are there, the newest on top; the same sentence is shown once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(4 * SPACE, SPACE, 4 * SPACE, 0)
        self._layout.setSpacing(SPACE // 2)
        self._messages: list[Message] = []
        self.hide()

    def say(self, sentence: str, kind: str = "info", details: str = "") -> None:
        self._show(Message(sentence, kind, details))

    def offer(self, sentence: str, button_text: str, action: Callable[[], object]) -> None:
        self._show(Message(sentence, "info", "", button_text, action))

    def withdraw(self, sentence: str) -> None:
        """It holds no more; one that was closed already is no matter."""
        for message in self.messages():
            if message.sentence == sentence:
                message.dismiss()

    def messages(self) -> list[Message]:
        return list(self._messages)

    def _show(self, message: Message) -> None:
        self.withdraw(message.sentence)
        self._messages.insert(0, message)
        self._layout.insertWidget(0, message)
        message.dismissed.connect(lambda: self._forget(message))
        for former in self._messages[MOST_MESSAGES:]:
            former.dismiss()
        self.show()

    def _forget(self, message: Message) -> None:
        if message in self._messages:
            self._messages.remove(message)
        if not self._messages:
            self.hide()
