"""What the desktop is told: how far things are, in the window's title, and that something has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from asr_desktop.base.clock import clock
from asr_desktop.gui.app_context import AppContext

if TYPE_CHECKING:
    from asr_desktop.gui.main_window import MainWindow

SHOWN_MS = 10_000


class Notifications(QObject):
    """Only while the user is elsewhere: whoever looks at the window sees it there.

    tray: what shows the message; where the desktop has none, the window's entry in the taskbar asks for
    attention.
    """

    def __init__(self, context: AppContext, window: MainWindow, tray: QSystemTrayIcon | None) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._tray = tray
        self._page = ""
        context.job_ended.connect(self.tell)
        context.live.ended.connect(self._recorded)
        if tray is not None:
            tray.messageClicked.connect(self._clicked)

    def tell(self, sentence: str, page: str) -> None:
        """page: where the user goes who clicks the message."""
        if QApplication.activeWindow() is not None:
            return
        self._page = page
        QApplication.alert(self._window)
        if self._tray is not None and self._tray.isVisible():
            self._tray.showMessage("ASR Desktop", sentence, self._tray.icon(), SHOWN_MS)

    def _recorded(self, entry_id: int, seconds: float) -> None:
        if entry_id:
            sentence = self.tr("The recording ({time}) is in the Library.").format(time=clock(seconds))
        else:
            sentence = self.tr("The recording has ended; the Live page says what went wrong.")
        self.tell(sentence, "live")

    def _clicked(self) -> None:
        self._window.come_forward()
        if self._page:
            self._context.show_page.emit(self._page)


# The window's title: what is under way, then the program's name, so that the taskbar shows how far it is

NAME = "ASR Desktop"
ORDER = ("recording", "files", "voice", "texts")
"""What comes first where several things are under way."""


class WindowTitle(QObject):
    """Follows `AppContext.progressed`; other parts of the window may `tell` what they do."""

    def __init__(self, context: AppContext, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._parts: dict[str, str] = {}
        context.progressed.connect(self._progressed)
        self._show()

    def tell(self, what: str, text: str) -> None:
        """what: of ORDER. text: for the title, "" where nothing goes on any more."""
        if self._parts.get(what, "") != text:
            self._parts[what] = text
            self._show()

    def _progressed(self, what: str, fraction: float) -> None:
        self.tell(what, self.tr("{percent}%").format(percent=int(100 * fraction)) if fraction >= 0 else "")

    def _show(self) -> None:
        told = [self._parts[what] for what in ORDER if self._parts.get(what)]
        self._window.setWindowTitle(" – ".join([*told, NAME]))
