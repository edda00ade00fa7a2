"""Runs the server for other programs according to the settings: starts it, restarts it after changes, and
stops it with the window.

It runs in a thread of this program; recognition runs in separate processes. Other users of this computer can
also reach its address, so clients always need a token.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.base import paths
from asr_desktop.base.errors import AsrDesktopError

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext
    from asr_desktop.recognition.worker.client import RecogniserProcess
    from asr_desktop.recognition.worker.protocol import ModelChoice
    from asr_desktop.server.application import Application
    from asr_desktop.server.running import BackgroundServer

TOKEN_FILE = "server-token"
_HERE, _EVERYWHERE = "localhost", "0.0.0.0"
_WATCHERS = ("/health", "/ping", "/metrics")
_IDLE_SECONDS = 300.0
_END_SECONDS = 5.0
_LOOK_MS = 500


class ServerState(Enum):
    """State of the server for other programs; FAILED: it could not start, or has ended by itself."""

    OFF = auto()
    STARTING = auto()
    RUNNING = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """The last request: time, path, and status of the answer."""

    at: datetime
    path: str
    status: int


@dataclass(frozen=True)
class _Wish:
    """The server that the settings ask for."""

    choice: ModelChoice
    port: int
    host: str

    def wants_the_server_of(self, other: _Wish | None) -> bool:
        """Whether the other wish's server can be used without a restart: hotwords, voice detection and
        writing are set anew for every request."""
        if other is None:
            return False
        mine, its = self.choice, other.choice
        taken = replace(
            its,
            hotwords=mine.hotwords,
            segmenter_options=mine.segmenter_options,
            writing=mine.writing,
        )
        return self == replace(other, choice=taken)


class Serving(QObject):
    """Starts and stops the server. `changed` is emitted when `state`, `sentence` (the error) or `asked` (the
    last request) has changed."""

    changed = Signal()
    _ready = Signal(int)
    _ended = Signal(int, object)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self.state = ServerState.OFF
        self.sentence = ""
        self.asked: Asked | None = None
        self._wish: _Wish | None = None
        self._number = 0  # of the current wish: events of earlier servers are ignored
        self._server: BackgroundServer | None = None
        self._application: Application | None = None
        self._last: Asked | None = None  # set in the server's thread
        # Polled, because a signal for each of many quick requests would block the window.
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._changing = threading.Lock()
        self._is_closed = False
        self._ready.connect(self._is_ready)
        self._ended.connect(self._has_ended)
        context.settings_changed.connect(self.begin)

    @property
    def address(self) -> str:
        """The base URL for clients."""
        settings = self._context.settings
        name = socket.gethostname() if settings.serve_network else _HERE
        return f"http://{name}:{settings.serve_port}/v1"

    def token(self, *, new: bool = False) -> str:
        """The API key for clients; a new one is valid immediately. Raises ServerError."""
        from asr_desktop.server.token import kept_token

        token = kept_token(paths.data_folder() / TOKEN_FILE, new=new)
        if new and self._wish is not None:
            self._wish = None
            self.begin()
        return token

    def begin(self) -> None:
        """Start, restart or stop the server according to the settings; no effect without a change."""
        settings = self._context.settings
        wish = None
        if settings.serve and not self._is_closed:
            host = _EVERYWHERE if settings.serve_network else _HERE
            wish = _Wish(self._context.model_choice(), settings.serve_port, host)
        if wish == self._wish:
            return
        former, self._wish = self._wish, wish
        is_there = self.state in (ServerState.STARTING, ServerState.RUNNING)
        if wish is not None and is_there and wish.wants_the_server_of(former):
            self._choose(wish)
            return
        if wish is None:
            self._looking.stop()
        else:
            self._looking.start()
        self._number += 1
        self.sentence = ""
        self._become(ServerState.OFF if wish is None else ServerState.STARTING)
        number = self._number
        work = self._context.run(self._change, number, wish)
        work.on_failure(lambda failure: self._has_failed(number, failure.sentence))

    def close(self) -> None:
        """Stop the server at the end of the program."""
        self._is_closed = True
        self._looking.stop()
        self._number += 1
        with self._changing:
            if self._server is not None:
                self._server.stop(_END_SECONDS)
                self._server = None

    # In an operation's thread, because starting and stopping take time

    def _change(self, number: int, wish: _Wish | None) -> None:
        with self._changing:
            if self._server is not None:
                self._server.stop()
                self._server = None
            if wish is not None and number == self._number:
                self._server = self._start(number, wish)

    def _start(self, number: int, wish: _Wish) -> BackgroundServer:
        from asr_desktop.server.application import Served, openai_application
        from asr_desktop.server.limits import Limits
        from asr_desktop.server.running import BackgroundServer, listening_socket
        from asr_desktop.server.token import kept_token

        limits = Limits()
        served = Served.of(
            wish.choice,
            limits=limits,
            token=kept_token(paths.data_folder() / TOKEN_FILE),
            make_process=_make_process,
            on_answer=self._note,
        )
        application = self._application = openai_application(served)
        return BackgroundServer(
            application,
            listening_socket(wish.host, wish.port),
            limits,
            lambda warnings: self._ready.emit(number),
            lambda failure: self._ended.emit(number, failure),
        )

    # In the server's thread

    def _note(self, path: str, status: int) -> None:
        if path not in _WATCHERS:
            self._last = Asked(datetime.now(), path, status)

    # In the window's thread

    def _choose(self, wish: _Wish) -> None:
        if self._application is not None:
            self._application.choose(wish.choice)

    def _is_ready(self, number: int) -> None:
        if number == self._number:
            if self._wish is not None:
                self._choose(self._wish)  # the wish may have changed while the server started
            self._become(ServerState.RUNNING)

    def _has_ended(self, number: int, failure: AsrDesktopError | None) -> None:
        from asr_desktop.gui.translations import said

        if failure is not None:
            self._has_failed(number, said(str(failure)))

    def _has_failed(self, number: int, sentence: str) -> None:
        if number == self._number:
            self.sentence = sentence
            self._become(ServerState.FAILED)

    def _look(self) -> None:
        last = self._last
        if last is not self.asked:
            self.asked = last
            self.changed.emit()

    def _become(self, state: ServerState) -> None:
        self.state = state
        self.changed.emit()


def _make_process(**wishes: Any) -> RecogniserProcess:
    """A recogniser's process that frees its memory after some time without requests."""
    from asr_desktop.recognition.worker.client import RecogniserProcess

    return RecogniserProcess(**{**wishes, "idle_seconds": _IDLE_SECONDS})
