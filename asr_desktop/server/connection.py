"""One TCP connection of the HTTP server, with a limit on how long its headers take.

uvicorn's own limits apply only to complete requests; a client that sends one byte a minute, or nothing, would
keep its connection open forever.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from asr_desktop.server.limits import Limits


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
