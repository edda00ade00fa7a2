"""Training from scratch, read from top to bottom: step, look how it goes, keep it safe."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator

from trainer.augmentation import apply_masks
from trainer.batching import Batch, collate, endless_batches
from trainer.checkpoint import average, load_checkpoint, save_atomically
from trainer.dataset import DataError
from trainer.finetune.progress import FigureLog
from trainer.network import BLANK, FRAMES_PER_SECOND, TrainingNetwork
from trainer.recipe import Recipe, TrainingRecipe
from trainer.scoring import Score, score
from trainer.shortage import is_short_of_memory, shortage_sentence
from trainer.text import ENGLISH_VOCABULARY
from trainer.training_data import Report, TrainingData


def learning_rate(step: int, recipe: TrainingRecipe) -> float:
    """Linear warm-up, then half a cosine down to ``final_rate`` of the peak at the last step."""
    if step < recipe.warmup_steps:
        return recipe.learning_rate * (step + 1) / recipe.warmup_steps
    progress = min(1.0, (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps))
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return recipe.learning_rate * (recipe.final_rate + (1 - recipe.final_rate) * cosine)


def train(
    recipe: Recipe,
    data: TrainingData,
    run: Path,
    report: Report,
    stop_after_seconds: float | None = None,
    start_from: Path | None = None,
) -> Path:
    """Train until the recipe's last step, or until the time is up; resume where a run folder holds a
    checkpoint.

    With ``stop_after_seconds`` the schedule is bent to the time: the remaining steps are re-estimated from
    the measured pace, so that the learning rate always reaches its end. Returns the path of the averaged
    weights.

    :raises CheckpointError: a checkpoint cannot be written or read.
    :raises DataError: the loss is no number, or memory or disk run out; the state is saved where it can be.
    """
    try:
        return _train(recipe, data, run, report, stop_after_seconds, start_from)
    except OSError as error:
        sentence = shortage_sentence(error, run)
        if sentence is None:
            raise
        raise DataError(sentence) from None


def _train(
    recipe: Recipe,
    data: TrainingData,
    run: Path,
    report: Report,
    stop_after_seconds: float | None,
    start_from: Path | None,
) -> Path:
    options = recipe.training
    torch.manual_seed(options.seed)
    accelerator = Accelerator(mixed_precision=options.precision)
    network = TrainingNetwork(recipe.network, options.phone_weight)
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(
        parameters, lr=options.learning_rate, betas=(0.9, 0.98), weight_decay=options.weight_decay
    )
    last = run / "last.pt"
    step = 0
    if last.is_file():
        state = load_checkpoint(last)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["torch_random"])
        step = int(state["step"])
        report(f"resumed at step {step}")
    elif start_from is not None:
        network.load_state_dict(load_checkpoint(start_from)["network"])
        report(f"started from the weights in {start_from}")
    network, optimiser = accelerator.prepare(network, optimiser)
    plain: TrainingNetwork = accelerator.unwrap_model(network)
    frames = [variant.frames for variant in data.cache.variants]
    batches = endless_batches(frames, data.weights, options.seconds_per_batch, options.seed, skip=step)
    started, first_step, sound_seconds = time.monotonic(), step, 0.0
    log = FigureLog(run / "log.jsonl", step)
    running: dict[str, float] = {}

    def save() -> None:
        save_atomically(_state(plain, optimiser, step, recipe), last)

    def give_up(what: str) -> None:
        save()  # before the step: the weights are still good
        raise DataError(
            f"{what} is no number any more at step {step}; lower training.learning_rate and start the same "
            f"command again, it goes on from {last}."
        )

    while step < options.steps:
        rate = learning_rate(step, options)
        for group in optimiser.param_groups:
            group["lr"] = rate
        network.train()
        with _short_of_memory_said(options, save):
            items = collate(data.cache, next(batches), data.targets, plain.stride, plain.kernel)
            batch = _on(accelerator.device, items)
            masks_generator = np.random.default_rng((options.seed, step))
            apply_masks(batch.features, batch.frames, recipe.masks, FRAMES_PER_SECOND, masks_generator)
            with accelerator.autocast():
                losses = plain.losses(batch, letters_by_frame=step < options.frame_steps)
            if not bool(torch.isfinite(losses.total)):
                give_up("The loss")
            accelerator.backward(losses.total)
            norm = accelerator.clip_grad_norm_(parameters, options.clip_norm)
            # With fp16, infinite gradients are the scaler's business: it skips the step and scales less.
            if accelerator.scaler is None and not bool(torch.isfinite(torch.as_tensor(norm))):
                give_up("A gradient")
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        sound_seconds += float(batch.frames.sum()) / FRAMES_PER_SECOND
        elapsed = time.monotonic() - started
        _smooth(running, "characters", float(losses.characters.detach()))
        _smooth(running, "phones", float(losses.phones.detach()) if losses.phones is not None else 0.0)
        if stop_after_seconds is not None and (step - first_step) % 50 == 0:
            pace = elapsed / (step - first_step)
            options = _with_steps(options, first_step + int(stop_after_seconds / pace))
        if step % 25 == 0 or step == options.steps:
            left = elapsed / (step - first_step) * max(0, options.steps - step)
            log.write(step, rate=rate, **running)
            report(
                f"step {step} of {options.steps}  loss {running['characters']:.3f}  "
                f"phones {running['phones']:.3f}  "
                f"{sound_seconds / elapsed:.0f} × real time  {left / 60:.0f} min left"
            )
        if step % options.average_every == 0:
            _keep_recent(run, step, _state(plain, optimiser, step, recipe), options.average_last)
        if step % options.save_every == 0 or step >= options.steps:
            save()
        if step % options.validate_every == 0 or step >= options.steps:
            result = validate(plain, data, accelerator.device)
            log.write(step, wer=result.wer, cer=result.cer)
            report(f"step {step}  validation (greedy): {result}")
    recent = sorted(run.glob("recent-*.pt"))
    path = run / "averaged.pt"
    states = [load_checkpoint(checkpoint)["network"] for checkpoint in recent] or [plain.state_dict()]
    save_atomically({"network": average(states), "recipe": json.dumps(asdict(recipe))}, path)
    return path


@torch.no_grad()
def validate(network: TrainingNetwork, data: TrainingData, device: torch.device) -> Score:
    """Greedy word and character error rates over the validation utterances, one at a time as the app hears
    them.
    """
    network.eval()
    references, hypotheses = [], []
    for number, utterance in enumerate(data.validation):
        features = torch.from_numpy(data.validation_cache[number])[None].to(device)
        scores, _ = network(features, torch.tensor([features.shape[2]], device=device))
        references.append(utterance.text)
        hypotheses.append(greedy_text(scores[0]))
    return score(references, hypotheses)


def greedy_text(scores: torch.Tensor) -> str:
    """Collapsed best labels of ``[frames, labels]`` as text."""
    best = torch.unique_consecutive(scores.argmax(-1)).tolist()
    characters = [ENGLISH_VOCABULARY[label] for label in best if label != BLANK]
    return " ".join(
        "".join(token for token in characters if not token.startswith("<")).replace("|", " ").split()
    )


@contextmanager
def _short_of_memory_said(options: TrainingRecipe, save: Callable[[], None]) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_short_of_memory(error):
            raise
        save()
        raise DataError(
            f"There is too little memory for batches of {options.seconds_per_batch:g} s; start the same "
            "command again with a smaller training.seconds_per_batch, it goes on from the saved state."
        ) from None


def _state(network: TrainingNetwork, optimiser: Any, step: int, recipe: Recipe) -> dict[str, Any]:
    return {
        "network": network.state_dict(),
        "recipe": json.dumps(asdict(recipe)),
        "optimiser": optimiser.state_dict(),
        "torch_random": torch.get_rng_state(),
        "step": step,
    }


def _keep_recent(run: Path, step: int, state: dict[str, Any], keep: int) -> None:
    weights = {"network": state["network"], "recipe": state["recipe"]}
    save_atomically(weights, run / f"recent-{step:08d}.pt")
    for old in sorted(run.glob("recent-*.pt"))[:-keep]:
        old.unlink()


def _smooth(running: dict[str, float], name: str, value: float) -> None:
    running[name] = value if name not in running else 0.98 * running[name] + 0.02 * value


def _with_steps(options: TrainingRecipe, steps: int) -> TrainingRecipe:
    return TrainingRecipe(**{**asdict(options), "steps": max(steps, 1)})


def _on(device: torch.device, batch: Batch) -> Batch:
    return Batch(**{name: value.to(device) for name, value in vars(batch).items()})
