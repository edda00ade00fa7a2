"""A word from the desktop when something that was left alone has ended: files, a training, a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

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
