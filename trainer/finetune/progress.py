"""What a fine-tuning tells while it runs: to a person, to the window, to TensorBoard, to a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.base.atomic_write import write_text
from asr_desktop.teaching.history import read_figures

STAGES = ("preparing", "caching", "training", "writing")


@dataclass(frozen=True)
class Progress:
    """A moment of a fine-tuning.

    stage: one of STAGES. done: share of the stage, 0 … 1. loss: smoothed CTC loss per letter. cer, wer: of
    the last evaluation, None before the first; before_cer, before_wer: of the model that it started from.
    seconds_left: estimate for the stage, None where there is none yet. message: a sentence for the log.
    """

    stage: str
    done: float
    message: str
    step: int = 0
    loss: float | None = None
    learning_rate: float | None = None
    cer: float | None = None
    wer: float | None = None
    best_cer: float | None = None
    best_wer: float | None = None
    before_cer: float | None = None
    before_wer: float | None = None
    seconds_left: float | None = None

    def __str__(self) -> str:
        return self.message


OnProgress = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """For whoever does not want to know."""


def never() -> bool:
    """For whoever does not want to stop."""
    return False


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    >>> duration(42), duration(200), duration(9000)
    ('42 s', '3 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class FigureLog:
    """The figures of a training as JSON lines, from its first step on however often it was resumed: a run
    writes on behind the last checkpoint of the one before.

    earlier: the rows of the runs before this one.
    """

    def __init__(self, path: Path, from_step: int) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.earlier = [row for row in read_figures(path) if row["step"] <= from_step]
        # Whole or as it was: a kill must not take the figures of hours.
        write_text(path, "".join(json.dumps(row) + "\n" for row in self.earlier))

    def write(self, step: int, **figures: float) -> None:
        row = {"step": step, **{name: round(value, 6) for name, value in figures.items()}}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
