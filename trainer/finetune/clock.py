"""How far a training has come: by steps, or by time where a time is set, whichever is further."""

from __future__ import annotations

import time
from typing import Any

import torch

from trainer.finetune.state import TrainingState


class Clock:
    """Reads the state's step and adds the time of this run to its seconds."""

    def __init__(
        self, state: TrainingState, steps: int, stop_after_seconds: float | None, accelerator: Any
    ) -> None:
        self._state = state
        self._steps = steps
        self._limit = stop_after_seconds
        self._accelerator = accelerator
        self._started = self._counted = time.monotonic()
        self._done_at_start = self.done()

    def done(self) -> float:
        """The share of the training that lies behind, 0 … 1; the same in all processes."""
        share = self._state.step / self._steps
        if self._limit is None:
            return min(1.0, share)
        seconds = self._state.seconds + time.monotonic() - self._counted
        by_time = torch.tensor(max(share, seconds / self._limit), device=self._accelerator.device)
        if self._accelerator.num_processes > 1:
            from accelerate.utils import broadcast

            by_time = broadcast(by_time)
        return min(1.0, float(by_time))

    def stopped(self) -> None:
        """Put the time since the last call into the state."""
        now = time.monotonic()
        self._state.seconds += now - self._counted
        self._counted = now

    def seconds_left(self, done: float) -> float | None:
        """By this run's pace; None before its first step."""
        gained = done - self._done_at_start
        if gained <= 0:
            return None
        return (time.monotonic() - self._started) / gained * (1 - done)
