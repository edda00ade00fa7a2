"""Limits on what one client, and all clients together, may use of a server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a server.

    body_bytes, sound_seconds: of one request.
    bodies: requests that are received at the same time. waiting: requests in the recogniser's queue, not
    counting the one that is recognised; wait_seconds: maximum time in the queue. live: simultaneous
    WebSockets.
    connections: open connections; beyond that, idle ones are closed, the oldest first.
    header_seconds: time for a request's headers. body_seconds: time for its body, plus one second for every
    slowest_bytes of it.
    drain_seconds, drain_bytes: how much of a refused body is still read, so that the client sees the error.
    answer_seconds: time for a client to receive a piece of its answer. retry_seconds: value of Retry-After.
    """

    body_bytes: int = 512 * 1024 * 1024
    sound_seconds: float = 4 * 3600.0
    bodies: int = 32
    waiting: int = 32
    wait_seconds: float = 600.0
    live: int = 1
    connections: int = 400
    header_seconds: float = 10.0
    body_seconds: float = 20.0
    slowest_bytes: int = 16 * 1024
    drain_seconds: float = 1.0
    drain_bytes: int = 4 * 1024 * 1024
    answer_seconds: float = 30.0
    retry_seconds: int = 10
