"""Changes the language while the window is open: pages are created again and take over the former state.

The change waits while something is running that would end with its page, such as a recording, a download or
an open question.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from asr_desktop.gui import operations, translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow

LOOKS_EVERY_MS = 100
TELLS_AFTER_MS = 2000
"""Delay before the wait is explained; shorter waits need no message."""


class LanguageChange(QObject):
    """Follows the settings for one window, which must be in their language when this is created."""

    def __init__(self, context: AppContext, window: MainWindow) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._spoken = context.settings.language
        self._waited_ms = 0
        self._told = ""
        self._timer = QTimer(self, interval=LOOKS_EVERY_MS)
        self._timer.timeout.connect(self._look)
        context.settings_changed.connect(self._follow)

    def _follow(self) -> None:
        # Deferred, because the widget that changed the settings may be part of the page to be replaced.
        if self._context.settings.language != self._spoken and not self._timer.isActive():
            self._waited_ms = 0
            self._timer.start()

    def _look(self) -> None:
        wanted = self._context.settings.language
        if wanted == self._spoken:  # the user has changed back
            self._end()
        elif not self._is_busy():
            self._end()
            self._spoken = wanted
            translations.install(wanted)
            self._window.make_anew()
            self._context.language_changed.emit()
        else:
            self._waited_ms += LOOKS_EVERY_MS
            if self._waited_ms == TELLS_AFTER_MS:
                self._told = self.tr("The interface language will change when the current task has finished.")
                self._context.show_message.emit(self._told, "warning", "")

    def _end(self) -> None:
        self._timer.stop()
        if self._told:
            self._context.withdraw.emit(self._told)
            self._told = ""

    def _is_busy(self) -> bool:
        """Whether to wait; running operations count, because their results go to the current pages."""
        return (
            self._window.is_busy()
            or operations.are_under_way()
            or QApplication.activeModalWidget() is not None
            or QApplication.activePopupWidget() is not None
        )
