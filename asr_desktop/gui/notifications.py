"""Desktop notifications of finished tasks, and progress in the window's title."""

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
    """Shown only while the window is not active.

    tray: shows the message; on desktops without a tray, the taskbar entry asks for attention.
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
        """Show a message. page: opened when the user clicks it."""
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


# The window's title: what is running, then the program's name, so that the taskbar shows the progress.

NAME = "ASR Desktop"
ORDER = ("recording", "files", "voice", "texts")
"""Which task comes first when several are running."""


class WindowTitle(QObject):
    """Follows `AppContext.progressed`; other parts of the window may call `tell`."""

    def __init__(self, context: AppContext, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._parts: dict[str, str] = {}
        context.progressed.connect(self._progressed)
        self._show()

    def tell(self, what: str, text: str) -> None:
        """what: one of ORDER. text: shown in the title; "" when the task has ended."""
        if self._parts.get(what, "") != text:
            self._parts[what] = text
            self._show()

    def _progressed(self, what: str, fraction: float) -> None:
        self.tell(what, self.tr("{percent}%").format(percent=int(100 * fraction)) if fraction >= 0 else "")

    def _show(self) -> None:
        told = [self._parts[what] for what in ORDER if self._parts.get(what)]
        self._window.setWindowTitle(" – ".join([*told, NAME]))
