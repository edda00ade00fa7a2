"""The training loop of fine-tuning: measure, step, save, and stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.ctc import greedy
from asr_desktop.recognition.labels import Labels
from asr_desktop.teaching.scoring import Score, score
from trainer.finetune.features import Features, collate
from trainer.finetune.frozen_part import UpperNetwork
from trainer.finetune.job import FigureLog, FinetuneError, OnProgress, Teller, is_short_of_memory
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.output import KeptState, StoredTraining, choose, is_better
from trainer.finetune.speech import TranscriptSpelling
from trainer.finetune.trainable_parts import head_parts, trained_weights
from trainer.training import any_process, learning_rate, save_atomically

# Progress of a training: by steps, or by time if a limit is set; the larger share counts


class Clock:
    """Reads the state's step and adds the time of this run to its seconds."""

    def __init__(
        self, state: StoredTraining, steps: int, stop_after_seconds: float | None, accelerator: Any
    ) -> None:
        self._state = state
        self._steps = steps
        self._limit = stop_after_seconds
        self._accelerator = accelerator
        self._started = self._counted = time.monotonic()
        self._done_at_start = self.done()

    def done(self) -> float:
        """The completed share of the training, 0 … 1; the same in all processes."""
        share = self._state.step / self._steps
        if self._limit is None:
            return min(1.0, share)
        seconds = self._state.seconds + time.monotonic() - self._counted
        by_time = torch.tensor(max(share, seconds / self._limit), device=self._accelerator.device)
        if self._accelerator.num_processes > 1:
            from accelerate.utils import broadcast

            by_time = broadcast(by_time)
        return min(1.0, float(by_time))

    def stopped(self) -> None:
        """Add the time since the last call to the state."""
        now = time.monotonic()
        self._state.seconds += now - self._counted
        self._counted = now

    def seconds_left(self, done: float) -> float | None:
        """Remaining time, estimated from this run's speed; None before its first step."""
        gained = done - self._done_at_start
        if gained <= 0:
            return None
        return (time.monotonic() - self._started) / gained * (1 - done)


# Greedy word and character error rates on the validation set, each utterance alone, as in recognition


@torch.no_grad()
def measure(
    upper: UpperNetwork,
    features: Features,
    references: Sequence[str],
    labels: Labels,
    accelerator: Any,
    cancelled: Callable[[], bool],
) -> Score | None:
    """Errors on the validation set, which the processes divide; None if one of them was cancelled."""
    upper.eval()
    mine = range(accelerator.process_index, len(references), accelerator.num_processes)
    heard: list[str] = []
    is_cancelled = False
    for number in mine:
        if cancelled():
            is_cancelled = True
            break
        hidden = features.validation(number)
        frames = torch.tensor([hidden.shape[1]], device=hidden.device)
        scores, _ = upper.log_probabilities(hidden[None], frames)
        heard.append(greedy(scores[0].cpu().numpy(), labels))
    result = score([references[number] for number in mine][: len(heard)], heard)
    if accelerator.num_processes == 1:
        return None if is_cancelled else result
    names = list(vars_of(result))
    counts = [int(is_cancelled), *(vars_of(result)[name] for name in names)]
    cancellations, *summed = accelerator.reduce(
        torch.tensor(counts, device=accelerator.device), "sum"
    ).tolist()
    return None if cancellations else Score(**dict(zip(names, summed, strict=True)))


def vars_of(result: Score) -> dict[str, int]:
    """A score's counts by name."""
    return {name: getattr(result, name) for name in Score.__dataclass_fields__}


FIGURES = "figures.jsonl"


@dataclass
class TrainingTask:
    """The inputs of the loop.

    labels: of the training utterances; references: the validation set's spelled texts. stop_after_seconds:
    time limit over all runs of the training; the schedule follows this limit or the number of steps,
    whichever ends first.
    """

    upper: UpperNetwork
    spelling: TranscriptSpelling
    features: Features
    labels: list[list[int]]
    references: list[str]
    recipe: FinetuneRecipe
    kept: KeptState
    accelerator: Any
    stop_after_seconds: float | None
    on_progress: OnProgress
    cancelled: Callable[[], bool]


@dataclass(frozen=True)
class LoopOutcome:
    """The result; the chosen weights are in the network unless it was cancelled. before, after: None if it
    was cancelled before the first measurement was complete.
    """

    steps: int
    before: Score | None
    after: Score | None
    chosen: str
    finished: bool


def train(task: TrainingTask, state: StoredTraining) -> LoopOutcome:
    """Train from ``state`` until the schedule's end, an early stop, or a cancellation.

    :raises FinetuneError: the loss is not a number, or there is too little memory; the state is saved.
    CheckpointError: a checkpoint cannot be written; the last complete state is kept.
    """
    recipe, accelerator, kept = task.recipe, task.accelerator, task.kept
    network, optimisation, world = task.upper.network, recipe.optimisation, accelerator.num_processes
    parameters = [parameter for parameter in task.upper.parameters() if parameter.requires_grad]
    head = {id(parameter) for part in head_parts(network) for parameter in part.parameters()}
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in parameters if id(p) not in head], "rate": 1.0},
            {"params": [p for p in parameters if id(p) in head], "rate": recipe.schedule.head_rate},
        ],
        lr=recipe.schedule.learning_rate,
        betas=(optimisation.beta1, optimisation.beta2),
        weight_decay=optimisation.weight_decay,
    )
    start = trained_weights(network)
    state.put_into(network, optimiser)
    wrapped, optimiser = accelerator.prepare(task.upper, optimiser)
    if state.scaler and accelerator.scaler is not None:
        accelerator.scaler.load_state_dict(state.scaler)
    log = FigureLog(kept.folder / FIGURES, state.step) if accelerator.is_main_process else None
    teller = Teller(state, log, accelerator, task.on_progress)
    batches = task.features.training(
        state.step * recipe.batches.accumulation * world, accelerator.process_index, world
    )
    clock = Clock(state, recipe.schedule.steps, task.stop_after_seconds, accelerator)

    def save() -> None:
        clock.stopped()
        if accelerator.is_main_process:
            state.take_from(network, optimiser, accelerator.scaler)
            kept.save_state(state)

    def stopped() -> LoopOutcome:
        save()
        return LoopOutcome(state.step, state.before, state.last or state.before, "none", finished=False)

    done = clock.done()
    while True:
        if state.before is None or state.measure_next:
            score = _measured(task)
            if score is None:
                return stopped()  # a partial measurement is discarded and repeated on resuming
            _remember(task, state, teller, score)
            save()
        if done >= 1.0 or _enough(state, recipe):
            break
        if any_process(accelerator, task.cancelled()):
            return stopped()
        rate = learning_rate(done, recipe.schedule)
        for group in optimiser.param_groups:
            group["lr"] = rate * group["rate"]
        # All random numbers of a step depend only on its number, so a resumed training draws the same.
        torch.manual_seed(_seed(optimisation.seed, state.step, accelerator.process_index))
        np.random.seed(_seed(optimisation.seed, state.step, accelerator.process_index) % 2**32)
        wrapped.train()
        with _short_of_memory_said(task, optimiser, save):
            loss = _accumulate(task, wrapped, batches)
            if not math.isfinite(loss):
                _give_up(task, state, save, "the loss is not a number")
            if done < recipe.trainable.head_only_share:
                for parameter in parameters:
                    if id(parameter) not in head:
                        parameter.grad = None
            norm = accelerator.clip_grad_norm_(parameters, optimisation.clip_norm)
            # With fp16, the scaler handles infinite gradients: it skips the step and lowers the scale.
            if accelerator.scaler is None and not bool(torch.isfinite(torch.as_tensor(norm))):
                _give_up(task, state, save, "a gradient is not a number")
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        state.step += 1
        before, done = done, clock.done()
        teller.stepped(loss, rate, done, clock.seconds_left(done))
        state.measure_next = _due(before, done, state.step, recipe)
        if not state.measure_next and state.step % recipe.checkpoints.every_steps == 0:
            save()
    save()
    accelerator.wait_for_everyone()
    choice = choose(network, start, state, kept, recipe, lambda: _measured(task))
    if choice is None:
        return LoopOutcome(state.step, state.before, state.last or state.before, "none", finished=False)
    return LoopOutcome(state.step, state.before, choice.score, choice.name, finished=True)


def _accumulate(task: TrainingTask, wrapped: Any, batches: Iterator[Any]) -> float:
    """Add up the gradients of ``batches.accumulation`` batches; returns the mean loss of all processes."""
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
    if task.accelerator.num_processes == 1:
        return total
    # All processes need the same loss: if one gave up alone, the others would wait for it.
    return float(task.accelerator.reduce(torch.tensor(total, device=task.accelerator.device), "mean"))


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _short_of_memory_said(task: TrainingTask, optimiser: Any, save: Callable[[], None]) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_short_of_memory(error):
            raise
        optimiser.zero_grad(set_to_none=True)
        save()
        seconds = task.recipe.batches.seconds
        raise FinetuneError(
            Sentence(
                "There is not enough memory for batches of {seconds:g} s. To resume with smaller ones, "
                "run the same command again with --set batches.seconds={smaller} --set "
                "batches.accumulation={more}.",
                seconds=seconds,
                smaller=f"{seconds / 2:g}",  # as text: a command always takes a decimal point, not a comma
                more=2 * task.recipe.batches.accumulation,
            )
        ) from None


def _give_up(task: TrainingTask, state: StoredTraining, save: Callable[[], None], what: str) -> None:
    weights = trained_weights(task.upper.network)
    if all(bool(torch.isfinite(tensor).all()) for tensor in weights.values()):
        save()
    raise FinetuneError(
        f"At step {state.step + 1} {what}; the last good state is saved. Run the same command again with "
        f"a lower schedule.learning_rate than {task.recipe.schedule.learning_rate:g}"
        + (", or with optimisation.precision=bf16." if task.recipe.optimisation.precision == "fp16" else ".")
    )


def _seed(seed: int, step: int, process: int) -> int:
    return (seed * 1_000_003 + step) * 1009 + process


def _measured(task: TrainingTask) -> Score | None:
    with task.accelerator.autocast():
        return measure(
            task.upper, task.features, task.references, task.spelling.labels, task.accelerator, task.cancelled
        )


def _remember(task: TrainingTask, state: StoredTraining, teller: Teller, score: Score) -> None:
    """Add a measurement to the state, and save the weights if they are the best so far."""
    state.measure_next = False
    if state.before is None:
        state.before = score
        teller.evaluated(score)
        if not state.new_head:
            _keep_best(task, state, score)
        return
    state.last = score
    teller.evaluated(score)
    _keep_recent(task, state)
    if is_better(score, state.best, task.recipe):
        state.not_better = 0
        _keep_best(task, state, score)
    else:
        state.not_better += 1


def _enough(state: StoredTraining, recipe: FinetuneRecipe) -> bool:
    patience = recipe.evaluation.patience
    return patience > 0 and state.not_better >= patience


def _due(before: float, done: float, step: int, recipe: FinetuneRecipe) -> bool:
    options = recipe.evaluation
    if options.every_steps:
        return step % options.every_steps == 0 or done >= 1.0
    return math.floor(done * options.times + 1e-9) > math.floor(before * options.times + 1e-9)


def _keep_best(task: TrainingTask, state: StoredTraining, score: Score) -> None:
    state.best = score
    if task.accelerator.is_main_process:
        save_atomically({"weights": trained_weights(task.upper.network)}, task.kept.best)


def _keep_recent(task: TrainingTask, state: StoredTraining) -> None:
    if task.accelerator.is_main_process and task.recipe.checkpoints.average_last:
        task.kept.keep_recent(
            state.step, trained_weights(task.upper.network), task.recipe.checkpoints.average_last
        )
