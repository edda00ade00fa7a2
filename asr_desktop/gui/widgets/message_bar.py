"""Calm lines over the foot of the page: what has happened, and a way out.

They lie over the page, so nothing moves under the mouse when one comes or goes. A message belongs to a page
and is not shown on others (what only informs is over when the page is left), or to every page; and it ends
with its cause.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from asr_desktop.gui.notices import EVERY_PAGE, Notice
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.kept_focus import KeepsFocus, discard
from asr_desktop.gui.widgets.parts import IconLabel, button, icon_button, label

INFO_SHOWN_MS = 8000
MOST_MESSAGES = 3
"""On one page."""
WIDEST_PIXELS = 760


class Message(KeepsFocus, QFrame):
    """One message; it goes when it is closed or its button is pressed, and mere information by itself."""

    dismissed = Signal()

    def __init__(self, notice: Notice, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.page = page
        self.sentence = notice.sentence
        self.details = notice.details
        self.kind = notice.kind if notice.kind in ("info", "warning", "error") else "info"
        self.setProperty("role", "message")
        self.setProperty("kind", self.kind)
        self.setAccessibleName(self.sentence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(IconLabel(self.kind, pixels=18))
        text = label(self.sentence, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(text, 1)
        if self.details:
            self.copy_button = button(
                self.tr("Copy details"), "copy", kind="quiet", on_click=self._copy_details
            )
            layout.addWidget(self.copy_button)
        if notice.action is not None:
            self.action_button = button(notice.button, kind="quiet", on_click=self._act)
            layout.addWidget(self.action_button)
        layout.addWidget(icon_button("close", self.tr("Close this message"), on_click=self.dismiss))
        if self.only_informs and not notice.stays:
            QTimer.singleShot(INFO_SHOWN_MS, self, self.dismiss)

    @property
    def only_informs(self) -> bool:
        """Nothing is lost with it."""
        return self.kind == "info" and self.notice.action is None

    def dismiss(self) -> None:
        self.dismissed.emit()
        discard(self)

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence}\n\n{self.details}")
        self.copy_button.setText(self.tr("Copied"))

    def _act(self) -> None:
        action = self.notice.action
        self.dismiss()
        if action is not None:
            action()


class MessageBar(QWidget):
    """The messages that are there, the newest on top; the same sentence is shown once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE // 2)
        self._messages: list[Message] = []
        self._page_key = EVERY_PAGE
        self._page: QWidget | None = None
        self._placing = QTimer(self, interval=0)
        self._placing.setSingleShot(True)
        self._placing.timeout.connect(self._place)
        self.hide()

    # Where it is

    def lay_over(self, host: QWidget) -> None:
        """Its place is over the foot of this widget, whose pages are other ones than before."""
        self._page = None
        former = self.parentWidget()
        if former is not None:
            former.removeEventFilter(self)
        self.setParent(host)
        host.installEventFilter(self)
        self._arrange()

    def show_page(self, key: str, page: QWidget) -> None:
        """Another page is shown: what belongs to the former one is not. A page may say by `message_inset` how
        much of its foot is to stay free."""
        if self._page is not None and shiboken6.isValid(self._page):
            self._page.removeEventFilter(self)
        self._page_key, self._page = key, page
        page.installEventFilter(self)
        for message in self.messages():
            if message.only_informs and message.page not in (EVERY_PAGE, key):
                message.dismiss()
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._placing.start()
        return False

    # What it shows

    def show_notice(self, notice: Notice) -> None:
        """In place of the same sentence, if that is shown."""
        self.withdraw(notice.sentence)
        message = Message(notice, self._page_key if notice.page is None else notice.page)
        self._messages.insert(0, message)
        self._layout.insertWidget(0, message)
        message.dismissed.connect(lambda: self._forget(message))
        beside = [other for other in self._messages if other.page == message.page]
        for former in beside[MOST_MESSAGES:]:
            former.dismiss()
        self._arrange()
        if message.isVisible():
            QAccessible.updateAccessibility(QAccessibleEvent(message, QAccessible.Event.Alert))

    def say(self, sentence: str, kind: str = "info", details: str = "") -> None:
        self.show_notice(Notice(sentence, kind, details))

    def offer(self, sentence: str, button_text: str, action: object) -> None:
        self.show_notice(Notice(sentence, button=button_text, action=action))  # type: ignore[arg-type]

    def withdraw(self, sentence: str) -> None:
        """It holds no more; one that was closed already is no matter."""
        for message in self.messages():
            if message.sentence == sentence:
                message.dismiss()

    def end(self, cause: str) -> None:
        """What was told about this holds no more."""
        for message in self.messages():
            if message.notice.is_about(cause):
                message.dismiss()

    def messages(self) -> list[Message]:
        """All that hold, of every page."""
        return list(self._messages)

    def shown(self) -> list[Message]:
        """Those of the page that is shown."""
        return [message for message in self._messages if message.page in (EVERY_PAGE, self._page_key)]

    def _forget(self, message: Message) -> None:
        if message in self._messages:
            self._messages.remove(message)
        self._arrange()

    def _arrange(self) -> None:
        shown = self.shown()
        for message in self._messages:
            message.setVisible(message in shown)
        self.setVisible(bool(shown))
        self._place()
        self.raise_()

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        if self.isHidden():
            self._tell_covered(0)
            return
        width = min(host.width() - 8 * SPACE, WIDEST_PIXELS)
        self._layout.activate()
        height = self._layout.heightForWidth(width) if self._layout.hasHeightForWidth() else -1
        height = max(height, self._layout.minimumSize().height())
        inset = getattr(self._page, "message_inset", None)
        foot = 2 * SPACE if inset is None else inset()
        self.setGeometry((host.width() - width) // 2, host.height() - height - foot, width, height)
        self._tell_covered(host.height() - self.y())

    def _tell_covered(self, pixels: int) -> None:
        """A page whose newest line stands at its foot has to know how much of that is covered."""
        tell = getattr(self._page, "cover_foot", None)
        if tell is not None:
            tell(pixels)
