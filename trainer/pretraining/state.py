"""The state with which a pre-training resumes exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from trainer.pretraining.network import PretrainingError, PretrainingStart, StepFigures
from trainer.pretraining.options import PretrainingRecipe
from trainer.pretraining.sound import SoundPiece
from trainer.training import load_checkpoint, save_atomically

# Figures of steps and measurements, summed over masked frames


@dataclass(frozen=True)
class Measurement:
    """Figures on held-out sound. accuracy: share of masked frames distinguished from all negatives.
    perplexity: effective number of codes in use, over both code books.
    """

    loss: float
    accuracy: float
    perplexity: float

    def __str__(self) -> str:
        return (
            f"contrastive loss {self.loss:.3f}, {self.accuracy:.1%} of the masked frames identified, "
            f"{self.perplexity:.0f} codes in use"
        )


class Sums:
    """Sums over several batches, so that each masked frame has equal weight."""

    def __init__(self) -> None:
        self._sums = dict.fromkeys(("loss", "contrastive", "diversity", "accuracy", "perplexity"), 0.0)
        self._frames = 0

    def add_figures(self, figures: StepFigures) -> None:
        for name in self._sums:
            value = getattr(figures, name)
            self._sums[name] += float(value.detach() if isinstance(value, torch.Tensor) else value)
        self._frames += figures.frames

    def add(self, other: Sums) -> None:
        for name, value in other._sums.items():
            self._sums[name] += value
        self._frames += other._frames

    def mean(self, name: str) -> float:
        """The mean of a field of StepFigures per masked frame."""
        return self._sums[name] / max(1, self._frames)

    def figures(self) -> dict[str, float]:
        """The figures under their names in the log."""
        return {
            "loss": self.mean("loss"),
            "contrastive_loss": self.mean("contrastive"),
            "diversity_loss": self.mean("diversity"),
            "contrastive_accuracy": self.mean("accuracy"),
            "code_perplexity": self.mean("perplexity"),
        }

    def measurement(self) -> Measurement:
        return Measurement(self.mean("contrastive"), self.mean("accuracy"), self.mean("perplexity"))


@dataclass
class PretrainingState:
    """The saved state; everything else is computed from the step's number. seconds: training time so far."""

    belongs_to: str
    step: int = 0
    seconds: float = 0.0
    before: Measurement | None = None
    last: Measurement | None = None

    def save(self, path: Path, network: Any, optimiser: Any) -> None:
        """Save the state. :raises CheckpointError: the disk is full; the earlier state is kept."""
        measured = [None if found is None else asdict(found) for found in (self.before, self.last)]
        state = {
            "belongs_to": self.belongs_to,
            "step": self.step,
            "seconds": self.seconds,
            "measured": json.dumps(measured),
            "network": network.state_dict(),
            "optimiser": optimiser.state_dict(),
        }
        save_atomically(state, path)

    def resume(self, path: Path, network: Any, optimiser: Any) -> bool:
        """Load the state of an earlier run, if there is one.

        :raises PretrainingError: it belongs to another training. CheckpointError: it is damaged.
        """
        if not path.is_file():
            return False
        saved = load_checkpoint(path)
        if saved["belongs_to"] != self.belongs_to:
            raise PretrainingError(
                f"{path.parent} contains a training run with different audio, a different model or a "
                "different seed; choose another output folder, or delete it."
            )
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        self.step, self.seconds = int(saved["step"]), float(saved["seconds"])
        found = [None if one is None else Measurement(**one) for one in json.loads(saved["measured"])]
        self.before, self.last = found
        return True


def belongs_to(start: PretrainingStart, recipe: PretrainingRecipe, train: Sequence[SoundPiece]) -> str:
    """A hash of the settings that must not change when a saved state is resumed.

    Length, learning rate and batch size may change: after an out-of-memory error or a divergence the user is
    told to change them and resume.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(start.network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.numpy().tobytes())
    settings = [recipe.optimisation.seed, recipe.optimisation.freeze_convolutions]
    pieces = [[piece.path.name, piece.start_seconds, piece.end_seconds] for piece in train]
    digest.update(json.dumps([settings, pieces]).encode())
    return digest.hexdigest()
