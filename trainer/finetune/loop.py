"""The fine-tuning itself, read from top to bottom: step, measure, keep, and stop when it is time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from trainer.checkpoint import average, load_checkpoint, save_atomically
from trainer.finetune.errors import FinetuneError
from trainer.finetune.features import Features, collate
from trainer.finetune.frozen_part import UpperNetwork
from trainer.finetune.measuring import measure
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.progress import FigureLog, OnProgress, Progress, duration
from trainer.finetune.schedules import learning_rate
from trainer.finetune.state import Kept, TrainingState
from trainer.finetune.trainable_parts import set_trained_weights, trained_weights
from trainer.finetune.vocabulary import TranscriptSpelling
from trainer.scoring import Score

_MEMORY_SIGNS = ("out of memory", "can't allocate memory", "not enough memory")


@dataclass
class Task:
    """All that the loop works with.

    labels: of the training utterances; references: the validation set's spelled texts. stop_after_seconds:
    the training's length in time, all its runs counted; the schedule follows whichever ends first.
    """

    upper: UpperNetwork
    spelling: TranscriptSpelling
    features: Features
    labels: list[list[int]]
    references: list[str]
    recipe: FinetuneRecipe
    kept: Kept
    accelerator: Any
    stop_after_seconds: float | None
    on_progress: OnProgress
    cancelled: Callable[[], bool]


@dataclass(frozen=True)
class Outcome:
    """How it ended; the chosen weights are in the network unless it was cancelled."""

    steps: int
    before: Score
    after: Score
    chosen: str
    finished: bool


def train(task: Task, state: TrainingState) -> Outcome:
    """Train from ``state`` on until the schedule's end, an early stop, or a cancellation.

    :raises FinetuneError: the loss is no number, or memory is short; the state is saved. CheckpointError:
    nothing can be written any more; the last whole state stays.
    """
    recipe, accelerator, kept = task.recipe, task.accelerator, task.kept
    optimisation, world = recipe.optimisation, accelerator.num_processes
    parameters = [parameter for parameter in task.upper.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(
        parameters,
        lr=recipe.schedule.learning_rate,
        betas=(optimisation.beta1, optimisation.beta2),
        weight_decay=optimisation.weight_decay,
    )
    start = trained_weights(task.upper.network)
    state.put_into(task.upper.network, optimiser)
    wrapped, optimiser = accelerator.prepare(task.upper, optimiser)
    if state.scaler and accelerator.scaler is not None:
        accelerator.scaler.load_state_dict(state.scaler)
    head = {id(parameter) for parameter in task.upper.network.lm_head.parameters()}
    log = FigureLog(kept.folder / "figures.jsonl", state.step) if accelerator.is_main_process else None
    teller = _Teller(task, state, log)

    def save() -> None:
        if accelerator.is_main_process:
            state.take_from(task.upper.network, optimiser, accelerator.scaler)
            kept.save_state(state)

    if state.before is None:
        state.before = _measured(task)
        teller.evaluated(state.before)
        if not state.new_head:
            _keep_best(task, state, state.before)
        save()
    batches = task.features.training(
        state.step * recipe.batches.accumulation * world, accelerator.process_index, world
    )
    clock = _Clock(state, recipe, task)
    done = clock.done()
    while done < 1.0 and not _enough(state, recipe):
        if _any(accelerator, task.cancelled()):
            save()
            return Outcome(state.step, state.before, state.last or state.before, "none", finished=False)
        rate = learning_rate(done, recipe.schedule)
        for group in optimiser.param_groups:
            group["lr"] = rate
        # Everything random in a step depends on its number alone: a resumed training draws the same.
        torch.manual_seed(_seed(optimisation.seed, state.step, accelerator.process_index))
        np.random.seed(_seed(optimisation.seed, state.step, accelerator.process_index) % 2**32)
        wrapped.train()
        with _short_of_memory_said(task, optimiser, save):
            loss = _accumulate(task, wrapped, batches)
            if not math.isfinite(loss):
                _give_up(task, state, save, "the loss is no number any more")
            if done < recipe.trainable.head_only_share:
                for parameter in parameters:
                    if id(parameter) not in head:
                        parameter.grad = None
            norm = accelerator.clip_grad_norm_(parameters, optimisation.clip_norm)
            # With fp16, infinite gradients are the scaler's business: it skips the step and scales less.
            if accelerator.scaler is None and not bool(torch.isfinite(torch.as_tensor(norm))):
                _give_up(task, state, save, "a gradient is no number any more")
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        state.step += 1
        before, done = done, clock.done()
        teller.stepped(loss, rate, done, clock.seconds_left(done))
        if _due(before, done, state.step, recipe):
            state.last = _measured(task)
            teller.evaluated(state.last)
            _keep_recent(task, state)
            if _better(state.last, state.best, recipe):
                state.not_better = 0
                _keep_best(task, state, state.last)
            else:
                state.not_better += 1
            clock.stopped()
            save()
        elif state.step % recipe.checkpoints.every_steps == 0:
            clock.stopped()
            save()
    clock.stopped()
    save()
    return _choose(task, state, start)


def _accumulate(task: Task, wrapped: Any, batches: Iterator[Any]) -> float:
    """The gradients of ``batches.accumulation`` batches; their mean loss."""
    count = task.recipe.batches.accumulation
    total = 0.0
    for number in range(count):
        items, features = next(batches)
        batch = collate(items, features, task.labels, task.upper.blank)
        in_sync = number == count - 1
        with _nothing() if in_sync else task.accelerator.no_sync(wrapped):
            loss = wrapped(batch.features, batch.frames, batch.labels, batch.label_lengths)
            task.accelerator.backward(loss / count)
        total += float(loss.detach()) / count
    return total


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _short_of_memory_said(task: Task, optimiser: Any, save: Callable[[], None]) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        # torch says so by RuntimeError on a CPU and by a subclass of it on a GPU.
        if not isinstance(error, MemoryError) and not any(sign in str(error) for sign in _MEMORY_SIGNS):
            raise
        optimiser.zero_grad(set_to_none=True)
        save()
        seconds = task.recipe.batches.seconds
        raise FinetuneError(
            f"There is too little memory for batches of {seconds:g} s; start the same command again with "
            f"--set batches.seconds={seconds / 2:g} --set batches.accumulation="
            f"{2 * task.recipe.batches.accumulation}, it goes on from the state that was saved."
        ) from None


def _give_up(task: Task, state: TrainingState, save: Callable[[], None], what: str) -> None:
    weights = trained_weights(task.upper.network)
    if all(bool(torch.isfinite(tensor).all()) for tensor in weights.values()):
        save()
    raise FinetuneError(
        f"In step {state.step + 1} {what}; the last good state is saved. Start the same command again with a "
        f"lower schedule.learning_rate than {task.recipe.schedule.learning_rate:g}"
        + (", or with optimisation.precision=bf16." if task.recipe.optimisation.precision == "fp16" else ".")
    )


def _seed(seed: int, step: int, process: int) -> int:
    return (seed * 1_000_003 + step) * 1009 + process


def _measured(task: Task) -> Score:
    with task.accelerator.autocast():
        return measure(
            task.upper, task.features, task.references, task.spelling.labels, task.accelerator, task.cancelled
        )


def value_of(score: Score, recipe: FinetuneRecipe) -> float:
    """What the recipe measures by; the smaller the better."""
    return score.cer if recipe.evaluation.measure == "cer" else score.wer


def _better(score: Score, best: Score | None, recipe: FinetuneRecipe) -> bool:
    return best is None or value_of(score, recipe) < value_of(best, recipe)


def _enough(state: TrainingState, recipe: FinetuneRecipe) -> bool:
    patience = recipe.evaluation.patience
    return patience > 0 and state.not_better >= patience


def _due(before: float, done: float, step: int, recipe: FinetuneRecipe) -> bool:
    options = recipe.evaluation
    if options.every_steps:
        return step % options.every_steps == 0 or done >= 1.0
    return math.floor(done * options.times + 1e-9) > math.floor(before * options.times + 1e-9)


def _keep_best(task: Task, state: TrainingState, score: Score) -> None:
    state.best = score
    if task.accelerator.is_main_process:
        save_atomically({"weights": trained_weights(task.upper.network)}, task.kept.best)


def _keep_recent(task: Task, state: TrainingState) -> None:
    if task.accelerator.is_main_process and task.recipe.checkpoints.average_last:
        task.kept.keep_recent(
            state.step, trained_weights(task.upper.network), task.recipe.checkpoints.average_last
        )


def _choose(task: Task, state: TrainingState, start: dict[str, torch.Tensor]) -> Outcome:
    """Put the weights that the recipe chooses into the network, and say how good they are."""
    task.accelerator.wait_for_everyone()
    before, options = state.before, task.recipe.checkpoints
    if before is None:
        raise RuntimeError("a training without its first measurement")
    network = task.upper.network
    chosen, after, weights = "the last weights", state.last or before, trained_weights(network)
    if options.choose == "best" and state.best is not None:
        chosen, after = "the best weights", state.best
        weights = load_checkpoint(task.kept.best)["weights"]
    recent = task.kept.recent()
    tried: list[tuple[str, dict[str, torch.Tensor]]] = []
    if options.choose in ("best", "average") and len(recent) > 1:
        mean = average([load_checkpoint(path)["weights"] for path in recent])
        tried.append((f"the mean of the last {len(recent)} measured weights", mean))
    if options.choose == "best" and options.start_share and not state.new_head:
        share = options.start_share
        mixed = {name: share * start[name] + (1 - share) * tensor for name, tensor in weights.items()}
        tried.append((f"the best weights with {share:.0%} of the start's", mixed))
    for name, candidate in tried:
        set_trained_weights(network, candidate)
        found = _measured(task)
        if options.choose == "average" or _better(found, after, task.recipe):
            chosen, after, weights = name, found, candidate
    set_trained_weights(network, weights)
    return Outcome(state.step, before, after, chosen, finished=True)


def _any(accelerator: Any, flag: bool) -> bool:
    """Whether any process says so; all of them get the same answer."""
    if accelerator.num_processes == 1:
        return flag
    return bool(accelerator.reduce(torch.tensor(float(flag), device=accelerator.device), "sum") > 0)


class _Clock:
    """How much of the training is done: by steps, or by time where a time is set, whichever is further."""

    def __init__(self, state: TrainingState, recipe: FinetuneRecipe, task: Task) -> None:
        self._state = state
        self._steps = recipe.schedule.steps
        self._limit = task.stop_after_seconds
        self._accelerator = task.accelerator
        self._started = self._counted = time.monotonic()
        self._done_at_start = self.done()

    def done(self) -> float:
        share = self._state.step / self._steps
        if self._limit is None:
            return share
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
        gained = done - self._done_at_start
        if gained <= 0:
            return None
        return (time.monotonic() - self._started) / gained * (1 - done)


class _Teller:
    """Tells whoever listens: the log's figures, the trackers, the caller."""

    def __init__(self, task: Task, state: TrainingState, log: FigureLog | None) -> None:
        self._task = task
        self._state = state
        self._log = log
        self._loss: float | None = None
        self._rate = 0.0
        self._done = 0.0
        self._left: float | None = None
        self._last_told = 0.0

    def stepped(self, loss: float, rate: float, done: float, seconds_left: float | None) -> None:
        self._loss = loss if self._loss is None else 0.9 * self._loss + 0.1 * loss
        self._rate, self._done, self._left = rate, done, seconds_left
        step = self._state.step
        if self._log is not None and step % 10 == 0:
            self._log.write(step, loss=loss, learning_rate=rate)
            self._task.accelerator.log({"train/loss": loss, "train/learning_rate": rate}, step=step)
        now = time.monotonic()
        if now - self._last_told >= 2.0 or done >= 1.0:
            self._last_told = now
            left = "" if seconds_left is None else f", {duration(seconds_left)} left"
            self._tell(f"step {step} ({done:.0%}{left}): loss {self._loss:.3f}")

    def evaluated(self, score: Score) -> None:
        step = self._state.step
        if self._log is not None:
            self._log.write(step, cer=score.cer, wer=score.wer)
            self._task.accelerator.log({"validation/cer": score.cer, "validation/wer": score.wer}, step=step)
        before = self._state.before
        was = "" if before is None or before is score else f" (before: {before.wer:.1%}, {before.cer:.1%})"
        self._tell(f"step {step}: {score.wer:.1%} of the words wrong, {score.cer:.1%} of the letters{was}")

    def _tell(self, message: str) -> None:
        if not self._task.accelerator.is_main_process:
            return
        state = self._state
        last, best, before = state.last or state.before, state.best, state.before
        self._task.on_progress(
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
