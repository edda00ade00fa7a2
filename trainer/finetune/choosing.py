"""Which weights a training comes to: the best, the last, a mean of several, or some of the start mixed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from asr_desktop.teaching.scoring import Score
from trainer.checkpoint import average, load_checkpoint
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.state import Kept, TrainingState
from trainer.finetune.trainable_parts import set_trained_weights, trained_weights

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
    state: TrainingState,
    kept: Kept,
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
