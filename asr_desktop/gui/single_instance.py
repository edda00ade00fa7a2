"""One window for each data folder: a second start passes its files to the first, shows its window, and exits.

A lock in the data folder decides which one is first. The system releases it however its owner ends, so a
crash cannot block the next start. The first one listens on a socket in a folder that only the user can
access; the socket's address is in the data folder. The second start writes one line, a JSON list of absolute
paths (may be empty), and reads one line. `tell` writes an object {"do": ...} instead, with one of DICTATION.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import stat
import struct
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.paths import data_folder
from asr_desktop.base.private_files import FOLDER_MODE, make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_text

ANSWERS_WITHIN_MS = 8000
LOOKS_EVERY_MS = 50
LONGEST_LINE = 1_000_000
LOCK_FILE = "window.lock"
ADDRESS_FILE = "window.address"

_LONGEST_PATH = 100  # of a socket, in bytes; some systems allow less than 104
DICTATION = ("toggle", "start", "stop", "cancel", "correct")
"""Dictation commands that can be sent to the first instance."""

_ANSWER = b"shown\n"


class InstanceError(AsrDesktopError):
    """The window of this data folder is already open but does not respond."""


class SingleInstance(QObject):
    """`asked` is emitted when the program was started again, `opened` if that was with files."""

    asked = Signal()
    opened = Signal(list)
    """Paths."""
    told = Signal(str)
    """One of DICTATION."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = FileLock(data_folder() / LOCK_FILE)
        self._server: QLocalServer | None = None
        self._connections: list[QLocalSocket] = []

    def is_first(self, files: Sequence[Path] = ()) -> bool:
        """Become the first instance, or make the existing one show its window and open these files.

        Raises InstanceError if the existing one does not answer.
        """
        deadline = QDeadlineTimer(ANSWERS_WITHIN_MS)
        while not self._take_place():
            if self._has_come_forward(files, deadline):
                return False
            if deadline.hasExpired():
                raise InstanceError(self._why_not())
            QThread.msleep(LOOKS_EVERY_MS)  # the other one may be starting or ending
        return True

    def tell(self, what: str) -> bool:
        """Send a command of DICTATION to the first instance; False if there is none.

        Raises InstanceError if it does not answer.
        """
        deadline = QDeadlineTimer(ANSWERS_WITHIN_MS)
        with suppress(OSError):
            make_folder(data_folder())
        while not self._is_free():
            if self._is_answered(json.dumps({"do": what}), deadline):
                return True
            if deadline.hasExpired():
                raise InstanceError(self._why_not())
            QThread.msleep(LOOKS_EVERY_MS)
        return False

    def _is_free(self) -> bool:
        try:
            is_free = self._lock.acquire()
        except OSError:
            return True
        if is_free:
            self._lock.release()
        return is_free

    def close(self) -> None:
        self._connections.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.release()

    def _take_place(self) -> bool:
        try:
            make_folder(data_folder())
            if not self._lock.acquire():
                return False
        except OSError:
            return True  # the folder is not writable; the window reports that where it matters
        self._listen()
        return True

    def _listen(self) -> None:
        address = _new_address()
        if address is None:
            return
        server = QLocalServer(self)
        if sys.platform == "win32":  # elsewhere the folder's permissions exclude others
            server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        else:
            QLocalServer.removeServer(address)  # left by a killed program
        server.newConnection.connect(self._take_connections)
        if server.listen(address):
            with suppress(OSError):
                write_text(data_folder() / ADDRESS_FILE, address)
            self._server = server

    def _take_connections(self) -> None:
        assert self._server is not None
        while self._server.hasPendingConnections():
            connection = self._server.nextPendingConnection()
            if _is_of_another_user(connection):
                connection.abort()
                connection.deleteLater()
                continue
            self._connections.append(connection)
            connection.readyRead.connect(self._read)
            connection.disconnected.connect(self._read)
        self._read()

    def _read(self) -> None:
        """Read a request; anything but a valid line is ignored."""
        for connection in list(self._connections):
            if connection.canReadLine():
                line = bytes(connection.readLine(LONGEST_LINE).data())
                connection.write(_ANSWER)
                connection.flush()
                self._tell(line)
            is_gone = connection.state() is QLocalSocket.LocalSocketState.UnconnectedState
            if is_gone or connection.bytesAvailable() > LONGEST_LINE:
                self._connections.remove(connection)
                connection.deleteLater()

    def _tell(self, line: bytes) -> None:
        try:
            paths = json.loads(line)
        except ValueError:
            paths = None
        if isinstance(paths, dict):
            if paths.get("do") in DICTATION:
                self.told.emit(paths["do"])
            return
        self.asked.emit()
        if isinstance(paths, list) and paths and all(isinstance(path, str) for path in paths):
            self.opened.emit([Path(path) for path in paths])

    def _has_come_forward(self, files: Sequence[Path], deadline: QDeadlineTimer) -> bool:
        return self._is_answered(json.dumps([str(path.absolute()) for path in files]), deadline)

    def _is_answered(self, line: str, deadline: QDeadlineTimer) -> bool:
        address = _address_of_first()
        if address is None:
            return False
        connection = QLocalSocket()
        connection.connectToServer(address)
        if not connection.waitForConnected(max(1, deadline.remainingTime())):
            return False
        if _is_of_another_user(connection):
            raise InstanceError(
                Sentence(
                    "Another user's program is using {address} instead of this window; quit it, or "
                    "delete that file, and start again.",
                    address=address,
                )
            )
        connection.write(f"{line}\n".encode("ascii"))
        while not connection.canReadLine():
            if not connection.waitForReadyRead(max(1, deadline.remainingTime())):
                return False
        return bool(connection.readLine().data() == _ANSWER)

    def _why_not(self) -> Sentence:
        folder = data_folder()
        if _is_somebody_elses(folder / ADDRESS_FILE):
            return Sentence(
                "Another user has {folder} open; use another data folder (ASR_DESKTOP_HOME), or wait.",
                folder=folder,
            )
        return Sentence(
            "The window for {folder} is already open but not responding; wait a moment and try again, "
            "or quit the other asr-desktop.",
            folder=folder,
        )


def _new_address() -> str | None:
    """An address to listen on; None if there is no folder that only the user can access."""
    if sys.platform == "win32":
        return f"asr-desktop-{secrets.token_hex(16)}"
    mark = hashlib.sha256(os.fsencode(data_folder())).hexdigest()[:16]
    own = data_folder() / "run"
    shared = Path(tempfile.gettempdir()) / f"asr-desktop-{os.getuid()}"  # if the other paths are too long
    for folder in (os.environ.get("XDG_RUNTIME_DIR"), own, shared):
        if not folder:
            continue
        path = Path(folder) / f"asr-desktop-{mark}.sock"
        if len(os.fsencode(path)) > _LONGEST_PATH:
            continue
        if folder in (own, shared):
            with suppress(OSError):
                os.mkdir(folder, FOLDER_MODE)
        if _is_only_ours(Path(folder)):
            return str(path)
    return None


def _address_of_first() -> str | None:
    try:
        return read_text(data_folder() / ADDRESS_FILE).strip() or None
    except READ_ERRORS:
        return None


def _is_only_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    is_closed = status.st_uid == os.getuid() and not status.st_mode & 0o077
    return stat.S_ISDIR(status.st_mode) and is_closed


def _is_somebody_elses(path: Path) -> bool:
    try:
        return sys.platform != "win32" and path.stat().st_uid != os.getuid()
    except OSError:
        return False


def _is_of_another_user(connection: QLocalSocket) -> bool:
    """Whether the peer is known to belong to another user."""
    if sys.platform == "win32":
        return False
    user = os.getuid()
    with suppress(OSError), socket.socket(fileno=os.dup(int(connection.socketDescriptor()))) as end:
        if sys.platform == "linux":  # struct ucred: process, user, group
            _, user, _ = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        elif sys.platform == "darwin":  # struct xucred of LOCAL_PEERCRED: version, user …
            _, user = struct.unpack("2I", end.getsockopt(0, 1, 76)[:8])
    return user != os.getuid()
