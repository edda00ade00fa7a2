"""Tells how a training goes: the log on disk, the trackers, and whoever listens."""

from __future__ import annotations

import time
from typing import Any

from asr_desktop.teaching.scoring import Score
from trainer.finetune.progress import FigureLog, OnProgress, Progress, duration
from trainer.finetune.state import TrainingState

LOGGED_EVERY = 10  # steps


class Teller:
    """Of several processes only the main one tells; ``log`` is None in the others."""

    def __init__(
        self, state: TrainingState, log: FigureLog | None, accelerator: Any, on_progress: OnProgress
    ) -> None:
        self._state = state
        self._log = log
        self._accelerator = accelerator
        self._on_progress = on_progress
        # A training that goes on shows the smoothed loss that it had, without a jump.
        smoothed = [row["smoothed_loss"] for row in (log.earlier if log else ()) if "smoothed_loss" in row]
        self._loss: float | None = smoothed[-1] if smoothed else None
        self._rate: float | None = None
        self._done = 0.0
        self._left: float | None = None
        self._last_told = 0.0

    def stepped(self, loss: float, rate: float, done: float, seconds_left: float | None) -> None:
        """After each step; said every two seconds, written down every ten steps."""
        self._loss = loss if self._loss is None else 0.9 * self._loss + 0.1 * loss
        self._rate, self._done, self._left = rate, done, seconds_left
        step = self._state.step
        if step % LOGGED_EVERY == 0:
            if self._log is not None:
                self._log.write(step, loss=loss, smoothed_loss=self._loss, learning_rate=rate, done=done)
            self._accelerator.log({"train/loss": loss, "train/learning_rate": rate}, step=step)
        now = time.monotonic()
        if now - self._last_told >= 2.0 or done >= 1.0:
            self._last_told = now
            left = "" if seconds_left is None else f", {duration(seconds_left)} left"
            self._tell(f"step {step} ({done:.0%}{left}): loss {self._loss:.3f}")

    def evaluated(self, score: Score) -> None:
        """After each measurement."""
        step = self._state.step
        if self._log is not None:
            self._log.write(step, cer=score.cer, wer=score.wer)
        self._accelerator.log({"validation/cer": score.cer, "validation/wer": score.wer}, step=step)
        before = self._state.before
        was = "" if before is None or before is score else f" (before: {before.wer:.1%}, {before.cer:.1%})"
        self._tell(f"step {step}: {score.wer:.1%} WER, {score.cer:.1%} CER{was}")

    def _tell(self, message: str) -> None:
        if not self._accelerator.is_main_process:
            return
        state = self._state
        last, best, before = state.last or state.before, state.best, state.before
        self._on_progress(
            Progress(
                stage="training",
                done=self._done,
                message=message,
                step=state.step,
                loss=self._loss,
                learning_rate=self._rate,
                cer=_cer(last),
                wer=_wer(last),
                best_cer=_cer(best),
                best_wer=_wer(best),
                before_cer=_cer(before),
                before_wer=_wer(before),
                seconds_left=self._left,
            )
        )


def _cer(score: Score | None) -> float | None:
    return None if score is None else score.cer


def _wer(score: Score | None) -> float | None:
    return None if score is None else score.wer
