"""A server's socket, loop and connections."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import uvicorn
from uvicorn.config import LOGGING_CONFIG
from uvicorn.protocols.http.h11_impl import H11Protocol

from asr_desktop.base import messages
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.server.application import Application
from asr_desktop.server.limits import Limits
from asr_desktop.server.refusal import ServerError

MOST_MESSAGE_BYTES = 1 << 20
_MOST_HEADER_BYTES = 32 * 1024
_BACKLOG = 512


def is_loopback(host: str) -> bool:
    """Whether a server at this address can be reached only from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listening_socket(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 means any free port. Raises ServerError if the address cannot be used."""
    try:
        # A single socket, so that port 0 gives a single port.
        address = "127.0.0.1" if host == "localhost" else host
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            if os.name != "nt":  # on Windows it would share the port with other programs
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if address == "::":  # all addresses, including IPv4
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            made.bind((address, port))
            made.listen(_BACKLOG)
        except BaseException:
            made.close()
            raise
        return made
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ServerError(
            Sentence(
                "The server cannot listen on {host}, port {port} ({reason}); choose another port or address.",
                host=host,
                port=port,
                reason=reason,
            )
        ) from None


class RunningServer(uvicorn.Server):
    """Serves until it is stopped or loading the model fails (`failure`).

    on_ready: called with warnings for the user when the model is loaded. is_in_terminal: whether defects are
    printed to the terminal; otherwise they go to the program's log.
    """

    def __init__(
        self,
        application: Application,
        limits: Limits,
        on_ready: Callable[[list[str]], None],
        *,
        is_in_terminal: bool = True,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                application.app,
                http=timed_connection(limits),
                ws="websockets-sansio",
                ws_max_size=MOST_MESSAGE_BYTES,
                ws_ping_interval=limits.answer_seconds,
                ws_ping_timeout=limits.answer_seconds,
                h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
                timeout_keep_alive=max(1, round(limits.header_seconds)),
                timeout_graceful_shutdown=2,
                lifespan="on",
                # Only the server's own defects are logged, not invalid requests.
                log_level="error",
                log_config=LOGGING_CONFIG if is_in_terminal else None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
            )
        )
        self._application = application
        self._on_ready = on_ready
        self._loading: asyncio.Task[None] | None = None
        self.failure: AsrDesktopError | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._loading = asyncio.create_task(self._load())

    async def _load(self) -> None:
        try:
            warnings = await self._application.loaded()
        except AsrDesktopError as error:
            if not self.should_exit:
                self.failure = error
            self.should_exit = True
        else:
            self._on_ready(warnings)


class BackgroundServer:
    """A server in a thread of its own, for use inside another program; the recognisers are separate processes
    anyway.

    on_end: called once from that thread when the server has ended, with the error, or None if it was stopped.
    """

    def __init__(
        self,
        application: Application,
        listening: socket.socket,
        limits: Limits,
        on_ready: Callable[[list[str]], None],
        on_end: Callable[[AsrDesktopError | None], None],
    ) -> None:
        _raise_file_limit(limits)
        logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
        self._server = RunningServer(application, limits, on_ready, is_in_terminal=False)
        self._listening = listening
        self._on_end = on_end
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._thread.start()

    def stop(self, timeout_seconds: float | None = None) -> None:
        """Stop and wait until the address is free again, or for this time."""
        self._server.should_exit = True
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        failure: AsrDesktopError | None = None
        try:
            self._server.run(sockets=[self._listening])
            failure = self._server.failure
        except BaseException as error:
            failure = ServerError(Sentence("The server has stopped: {reason}", reason=messages.logged(error)))
        finally:
            self._listening.close()
            self._on_end(failure)


def run(
    application: Application,
    listening: socket.socket,
    limits: Limits,
    on_ready: Callable[[list[str]], None],
) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises AsrDesktopError if the start fails."""
    _raise_file_limit(limits)
    # It prints every malformed form to the terminal, besides raising an error.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    server = RunningServer(application, limits, on_ready)
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
    if server.failure is not None:
        raise server.failure
    if not server.started:
        raise ServerError("The server could not start; what is wrong is said above.")


def _raise_file_limit(limits: Limits) -> None:
    """Raise the limit of open files: every connection is one, and every recording another."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * limits.connections + 256
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


# Connections with a limit on how long their headers take
#
# uvicorn's own limits apply only to complete requests; a client that sends one byte a minute, or nothing,
# would keep its connection open forever.


def timed_connection(limits: Limits) -> type[asyncio.Protocol]:
    """The protocol class of a server with these limits."""

    class TimedConnection(H11Protocol):
        _timer: asyncio.TimerHandle | None = None
        _served: object = None
        _is_websocket = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._wait_for_headers()
            if len(self.connections) > limits.connections:
                _make_room(self.connections, self)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._is_websocket:
                return
            if self.cycle is not self._served:  # the headers of a request are complete
                self._served = self.cycle
                self._stop_waiting()
            elif self.is_quiet:
                self._wait_for_headers()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.is_quiet:
                self._wait_for_headers()

        def handle_websocket_upgrade(self, event: Any) -> None:
            self._is_websocket = True
            self._stop_waiting()
            super().handle_websocket_upgrade(event)

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        @property
        def is_quiet(self) -> bool:
            """Whether no request is being answered."""
            return self.cycle is None or self.cycle.response_complete or self.transport.is_closing()

        def _wait_for_headers(self) -> None:
            """Start the timer, unless it runs: more bytes of the same headers do not restart it."""
            if self._timer is None:
                self._timer = self.loop.call_later(limits.header_seconds, self._give_up)

        def _stop_waiting(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _give_up(self) -> None:
            self._timer = None
            self.transport.abort()

    return cast(type[asyncio.Protocol], TimedConnection)


def _make_room(connections: set[Any], newest: object) -> None:
    """Close the connection that has been idle for the longest time, to make room for others."""
    quiet = [other for other in connections if other is not newest and getattr(other, "is_quiet", False)]
    waiting = [other for other in quiet if other._timer is not None]
    if waiting:
        min(waiting, key=lambda other: other._timer.when()).transport.abort()
    elif quiet:
        quiet[0].transport.abort()
