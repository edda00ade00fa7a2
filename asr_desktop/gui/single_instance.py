"""One window for each data folder: a second start brings the first one forward, and ends."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from asr_desktop.paths import data_folder

ANSWERS_WITHIN_MS = 1500


class SingleInstance(QObject):
    """`asked` comes when the program was started again."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Take the place, or ask whoever has it to come forward."""
        socket = QLocalSocket()
        socket.connectToServer(_name())
        if socket.waitForConnected(ANSWERS_WITHIN_MS):
            socket.write(b"show\n")
            socket.waitForBytesWritten(ANSWERS_WITHIN_MS)
            socket.disconnectFromServer()
            return False
        server = QLocalServer(self)
        # Nobody else's business on a machine with several users.
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(_name()):
            QLocalServer.removeServer(_name())  # left there by a program that was killed
            server.listen(_name())
        server.newConnection.connect(self._take)
        self._server = server
        return True

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    def _take(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.asked.emit()


def _name() -> str:
    folder = hashlib.sha256(str(data_folder()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"asr-desktop-{folder}"
