"""The training, from top to bottom: sound, network, steps, measurements, checkpoint.

Everything random is drawn from the seed and the step's number, so a training that was killed goes on from its
last saved state to the same result.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.batching import endless_batches
from trainer.checkpoint import load_checkpoint, save_atomically
from trainer.finetune.progress import FigureLog, duration, never
from trainer.finetune.schedules import learning_rate
from trainer.pretraining.masking import draw_mask, draw_negatives
from trainer.pretraining.network import (
    PretrainingError,
    PretrainingStart,
    PretrainingStep,
    StepFigures,
    open_start,
    write_checkpoint,
)
from trainer.pretraining.options import PretrainingRecipe
from trainer.pretraining.sound import Piece, find_sound

STATE = "state.pt"
FIGURES = "figures.jsonl"
TRAINING_FOLDER = "training"
_NO_LIMIT = 10**8
_VALIDATION, _TRAINING = 1, 2  # kinds of draws that must not be the same


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
class Measurement:
    """On sound that was kept apart. accuracy: share of hidden frames told from all others. perplexity: how
    many codes are in use, over both code books.
    """

    loss: float
    accuracy: float
    perplexity: float

    def __str__(self) -> str:
        return (
            f"contrastive loss {self.loss:.3f}, {self.accuracy:.1%} of the hidden frames found, "
            f"{self.perplexity:.0f} codes in use"
        )


@dataclass(frozen=True)
class PretrainingResult:
    """finished: False when it was cancelled; the same job goes on from there."""

    folder: Path
    finished: bool
    steps: int
    before: Measurement
    after: Measurement


def pretrain(
    job: PretrainingJob, report: Callable[[str], None] = print, cancelled: Callable[[], bool] = never
) -> PretrainingResult:
    """Run the job, or go on with it where an earlier run was stopped or killed.

    :raises AsrDesktopError: whatever a person can mend, in a sentence.
    """
    recipe = job.recipe
    if job.steps is not None or job.minutes is not None:
        recipe = replace(recipe, schedule=replace(recipe.schedule, steps=job.steps or _NO_LIMIT))
    sound = find_sound(list(job.sound), recipe.sound, report)
    start = open_start(job.start, recipe, report)
    accelerator = _accelerator(recipe, job.output / TRAINING_FOLDER)
    return _Run(job, recipe, start, sound.train, sound.held_out, accelerator, report, cancelled).run()


class _Run:
    """The loop and what it remembers."""

    def __init__(
        self,
        job: PretrainingJob,
        recipe: PretrainingRecipe,
        start: PretrainingStart,
        train: Sequence[Piece],
        held_out: Sequence[Piece],
        accelerator: Any,
        report: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self._job, self._recipe, self._start = job, recipe, start
        self._train, self._held_out = train, held_out
        self._accelerator, self._cancelled = accelerator, cancelled
        self._report = report if accelerator.is_main_process else _silence
        self._work = job.output / TRAINING_FOLDER
        self._belongs_to = _belongs_to(start, recipe, train)
        options = recipe.optimisation
        parameters = [p for p in start.network.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(
            parameters,
            lr=recipe.schedule.learning_rate,
            betas=(0.9, options.beta2),
            eps=1e-6,
            weight_decay=options.weight_decay,
        )
        self._parameters = parameters
        self._module, self._optimiser = accelerator.prepare(PretrainingStep(start.network), optimiser)
        self._step, self._seconds = 0, 0.0
        self._before: Measurement | None = None
        self._last: Measurement | None = None

    def run(self) -> PretrainingResult:
        options = self._recipe.optimisation
        self._resume()
        log = FigureLog(self._work / FIGURES, self._step) if self._accelerator.is_main_process else None
        if self._before is None:
            self._before = self._measured(log)
        batches = self._batches()
        counted, total = time.monotonic(), _Sums()
        while self._done() < 1 and not self._cancelled():
            rate = learning_rate(self._done(), self._recipe.schedule)
            total.add(self._train_step(batches, rate))
            self._step += 1
            now = time.monotonic()
            self._seconds, counted = self._seconds + now - counted, now
            if self._step % options.log_every == 0:
                self._log(log, total, rate)
                total = _Sums()
            if self._step % options.evaluate_every == 0:
                self._measured(log)
            if self._step % options.save_every == 0:
                self._save()
        finished = self._done() >= 1
        if finished and self._step % options.evaluate_every:
            self._measured(log)
        self._save()
        if finished:
            self._write()
        self._accelerator.wait_for_everyone()
        self._accelerator.end_training()
        after = self._last or self._before
        return PretrainingResult(self._job.output, finished, self._step, self._before, after)

    def _done(self) -> float:
        """How much of the training lies behind, 0 … 1: by steps, or by time where that is further."""
        share = self._step / self._recipe.schedule.steps
        if self._job.minutes is not None:
            share = max(share, self._seconds / (60 * self._job.minutes))
        return min(1.0, share)

    def _train_step(self, batches: Iterator[list[int]], rate: float) -> _Sums:
        recipe, options = self._recipe, self._recipe.optimisation
        # All that is random in the network (dropout, Gumbel noise, dropped layers) comes from here.
        torch.manual_seed(options.seed * 1_000_003 + self._step)
        temperature = recipe.quantiser.temperature * recipe.quantiser.decay**self._step
        self._start.network.set_gumbel_temperature(max(recipe.quantiser.lowest, temperature))
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._module.train()
        sums = _Sums()
        for part in range(options.accumulation):
            numbers = next(batches)
            generator = np.random.default_rng((options.seed, _TRAINING, self._step, part, *numbers))
            figures = self._forward([self._train[number] for number in numbers], generator)
            loss = figures.loss / max(1, figures.frames)
            if not bool(torch.isfinite(loss)):
                raise PretrainingError(
                    f"The loss is no number any more at step {self._step}; lower schedule.learning_rate and "
                    f"start again: {self._work / STATE} is the last good state."
                )
            self._accelerator.backward(loss / options.accumulation)
            sums.add_figures(figures)
        self._accelerator.clip_grad_norm_(self._parameters, options.clip_norm)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return sums

    def _forward(self, pieces: Sequence[Piece], generator: np.random.Generator) -> StepFigures:
        samples = torch.from_numpy(_batch([piece.samples() for piece in pieces], self._start, generator))
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
        except RuntimeError as error:
            if "memory" not in str(error).lower():
                raise
            raise PretrainingError(
                f"There is too little memory for {samples.numel() / 16_000:.0f} s of sound at once; lower "
                "optimisation.seconds_per_batch and raise optimisation.accumulation."
            ) from error
        return figures

    @torch.no_grad()
    def _measured(self, log: FigureLog | None) -> Measurement:
        """On the sound that was kept apart, with the same masks each time; told and written down."""
        self._module.eval()
        sums = _Sums()
        for number, piece in enumerate(self._held_out):
            generator = np.random.default_rng((self._recipe.optimisation.seed, _VALIDATION, number))
            sums.add_figures(self._forward([piece], generator))
        found = Measurement(sums.mean("contrastive"), sums.mean("accuracy"), sums.mean("perplexity"))
        figures = {f"validation_{name}": value for name, value in asdict(found).items()}
        self._write_figures(log, figures)
        self._report(f"step {self._step}: {found}")
        self._last = found
        return found

    def _log(self, log: FigureLog | None, sums: _Sums, rate: float) -> None:
        figures = {
            "loss": sums.mean("loss"),
            "contrastive_loss": sums.mean("contrastive"),
            "diversity_loss": sums.mean("diversity"),
            "contrastive_accuracy": sums.mean("accuracy"),
            "code_perplexity": sums.mean("perplexity"),
            "learning_rate": rate,
            "gumbel_temperature": self._start.network.quantizer.temperature,
        }
        self._write_figures(log, figures)
        done = self._done()
        left = f", {duration(self._seconds * (1 - done) / done)} left" if done > 0 else ""
        self._report(
            f"step {self._step} ({done:.0%}{left}): contrastive loss {figures['contrastive_loss']:.3f}, "
            f"{figures['contrastive_accuracy']:.1%} found, {figures['code_perplexity']:.0f} codes in use"
        )

    def _write_figures(self, log: FigureLog | None, figures: dict[str, float]) -> None:
        if log is not None:
            log.write(self._step, **figures)
        self._accelerator.log(
            {name.replace("_", "/", 1) if "validation" in name else f"train/{name}": value
             for name, value in figures.items()},
            step=self._step,
        )  # fmt: skip

    def _batches(self) -> Iterator[list[int]]:
        """This process's batches, from the present step on."""
        lengths = [round(100 * piece.seconds) for piece in self._train]
        options = self._recipe.optimisation
        processes = self._accelerator.num_processes
        skip = self._step * options.accumulation * processes
        everybodys = endless_batches(
            lengths, [1.0] * len(lengths), options.seconds_per_batch, options.seed, skip
        )
        for number, batch in enumerate(everybodys):
            if number % processes == self._accelerator.process_index:
                yield batch

    def _resume(self) -> None:
        path = self._work / STATE
        if not path.is_file():
            return
        state = load_checkpoint(path)
        if state["belongs_to"] != self._belongs_to:
            raise PretrainingError(
                f"{self._work} holds a training that began with other sound, another model or other "
                "settings; name another output folder, or remove it."
            )
        self._start.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._step, self._seconds = int(state["step"]), float(state["seconds"])
        before, last = json.loads(state["measured"])
        self._before, self._last = Measurement(**before), Measurement(**last)
        self._report(f"going on at step {self._step}, after {duration(self._seconds)} of training")

    def _save(self) -> None:
        if not self._accelerator.is_main_process or self._before is None or self._last is None:
            return
        state = {
            "belongs_to": self._belongs_to,
            "step": self._step,
            "seconds": self._seconds,
            "measured": json.dumps([asdict(self._before), asdict(self._last)]),
            "network": self._start.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        save_atomically(state, self._work / STATE)

    def _write(self) -> None:
        if not self._accelerator.is_main_process:
            return
        output = self._job.output
        try:
            with tempfile.TemporaryDirectory(dir=output, prefix=".writing-") as aside:
                write_checkpoint(self._start, Path(aside))
                for path in sorted(Path(aside).iterdir()):
                    os.replace(path, output / path.name)
        except OSError as error:
            raise PretrainingError(
                f"{output} cannot be written ({error.strerror or error}); free some space and start the same "
                "command again, the training itself is saved."
            ) from None
        (self._work / STATE).unlink(missing_ok=True)
        self._report(f"wrote {output}")


class _Sums:
    """Figures added up over hidden frames."""

    def __init__(self) -> None:
        self._sums = dict.fromkeys(("loss", "contrastive", "diversity", "accuracy", "perplexity"), 0.0)
        self._frames = 0

    def add_figures(self, figures: StepFigures) -> None:
        for name in self._sums:
            value = getattr(figures, name)
            self._sums[name] += float(value.detach() if isinstance(value, torch.Tensor) else value)
        self._frames += figures.frames

    def add(self, other: _Sums) -> None:
        for name, value in other._sums.items():
            self._sums[name] += value
        self._frames += other._frames

    def mean(self, name: str) -> float:
        return self._sums[name] / max(1, self._frames)


def _batch(
    pieces: Sequence[NDArray[np.float32]], start: PretrainingStart, generator: np.random.Generator
) -> NDArray[np.float32]:
    """``[batch, n]``: cut at random to the shortest, because padding changes what group norm says."""
    length = min(map(len, pieces))
    rows = []
    for samples in pieces:
        begin = int(generator.integers(0, len(samples) - length + 1))
        row = samples[begin : begin + length]
        rows.append((row - row.mean()) / np.sqrt(row.var() + 1e-7) if start.do_normalize else row)
    return np.stack(rows).astype(np.float32)


def _belongs_to(start: PretrainingStart, recipe: PretrainingRecipe, train: Sequence[Piece]) -> str:
    """A hash of what a saved state cannot be moved away from; the length may be changed."""
    digest = hashlib.sha256()
    for name, tensor in sorted(start.network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.numpy().tobytes())
    settings = asdict(recipe)
    del settings["schedule"]
    pieces = [[piece.path.name, piece.start_seconds, piece.end_seconds] for piece in train]
    digest.update(json.dumps([settings, pieces]).encode())
    return digest.hexdigest()


def _accelerator(recipe: PretrainingRecipe, work: Path) -> Any:
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.state import AcceleratorState

    AcceleratorState._reset_state()  # a process may train more than once, with other settings
    precision = recipe.optimisation.precision
    accelerator = Accelerator(
        mixed_precision="no" if precision == "none" else precision,
        log_with="tensorboard",
        project_dir=work,
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )
    if precision == "fp16" and accelerator.device.type == "cpu":
        raise PretrainingError("fp16 needs a graphics card; set optimisation.precision to bf16, or to none.")
    accelerator.init_trackers("tensorboard")
    return accelerator


def _silence(line: str) -> None:
    """The other processes say nothing."""
