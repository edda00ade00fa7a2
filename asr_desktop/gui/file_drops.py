"""Files dropped on the window, or passed to the program by macOS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QFileOpenEvent
from PySide6.QtWidgets import QLabel, QWidget

from asr_desktop.gui.theme import SPACE

_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


class FilesFromFinder(QObject):
    """Handles "Open with" on macOS and files dropped on the Dock icon, which arrive as events, not as
    arguments, also while the program runs. opened: called with each path."""

    def __init__(self, application: QObject, opened: Callable[[list[Path]], object]) -> None:
        super().__init__(application)
        self._opened = opened
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return False
        self._opened([Path(event.file())])
        return True


class FileDrops(QObject):
    """opened: called with the dropped files. An overlay is shown while files are dragged over the window."""

    def __init__(self, window: QWidget, opened: Callable[[list[Path]], object]) -> None:
        super().__init__(window)
        self._window = window
        self._opened = opened
        self.sign = _Sign(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def leave_to_window(self, page: QWidget) -> None:
        """Let the window handle drops on a page's text fields, which would insert the file's address."""
        for part in page.findChildren(QWidget):
            if part.acceptDrops():
                part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() is QEvent.Type.DragLeave:
            self.sign.hide()
        if not isinstance(event, QDropEvent) or event.type() not in _DRAGS:
            return False
        files = dropped_files(event.mimeData())
        if not files:
            return False
        if watched is not self._window:
            event.ignore()
            return True
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if isinstance(event, QDragMoveEvent):
            self.sign.invite()
        else:
            self.sign.hide()
            self._opened(files)
        return True


def dropped_files(data: QMimeData) -> list[Path]:
    """The local files and folders being dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class _Sign(QLabel):
    """Overlay on the window that ignores the mouse."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "drop")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def invite(self) -> None:
        if self.isVisible():
            return
        self.setText(self.tr("Drop to transcribe"))
        self.setGeometry(self.window().rect().adjusted(SPACE, SPACE, -SPACE, -SPACE))
        self.raise_()
        self.show()
