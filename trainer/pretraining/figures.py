"""The figures of steps and measurements, added up over hidden frames."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from trainer.pretraining.network import StepFigures


@dataclass(frozen=True)
class Measurement:
    """On sound that was kept apart. accuracy: share of hidden frames told from all others. perplexity: how
    many codes are in use, over both code books.
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
    """Of several batches, so that each hidden frame counts the same."""

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
        """One of a StepFigures' fields, per hidden frame."""
        return self._sums[name] / max(1, self._frames)

    def figures(self) -> dict[str, float]:
        """As the log names them."""
        return {
            "loss": self.mean("loss"),
            "contrastive_loss": self.mean("contrastive"),
            "diversity_loss": self.mean("diversity"),
            "contrastive_accuracy": self.mean("accuracy"),
            "code_perplexity": self.mean("perplexity"),
        }

    def measurement(self) -> Measurement:
        return Measurement(self.mean("contrastive"), self.mean("accuracy"), self.mean("perplexity"))
