"""The window's title: what is under way, then the program's name, so that the taskbar shows how far it is."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from asr_desktop.gui.app_context import AppContext

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
