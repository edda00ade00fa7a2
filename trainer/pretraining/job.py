"""What to pre-train, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trainer.pretraining.figures import Measurement
from trainer.pretraining.options import PretrainingRecipe


@dataclass(frozen=True)
class PretrainingJob:
    """What to listen to, what to start from, where to write. steps, minutes: the length; with both, whatever
    ends first.
    """

    sound: tuple[Path, ...]
    start: Path
    output: Path
    recipe: PretrainingRecipe = field(default_factory=PretrainingRecipe)
    steps: int | None = None
    minutes: float | None = None


@dataclass(frozen=True)
class PretrainingResult:
    """finished: False when it was cancelled; the same job resumes from there."""

    folder: Path
    finished: bool
    steps: int
    before: Measurement
    after: Measurement
