"""What one client, and all together, may take of a server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """body_bytes: of one request. sound_seconds: of sound in it.

    bodies: requests that are received at the same time. waiting: requests that stand in line for the
    recogniser behind the one that it is at; wait_seconds: for how long. live: WebSockets at the same time.
    connections: open ones; above that, those that say nothing are closed, the oldest first.
    header_seconds: until a request's headers have to be there. body_seconds: until its body has to be there,
    and one second more for every slowest_bytes of it.
    drain_seconds, drain_bytes: how much of a body that is refused is still read, so that the client sees why.
    answer_seconds: for a client to take a piece of its answer. retry_seconds: what Retry-After says.
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
