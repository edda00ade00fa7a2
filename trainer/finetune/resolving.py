"""The settings of a job: the defaults for its data, network and machine, its recipe, and ``--set``."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import torch

from trainer.batching import epoch_batches
from trainer.deepspeech2.options import deepspeech2_defaults
from trainer.finetune.defaults import defaults_for
from trainer.finetune.errors import FinetuneError
from trainer.finetune.frozen_part import Depth
from trainer.finetune.job import FinetuneJob
from trainer.finetune.options import FinetuneRecipe, lay_over
from trainer.finetune.speech import Speech
from trainer.finetune.starts import Start
from trainer.recipe import build, read_tables

# With --minutes alone the time ends the training, and no number of steps.
NO_LIMIT = 10**8


def tables_of(job: FinetuneJob) -> dict[str, Any]:
    """The recipe and what is set over it, as tables."""
    tables = read_tables(job.recipe, job.overrides)
    if job.steps is not None:
        # What the command line says wins over the recipe's number of epochs as well.
        tables.setdefault("schedule", {}).update(steps=job.steps, epochs=0.0)
    if tables.get("start", {}).get("architecture"):
        return lay_over(deepspeech2_defaults(tables, is_timed=job.minutes is not None), tables)
    return tables


def resolved(tables: dict[str, Any], speech: Speech, start: Start, job: FinetuneJob) -> FinetuneRecipe:
    """The recipe over the defaults for this much speech, this network and this machine."""
    way = tables.get("trainable", {}).get("way", "whole")
    defaults = defaults_for(
        speech.train_seconds,
        start.parameters,
        new_head=start.new_head,
        on_cpu=on_cpu(),
        way=way,
        family=start.network.config.model_type,
    )
    if job.minutes is not None:
        defaults["schedule"]["steps"] = NO_LIMIT
    recipe: FinetuneRecipe = build(FinetuneRecipe, lay_over(defaults, tables))
    recipe = _epochs_as_steps(recipe, speech)
    if recipe.optimisation.precision == "fp16" and on_cpu():
        raise FinetuneError("fp16 needs a graphics card; set optimisation.precision to bf16 or none.")
    return recipe


def _epochs_as_steps(recipe: FinetuneRecipe, speech: Speech) -> FinetuneRecipe:
    frames = [round(100 * utterance.seconds) for utterance in speech.train]
    batches = len(epoch_batches(frames, [1.0] * len(frames), recipe.batches.seconds, 0, 0))
    together = recipe.batches.accumulation * int(os.environ.get("WORLD_SIZE", "1"))
    schedule, evaluation = recipe.schedule, recipe.evaluation
    if schedule.epochs:
        schedule = replace(schedule, steps=max(1, round(schedule.epochs * batches / together)))
    if evaluation.every_epochs:
        evaluation = replace(
            evaluation, every_steps=max(1, round(evaluation.every_epochs * batches / together))
        )
    return replace(recipe, schedule=schedule, evaluation=evaluation)


def on_cpu() -> bool:
    """Whether accelerate will train on the processor."""
    if os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes"):
        return True
    return not (torch.cuda.is_available() or torch.backends.mps.is_available())


def uses_cache(recipe: FinetuneRecipe, depth: Depth) -> bool:
    """Whether the frozen part's outputs are kept on disk."""
    if depth.convolutions == 0:
        return False  # nothing is frozen
    return recipe.cache.use == "yes" or (recipe.cache.use == "auto" and on_cpu())


def fastest(recipe: FinetuneRecipe) -> float:
    """The quickest augmented copy's speed."""
    augmentation = recipe.augmentation
    stretch = augmentation.stretch[1] if augmentation.stretch_probability else 1.0
    return max(1.0, augmentation.speed[1] * stretch)


def described(recipe: FinetuneRecipe, start: Start, processes: int) -> str:
    """What is about to be trained, in a sentence."""
    learning = sum(p.numel() for p in start.network.parameters() if p.requires_grad)
    steps = recipe.schedule.steps
    length = "" if steps >= NO_LIMIT else f", {steps} steps"
    together = f" by {processes} processes" if processes > 1 else ""
    return (
        f"training the {recipe.trainable.way} way{together}: {learning / 1e6:.2f} M of "
        f"{start.parameters / 1e6:.2f} M weights{length}, learning rate up to "
        f"{recipe.schedule.learning_rate:.2g} ({recipe.schedule.shape})"
    )
