"""What a training needs to go on as if nothing had happened, and the files that it is kept in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from asr_desktop.teaching.scoring import Score
from trainer.finetune.errors import OtherTrainingError
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.trainable_parts import set_trained_weights, trained_weights
from trainer.training import average, load_checkpoint, save_atomically

# Which weights a training comes to: the best, the last, a mean of several, or some of the start mixed in

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Choice:
    """What was chosen, in words, and how good it is on the validation set."""

    name: str
    score: Score


def value_of(score: Score, recipe: FinetuneRecipe) -> float:
    """What the recipe measures by; the smaller the better."""
    return score.cer if recipe.evaluation.measure == "cer" else score.wer


def is_better(score: Score, best: Score | None, recipe: FinetuneRecipe) -> bool:
    return best is None or value_of(score, recipe) < value_of(best, recipe)


def choose(
    network: torch.nn.Module,
    start: Weights,
    state: StoredTraining,
    kept: KeptState,
    recipe: FinetuneRecipe,
    measured: Callable[[], Score | None],
) -> Choice | None:
    """Put the weights that the recipe chooses into the network; None when a measurement was cancelled.

    start: the trainable weights before the first step. measured: the network's score as it stands.
    """
    options = recipe.checkpoints
    if state.before is None:
        raise RuntimeError("a training without its first measurement")
    name, score, weights = "the last weights", state.last or state.before, trained_weights(network)
    if options.choose == "best" and state.best is not None:
        name, score = "the best weights", state.best
        weights = load_checkpoint(kept.best)["weights"]
    recent = kept.recent()
    if options.choose in ("best", "average") and len(recent) > 1:
        mean = average([load_checkpoint(path)["weights"] for path in recent])
        set_trained_weights(network, mean)
        found = measured()
        if found is None:
            return None
        if options.choose == "average" or is_better(found, score, recipe):
            name, score, weights = f"the mean of the last {len(recent)} measured weights", found, mean
    share = options.start_share
    if share and not state.new_head:
        mixed = {key: share * start[key] + (1 - share) * tensor for key, tensor in weights.items()}
        set_trained_weights(network, mixed)
        found = measured()
        if found is None:
            return None
        if options.choose != "best" or is_better(found, score, recipe):
            name, score, weights = f"{name} mixed with {share:.0%} of the original weights", found, mixed
    set_trained_weights(network, weights)
    return Choice(name, score)


@dataclass
class StoredTraining:
    """The loop's whole memory; everything else is computed from the step number.

    belongs_to: a hash of the start, the data and the trainable parts. seconds: the time that was trained so
    far. not_better: measurements since the best one. measure_next: a measurement of these weights is due, and
    was not made before it was stopped.
    """

    belongs_to: str
    new_head: bool
    step: int = 0
    seconds: float = 0.0
    not_better: int = 0
    measure_next: bool = False
    before: Score | None = None
    last: Score | None = None
    best: Score | None = None
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    optimiser: dict[str, Any] = field(default_factory=dict)
    scaler: dict[str, Any] = field(default_factory=dict)

    def put_into(self, network: torch.nn.Module, optimiser: torch.optim.Optimizer) -> None:
        """Continue with the saved weights and momenta, where there are any."""
        if self.weights:
            set_trained_weights(network, self.weights)
        if self.optimiser:
            optimiser.load_state_dict(self.optimiser)

    def take_from(self, network: torch.nn.Module, optimiser: Any, scaler: Any) -> None:
        """Remember the network's weights, the optimiser's momenta and the loss scale."""
        self.weights = trained_weights(network)
        self.optimiser = optimiser.state_dict()
        self.scaler = {} if scaler is None else scaler.state_dict()


class KeptState:
    """The files below a training's folder: ``state.pt``, ``best.pt``, ``recent-*.pt``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.best = folder / "best.pt"
        self._state = folder / "state.pt"

    def save_state(self, state: StoredTraining) -> None:
        """:raises CheckpointError: the disk is full; the earlier state stays."""
        names = ("belongs_to", "new_head", "step", "seconds", "not_better", "measure_next")
        plain = {name: getattr(state, name) for name in names}
        scores = {name: getattr(state, name) for name in ("before", "last", "best")}
        plain["scores"] = json.dumps({name: score and asdict(score) for name, score in scores.items()})
        tensors = {"weights": state.weights, "optimiser": state.optimiser, "scaler": state.scaler}
        save_atomically({**plain, **tensors}, self._state)

    def load_state(self, belongs_to: str) -> StoredTraining | None:
        """The state of an earlier run with the same start and data, or None where there was none.

        :raises FinetuneError: the folder belongs to another training. CheckpointError: it is damaged.
        """
        if not self._state.is_file():
            self.clear()  # a run that was killed while it cleared may have left weights of its own
            return None
        saved = load_checkpoint(self._state)
        if saved["belongs_to"] != belongs_to:
            raise OtherTrainingError(self.folder)
        scores: dict[str, Any] = {
            name: None if counts is None else Score(**counts)
            for name, counts in json.loads(saved.pop("scores")).items()
        }
        state = StoredTraining(**saved, **scores)
        # What a killed run measured after its last saved state will be measured again.
        for path in self.recent():
            if int(path.stem.split("-")[1]) > state.step:
                path.unlink()
        return state

    def keep_recent(self, step: int, weights: dict[str, torch.Tensor], count: int) -> None:
        """Keep these weights and the ``count - 1`` before them."""
        save_atomically({"weights": weights}, self.folder / f"recent-{step:08d}.pt")
        for old in self.recent()[:-count]:
            old.unlink()

    def recent(self) -> list[Path]:
        return sorted(self.folder.glob("recent-*.pt"))

    def clear(self) -> None:
        """Remove what only a training that goes on needs."""
        for path in (self._state, self.best, *self.recent()):
            path.unlink(missing_ok=True)
