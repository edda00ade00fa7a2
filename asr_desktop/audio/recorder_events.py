"""What happens to a recording: told to whoever listens, and kept in the session's events."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from asr_desktop.audio.session import Session

logger = logging.getLogger(__name__)


class RecorderState(Enum):
    """What a recorder is doing."""

    STARTING = "starting"
    """The device is warming up: what is said now may be lost."""
    LISTENING = "listening"
    PAUSED = "paused"
    NO_DEVICE = "no device"
    """The device vanished; everything so far is kept, and recording goes on when there is one."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RecorderEvent:
    """Something that happened; `message` is a sentence for the person, where there is something to tell.

    `kind` is one of started, listening, paused, resumed, part, gap, overflow, silent, device_lost,
    device_changed, disk_low, disk_full, disk_ok, stopped. `at_seconds` counts recorded sound.
    """

    kind: str
    at_seconds: float
    message: str | None
    details: dict[str, Any]


class EventLog:
    """Tells each event at once and stores it as soon as the disk takes it, in their order.

    All methods belong to the recorder's thread. A listener's defect never ends the recording.
    """

    def __init__(self, session: Session, listener: Callable[[RecorderEvent], None] | None) -> None:
        self._session = session
        self._listener = listener
        self._waiting: deque[tuple[str, float, dict[str, Any]]] = deque()

    def add(self, event: RecorderEvent) -> None:
        stored = event.details if event.message is None else {**event.details, "message": event.message}
        if self._waiting or not self._store(event.kind, event.at_seconds, stored):
            self._waiting.append((event.kind, event.at_seconds, stored))
        if self._listener is not None:
            try:
                self._listener(event)
            except Exception:
                logger.exception("a listener to the recorder's events failed")

    def write_waiting(self) -> None:
        """What found no room before, as far as there is some now."""
        while self._waiting and self._store(*self._waiting[0]):
            self._waiting.popleft()

    def finish(self) -> None:
        """The last try; what still finds no room is in the program's log at least."""
        self.write_waiting()
        for kind, at_seconds, _ in self._waiting:
            logger.error(
                "session %s: no room for the event %s at %.1f s", self._session.name, kind, at_seconds
            )

    def _store(self, kind: str, at_seconds: float, details: dict[str, Any]) -> bool:
        try:
            self._session.append_event(kind, at_seconds, **details)
        except OSError:
            return False
        return True
