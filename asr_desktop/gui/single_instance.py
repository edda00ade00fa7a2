"""One window for each data folder: a second start brings the first one forward, hands it its files, and ends.

The second start writes one line: a JSON list of absolute paths, perhaps an empty one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from asr_desktop.paths import data_folder

ANSWERS_WITHIN_MS = 1500
LONGEST_LINE = 1_000_000


class SingleInstance(QObject):
    """`asked` comes when the program was started again, `opened` when that was with files."""

    asked = Signal()
    opened = Signal(list)
    """Paths."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None
        self._sockets: list[QLocalSocket] = []

    def is_first(self, files: Sequence[Path] = ()) -> bool:
        """Take the place, or ask whoever has it to come forward and to open these files."""
        socket = QLocalSocket()
        socket.connectToServer(_name())
        if socket.waitForConnected(ANSWERS_WITHIN_MS):
            paths = json.dumps([str(path.absolute()) for path in files])
            socket.write(f"{paths}\n".encode("ascii"))
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
        self._sockets.clear()
        if self._server is not None:
            self._server.close()

    def _take(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            self._sockets.append(socket)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._read)
            self.asked.emit()
        self._read()

    def _read(self) -> None:
        """What does not become a line of paths is not for us."""
        for socket in list(self._sockets):
            if socket.canReadLine():
                self._tell(bytes(socket.readLine(LONGEST_LINE).data()))
            is_gone = socket.state() is QLocalSocket.LocalSocketState.UnconnectedState
            if is_gone or socket.bytesAvailable() > LONGEST_LINE:
                self._sockets.remove(socket)
                socket.deleteLater()

    def _tell(self, line: bytes) -> None:
        try:
            paths = json.loads(line)
        except ValueError:
            return
        if isinstance(paths, list) and paths and all(isinstance(path, str) for path in paths):
            self.opened.emit([Path(path) for path in paths])


def _name() -> str:
    folder = hashlib.sha256(str(data_folder()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"asr-desktop-{folder}"
