"""How far a download is: its state, the bytes that are there, and how fast they come."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

_SECONDS_BETWEEN_REPORTS = 0.1
_SPEED_WINDOW_SECONDS = 5.0


class DownloadState(StrEnum):
    """What a download does."""

    WAITING = "waiting"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    CONVERTING = "converting"
    INSTALLED = "installed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class DownloadProgress:
    """How far it is. total_bytes: None until the hub has said; the last two: None while nobody knows."""

    state: DownloadState
    done_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float | None = None
    remaining_seconds: float | None = None


class Meter:
    """Bytes that are there, and how fast they come."""

    def __init__(self, total: int | None = None, done: int = 0) -> None:
        self._total = total
        self._done = done
        self._lately: deque[tuple[float, int]] = deque([(time.monotonic(), done)])
        self._reported = 0.0

    def add(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        self._lately.append((now, self._done))
        while now - self._lately[0][0] > _SPEED_WINDOW_SECONDS and len(self._lately) > 2:
            self._lately.popleft()

    def is_time_to_report(self) -> bool:
        return time.monotonic() - self._reported >= _SECONDS_BETWEEN_REPORTS

    def progress(self, state: DownloadState) -> DownloadProgress:
        self._reported = time.monotonic()
        (began, first), (ended, last) = self._lately[0], self._lately[-1]
        speed = (last - first) / (ended - began) if ended - began > 0.2 and last > first else None
        is_moving = state is DownloadState.DOWNLOADING
        left = None if self._total is None or speed is None else (self._total - self._done) / speed
        return DownloadProgress(
            state,
            self._done,
            self._total,
            speed if is_moving else None,
            left if is_moving else None,
        )
