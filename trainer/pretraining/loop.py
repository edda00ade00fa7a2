"""The pre-training loop: sound, network, steps, measurements, checkpoint.

All random numbers depend only on the seed and the step's number, so a killed training resumes from its last
saved state with the same result.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from asr_desktop.base.atomic_write import folder_aside
from trainer.finetune.batches import endless_batches
from trainer.finetune.job import FigureLog, duration, is_short_of_memory, never, shortage_sentence
from trainer.pretraining.network import (
    PretrainingError,
    PretrainingStart,
    PretrainingStep,
    StepFigures,
    draw_mask,
    draw_negatives,
    open_start,
    write_checkpoint,
)
from trainer.pretraining.options import PretrainingRecipe
from trainer.pretraining.sound import SoundPiece, find_sound, stacked
from trainer.pretraining.state import Measurement, PretrainingState, Sums, belongs_to
from trainer.training import any_process, learning_rate

# Job and result


@dataclass(frozen=True)
class PretrainingJob:
    """Input sound, start model and output folder. steps, minutes: the length; with both, whichever ends
    first.
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


STATE = "state.pt"
FIGURES = "figures.jsonl"
TRAINING_FOLDER = "training"
_ASIDE = ".writing-"
_NO_LIMIT = 10**8
_VALIDATION, _TRAINING = 1, 2  # random streams that must differ


def pretrain(
    job: PretrainingJob, report: Callable[[str], None] = print, cancelled: Callable[[], bool] = never
) -> PretrainingResult:
    """Run the job, or resume it where an earlier run was stopped or killed.

    :raises AsrDesktopError: errors that the user can fix, as a sentence.
    """
    recipe = job.recipe
    if job.steps is not None or job.minutes is not None:
        recipe = replace(recipe, schedule=replace(recipe.schedule, steps=job.steps or _NO_LIMIT))
    sound = find_sound(list(job.sound), recipe.sound, report)
    start = open_start(job.start, recipe, report)
    try:
        accelerator = _accelerator(recipe, job.output / TRAINING_FOLDER)
        return _Run(job, recipe, start, sound.train, sound.held_out, accelerator, report, cancelled).run()
    except (OSError, RuntimeError, MemoryError) as error:
        sentence = shortage_sentence(error, job.output)
        if sentence is None:
            raise
        raise PretrainingError(sentence) from None


class _Run:
    """The loop and its state."""

    def __init__(
        self,
        job: PretrainingJob,
        recipe: PretrainingRecipe,
        start: PretrainingStart,
        train: Sequence[SoundPiece],
        held_out: Sequence[SoundPiece],
        accelerator: Any,
        report: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self._job, self._recipe, self._start = job, recipe, start
        self._train, self._held_out = train, held_out
        self._accelerator, self._cancelled = accelerator, cancelled
        self._report = report if accelerator.is_main_process else _silence
        self._work = job.output / TRAINING_FOLDER
        self._state = PretrainingState(belongs_to(start, recipe, train))
        self._log: FigureLog | None = None
        options = recipe.optimisation
        self._parameters = [p for p in start.network.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(
            self._parameters,
            lr=recipe.schedule.learning_rate,
            betas=(0.9, options.beta2),
            eps=1e-6,
            weight_decay=options.weight_decay,
        )
        self._module, self._optimiser = accelerator.prepare(PretrainingStep(start.network), optimiser)

    def run(self) -> PretrainingResult:
        options, state = self._recipe.optimisation, self._state
        if state.resume(self._work / STATE, self._start.network, self._optimiser):
            self._report(f"resuming at step {state.step}, after {duration(state.seconds)} of training")
        if self._accelerator.is_main_process:
            self._log = FigureLog(self._work / FIGURES, state.step)
        if state.before is None:
            state.before = self._measured()
            self._save()
        batches = self._batches()
        counted, total = time.monotonic(), Sums()
        while self._done() < 1 and not any_process(self._accelerator, self._cancelled()):
            rate = learning_rate(self._done(), self._recipe.schedule)
            total.add(self._train_step(batches, rate))
            state.step += 1
            now = time.monotonic()
            state.seconds, counted = state.seconds + now - counted, now
            if state.step % options.log_every == 0:
                self._tell(total, rate)
                total = Sums()
            if state.step % options.evaluate_every == 0:
                self._measured()
            if state.step % options.save_every == 0:
                self._save()
        finished = self._done() >= 1
        if finished and state.step % options.evaluate_every:
            self._measured()
        self._save()
        if finished:
            self._write()
        self._accelerator.wait_for_everyone()
        self._accelerator.end_training()
        after = state.last or state.before
        return PretrainingResult(self._job.output, finished, state.step, state.before, after)

    def _done(self) -> float:
        """Share of the training that is done, 0 … 1: by steps or by time, whichever is larger."""
        share = self._state.step / self._recipe.schedule.steps
        if self._job.minutes is not None:
            share = max(share, self._state.seconds / (60 * self._job.minutes))
        return min(1.0, share)

    def _train_step(self, batches: Iterator[list[int]], rate: float) -> Sums:
        recipe, options, step = self._recipe, self._recipe.optimisation, self._state.step
        # Seed for all randomness in the network (dropout, Gumbel noise, dropped layers).
        torch.manual_seed(options.seed * 1_000_003 + step)
        temperature = recipe.quantiser.temperature * recipe.quantiser.decay**step
        self._start.network.set_gumbel_temperature(max(recipe.quantiser.lowest, temperature))
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._module.train()
        sums = Sums()
        for part in range(options.accumulation):
            numbers = next(batches)
            generator = np.random.default_rng((options.seed, _TRAINING, step, part, *numbers))
            figures = self._forward([self._train[number] for number in numbers], generator)
            loss = figures.loss / max(1, figures.frames)
            if any_process(self._accelerator, not bool(torch.isfinite(loss))):
                self._give_up("The loss")
            self._accelerator.backward(loss / options.accumulation)
            sums.add_figures(figures)
        norm = self._accelerator.clip_grad_norm_(self._parameters, options.clip_norm)
        # With fp16, the gradient scaler handles infinite gradients: it skips the step and reduces the scale.
        if self._accelerator.scaler is None and not bool(torch.isfinite(torch.as_tensor(norm))):
            self._give_up("A gradient")
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return sums

    def _give_up(self, what: str) -> None:
        """Stop before the step, while the weights are still valid."""
        self._save()
        raise PretrainingError(
            f"{what} is not a number at step {self._state.step}; lower schedule.learning_rate and "
            "run the same command again to resume from the saved state."
        )

    def _forward(self, pieces: Sequence[SoundPiece], generator: np.random.Generator) -> StepFigures:
        samples = torch.from_numpy(stacked(pieces, self._start.do_normalize, generator))
        frames = self._start.frames(samples.shape[1])
        mask = draw_mask(len(pieces), frames, self._recipe.masking, generator)
        negatives = draw_negatives(mask, self._recipe.masking.negatives, generator)
        device = self._accelerator.device
        try:
            with self._accelerator.autocast():
                figures: StepFigures = self._module(
                    samples.to(device),
                    torch.from_numpy(mask).to(device),
                    torch.from_numpy(negatives).to(device),
                )
        except (RuntimeError, MemoryError) as error:
            if not is_short_of_memory(error):
                raise
            self._save()
            raise PretrainingError(
                f"There is not enough memory for {samples.numel() / 16_000:.0f} s of audio at once; "
                "lower optimisation.seconds_per_batch, raise optimisation.accumulation, and run the "
                "same command again to resume."
            ) from None
        return figures

    @torch.no_grad()
    def _measured(self) -> Measurement:
        """Measure on the held-out sound with the same masks each time; reported and logged."""
        self._module.eval()
        sums = Sums()
        for number, piece in enumerate(self._held_out):
            generator = np.random.default_rng((self._recipe.optimisation.seed, _VALIDATION, number))
            sums.add_figures(self._forward([piece], generator))
        found = sums.measurement()
        self._write_figures({f"validation_{name}": value for name, value in asdict(found).items()})
        self._report(f"step {self._state.step}: {found}")
        self._state.last = found
        return found

    def _tell(self, sums: Sums, rate: float) -> None:
        figures = {
            **sums.figures(),
            "learning_rate": rate,
            "gumbel_temperature": self._start.network.quantizer.temperature,
        }
        self._write_figures(figures)
        done = self._done()
        left = f", {duration(self._state.seconds * (1 - done) / done)} left" if done > 0 else ""
        self._report(
            f"step {self._state.step} ({done:.0%}{left}): "
            f"contrastive loss {figures['contrastive_loss']:.3f}, "
            f"{figures['contrastive_accuracy']:.1%} found, {figures['code_perplexity']:.0f} codes in use"
        )

    def _write_figures(self, figures: dict[str, float]) -> None:
        if self._log is not None:
            self._log.write(self._state.step, **figures)
        self._accelerator.log(
            {name.replace("_", "/", 1) if "validation" in name else f"train/{name}": value
             for name, value in figures.items()},
            step=self._state.step,
        )  # fmt: skip

    def _batches(self) -> Iterator[list[int]]:
        """This process's batches from the current step on."""
        lengths = [round(100 * piece.seconds) for piece in self._train]
        options = self._recipe.optimisation
        processes = self._accelerator.num_processes
        skip = self._state.step * options.accumulation * processes
        everybodys = endless_batches(
            lengths, [1.0] * len(lengths), options.seconds_per_batch, options.seed, skip
        )
        for number, batch in enumerate(everybodys):
            if number % processes == self._accelerator.process_index:
                yield batch

    def _save(self) -> None:
        if self._accelerator.is_main_process:
            self._state.save(self._work / STATE, self._start.network, self._optimiser)

    def _write(self) -> None:
        if not self._accelerator.is_main_process:
            return
        output = self._job.output
        try:
            with folder_aside(output, _ASIDE) as aside:
                write_checkpoint(self._start, aside)
                for path in sorted(aside.iterdir()):
                    os.replace(path, output / path.name)
        except OSError as error:
            raise PretrainingError(
                f"{output} cannot be written ({error.strerror or error}); free up disk space and run the "
                "same command again. The training progress is saved."
            ) from None
        (self._work / STATE).unlink(missing_ok=True)
        self._report(f"wrote {output}")


def _accelerator(recipe: PretrainingRecipe, work: Path) -> Any:
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.state import AcceleratorState

    AcceleratorState._reset_state()  # a process may train several times with different settings
    precision = recipe.optimisation.precision
    accelerator = Accelerator(
        mixed_precision="no" if precision == "none" else precision,
        log_with="tensorboard",
        project_dir=work,
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )
    if precision == "fp16" and accelerator.device.type == "cpu":
        raise PretrainingError("fp16 needs a graphics card; set optimisation.precision to bf16 or none.")
    accelerator.init_trackers("tensorboard")
    return accelerator


def _silence(line: str) -> None:
    """Reporter of the other processes, which stay silent."""
