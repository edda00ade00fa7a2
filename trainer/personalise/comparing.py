"""How far the comparison of two models is, by the sound that they have heard, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable

from trainer.finetune.progress import OnProgress, Progress

COMPARING = "comparing"
TELLS_EVERY_SECONDS = 1.0
_FIRST_ESTIMATE_SECONDS = 3.0
"""Before that the loading of a model still counts for too much."""


class ComparingProgress:
    """Called with the seconds of each recording that a model has heard.

    total_seconds: of all that is to be heard, by both models. Told at most once a second.
    """

    def __init__(
        self, total_seconds: float, on_progress: OnProgress, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total_seconds = total_seconds
        self._on_progress = on_progress
        self._clock = clock
        self._heard_seconds = 0.0
        self._began = self._told = clock()
        self._message = ""

    def begin(self, message: str) -> None:
        """The next part of it, in a sentence for the log."""
        self._message = message
        self._tell()

    def __call__(self, seconds: float) -> None:
        self._heard_seconds += seconds
        if self._clock() - self._told >= TELLS_EVERY_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told = self._clock()
        elapsed = self._told - self._began
        # The verdict is told with 1.0, so this stays below it.
        share = min(0.999, self._heard_seconds / self._total_seconds) if self._total_seconds else 0.0
        left = elapsed * (1 - share) / share if share and elapsed >= _FIRST_ESTIMATE_SECONDS else None
        self._on_progress(Progress(COMPARING, share, self._message, seconds_left=left))
