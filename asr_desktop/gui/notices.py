"""Messages of the window to the user, each with its cause and its page, and the bars that show them.

The bars overlay the foot of the page, so the layout does not move when one appears or closes. A message
belongs to one page and is hidden on others (an "info" is dropped when its page is left), or is shown on every
page. It is withdrawn when its cause ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.kept_focus import KeepsFocus, discard
from asr_desktop.gui.widgets.parts import IconLabel, button, icon_button, label

EVERY_PAGE = ""
"""For notices that are shown on every page, such as those about a recording."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user; withdrawn when its cause ends."""

    sentence: str
    kind: str = "info"
    """"info", which disappears after a while, "warning" or "error"."""
    details: str = ""
    """Technical details, to be copied into a report."""
    about: str = ""
    """Its cause, such as "recording.input"; the notice ends when that or its parent "recording" ends."""
    page: str | None = None
    """The page it belongs to, EVERY_PAGE, or None for the page that is current when it is shown."""
    stays: bool = False
    """Stays until its cause ends or the user closes it, even if it is an "info"."""
    button: str = ""
    action: Callable[[], object] | None = None
    """The label of the button, and the callable that it runs."""

    def is_about(self, cause: str) -> bool:
        """Whether it is withdrawn when this cause ends."""
        return bool(cause) and (self.about == cause or self.about.startswith(f"{cause}."))


# The bars

INFO_SHOWN_MS = 8000
MOST_MESSAGES = 3
"""Most messages shown on one page."""
WIDEST_PIXELS = 760


class Message(KeepsFocus, QFrame):
    """One message; removed when it is closed or its button is pressed, an "info" also after a while."""

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
        """Whether it may disappear unread."""
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
    """The current messages, newest on top; the same sentence is shown only once."""

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
        """Place the bar over the foot of this widget; called again when the pages are created anew."""
        self._page = None
        former = self.parentWidget()
        if former is not None:
            former.removeEventFilter(self)
        self.setParent(host)
        host.installEventFilter(self)
        self._arrange()

    def show_page(self, key: str, page: QWidget) -> None:
        """Show the messages of this page and hide others. A page may reserve space at its foot with
        `message_inset`."""
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
        """Show a notice; replaces a message with the same sentence."""
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
        """Remove the message with this sentence, if it is still shown."""
        for message in self.messages():
            if message.sentence == sentence:
                message.dismiss()

    def end(self, cause: str) -> None:
        """Remove the messages with this cause."""
        for message in self.messages():
            if message.notice.is_about(cause):
                message.dismiss()

    def messages(self) -> list[Message]:
        """All current messages, of every page."""
        return list(self._messages)

    def shown(self) -> list[Message]:
        """The messages visible on the current page."""
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
        """Tell the page how many pixels of its foot are covered, so that its newest line stays visible."""
        tell = getattr(self._page, "cover_foot", None)
        if tell is not None:
            tell(pixels)
