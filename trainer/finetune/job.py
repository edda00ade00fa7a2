"""The interface of fine-tuning: job, progress and result; see :func:`finetune`."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.teaching.own_voice import read_figures
from asr_desktop.teaching.scoring import Score
from trainer.finetune.options import FinetuneRecipe

if TYPE_CHECKING:
    from trainer.finetune.output import StoredTraining  # imports PyTorch


# Progress during a training


STAGES = ("preparing", "caching", "training", "writing")


@dataclass(frozen=True)
class TrainingProgress:
    """The progress of a fine-tuning at one moment.

    stage: one of STAGES. done: share of the stage, 0 … 1. loss: smoothed CTC loss per letter. cer, wer: of
    the last evaluation, None before the first; before_cer, before_wer: of the model that it started from.
    seconds_left: estimate for the stage, None where there is none yet. message: a sentence for the log.
    """

    stage: str
    done: float
    message: str
    step: int = 0
    loss: float | None = None
    learning_rate: float | None = None
    cer: float | None = None
    wer: float | None = None
    best_cer: float | None = None
    best_wer: float | None = None
    before_cer: float | None = None
    before_wer: float | None = None
    seconds_left: float | None = None

    def __str__(self) -> str:
        return self.message


OnProgress = Callable[[TrainingProgress], None]


def nobody(progress: TrainingProgress) -> None:
    """A progress callback that does nothing."""


def never() -> bool:
    """A cancellation check that never cancels."""
    return False


def duration(seconds: float) -> str:
    """A duration as text for people.

    >>> duration(42), duration(200), duration(9000)
    ('42 s', '3 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class FigureLog:
    """The figures of a training as JSON lines, from its first step on; a resumed run continues after the last
    checkpoint of the run before.

    earlier: the rows of the runs before this one.
    """

    def __init__(self, path: Path, from_step: int) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.earlier = [row for row in read_figures(path) if row["step"] <= from_step]
        # Written atomically: a kill must not lose the figures of hours.
        write_text(path, "".join(json.dumps(row) + "\n" for row in self.earlier))

    def write(self, step: int, **figures: float) -> None:
        row = {"step": step, **{name: round(value, 6) for name, value in figures.items()}}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


# Reports the progress of a training to the log on disk, the trackers and the caller

LOGGED_EVERY = 10  # steps


class Teller:
    """Reports progress. In distributed training only the main process does; ``log`` is None in the others."""

    def __init__(
        self, state: StoredTraining, log: FigureLog | None, accelerator: Any, on_progress: OnProgress
    ) -> None:
        self._state = state
        self._log = log
        self._accelerator = accelerator
        self._on_progress = on_progress
        # A resumed training continues the smoothed loss without a jump.
        smoothed = [row["smoothed_loss"] for row in (log.earlier if log else ()) if "smoothed_loss" in row]
        self._loss: float | None = smoothed[-1] if smoothed else None
        self._rate: float | None = None
        self._done = 0.0
        self._left: float | None = None
        self._last_told = 0.0

    def stepped(self, loss: float, rate: float, done: float, seconds_left: float | None) -> None:
        """To be called after each step; reports every two seconds, logs every ten steps."""
        self._loss = loss if self._loss is None else 0.9 * self._loss + 0.1 * loss
        self._rate, self._done, self._left = rate, done, seconds_left
        step = self._state.step
        if step % LOGGED_EVERY == 0:
            if self._log is not None:
                self._log.write(step, loss=loss, smoothed_loss=self._loss, learning_rate=rate, done=done)
            self._accelerator.log({"train/loss": loss, "train/learning_rate": rate}, step=step)
        now = time.monotonic()
        if now - self._last_told >= 2.0 or done >= 1.0:
            self._last_told = now
            left = "" if seconds_left is None else f", {duration(seconds_left)} left"
            self._tell(f"step {step} ({done:.0%}{left}): loss {self._loss:.3f}")

    def evaluated(self, score: Score) -> None:
        """To be called after each measurement."""
        step = self._state.step
        if self._log is not None:
            self._log.write(step, cer=score.cer, wer=score.wer)
        self._accelerator.log({"validation/cer": score.cer, "validation/wer": score.wer}, step=step)
        before = self._state.before
        was = "" if before is None or before is score else f" (before: {before.wer:.1%}, {before.cer:.1%})"
        self._tell(f"step {step}: {score.wer:.1%} WER, {score.cer:.1%} CER{was}")

    def _tell(self, message: str) -> None:
        if not self._accelerator.is_main_process:
            return
        state = self._state
        last, best, before = state.last or state.before, state.best, state.before
        self._on_progress(
            TrainingProgress(
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


# Distributed training, and the trackers of figures and settings


def open_accelerator(recipe: FinetuneRecipe, work: Path) -> Any:
    """accelerate's object for this process, with no tracker begun yet.

    :raises FinetuneError: a tracker that is unknown or not installed.
    """
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.state import AcceleratorState
    from accelerate.tracking import LOGGER_TYPE_TO_CLASS, get_available_trackers
    from accelerate.utils import LoggerType

    # accelerate keeps its settings for the whole process; the window trains more than once in one.
    AcceleratorState._reset_state()
    precision = recipe.optimisation.precision
    # By the names of accelerate, and of whatever was registered there.
    of_accelerate = {str(kind.value) for kind in LoggerType} - {"all"}
    known = of_accelerate | {str(name) for name in LOGGER_TYPE_TO_CLASS}
    unknown = sorted(set(recipe.tracking.trackers) - known)
    if unknown:
        raise FinetuneError(
            f"tracking.trackers contains “{unknown[0]}”; choose from {', '.join(sorted(known))}."
        )
    # accelerate would ignore it silently.
    here = {str(kind.value) for kind in get_available_trackers()}
    missing = sorted(set(recipe.tracking.trackers) & of_accelerate - here)
    if missing:
        raise FinetuneError(
            f"tracking.trackers contains “{missing[0]}”, which is not installed; install its package, or "
            "remove it from the list."
        )
    return Accelerator(
        mixed_precision="no" if precision == "none" else precision,
        log_with=["tensorboard", *recipe.tracking.trackers],
        project_dir=work,
        # The mask embedding has no gradient in a batch without masks.
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )


def begin_trackers(recipe: FinetuneRecipe, accelerator: Any, step: int) -> None:
    """Start TensorBoard and the other trackers, with all settings; TensorBoard entries of a killed run after
    ``step`` are removed.
    """
    settings = {
        f"{table}.{name}": value if isinstance(value, (int, float, str, bool)) else str(value)
        for table, values in asdict(recipe).items()
        for name, value in values.items()
    }
    purge = {"tensorboard": {"purge_step": step + 1}} if step else {}
    accelerator.init_trackers("tensorboard", settings, init_kwargs=purge)


def write_recipe(recipe: FinetuneRecipe, work: Path, accelerator: Any) -> None:
    """Write all settings beside the checkpoints, so that the training can be repeated."""
    if not accelerator.is_main_process:
        return
    lines = []
    for table, values in asdict(recipe).items():
        lines += [f"[{table}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()), ""]
    work.mkdir(parents=True, exist_ok=True)
    (work / "recipe.toml").write_text("\n".join(lines), encoding="utf-8")


# Job and result


@dataclass(frozen=True)
class FinetuneJob:
    """Training data, start model and output folder.

    data: a data set as `teaching.data.read_dataset` reads it. start: a model folder, or a pre-trained
    checkpoint in the Hugging Face layout; None where the recipe names an architecture. output: the model
    folder to write; the state for resuming is in its ``training`` folder. validation: a data set to measure
    with; None = whole sessions or speakers of ``data``. recipe: a TOML file over the defaults. overrides:
    ``table.key=value`` over both. steps, minutes: the length; with both, whichever ends first. keep_training:
    leave the state and the checkpoints in place when it is finished.
    """

    data: Path
    start: Path | None
    output: Path
    validation: Path | None = None
    recipe: Path | None = None
    overrides: tuple[str, ...] = field(default=())
    steps: int | None = None
    minutes: float | None = None
    keep_training: bool = False


@dataclass(frozen=True)
class FinetuneResult:
    """The result of a fine-tuning.

    finished: False when it was cancelled; the same job resumes from there. Rates are greedy, on the
    validation speech (shares, not percent; NaN where
    it was stopped before the first measurement); before is the start model's rate. chosen: which weights the
    folder contains.
    """

    folder: Path
    finished: bool
    steps: int
    before_wer: float
    before_cer: float
    after_wer: float
    after_cer: float
    chosen: str

    @property
    def sentence(self) -> str:
        """The result as a sentence for the user."""
        if not self.finished:
            return f"Stopped after {self.steps} steps. Run the same command again to resume."
        if self.after_cer >= self.before_cer and self.after_wer >= self.before_wer:
            return (
                f"After {self.steps} steps the model is no better than the original on speech that was "
                f"set aside (word error rate {self.before_wer:.1%} before, {self.after_wer:.1%} now); "
                "add more or different speech."
            )
        return (
            f"Word error rate on speech that was set aside: {self.after_wer:.1%}, {self.before_wer:.1%} "
            f"before ({self.steps} steps, {self.chosen}); the model is in {self.folder}."
        )


def finetune(
    job: FinetuneJob,
    on_progress: OnProgress = nobody,
    cancelled: Callable[[], bool] = never,
) -> FinetuneResult:
    """Run the job, or resume it where an earlier run was stopped or killed.

    on_progress is called in the calling thread, every two seconds and at each measurement. cancelled is
    called before each step; if it returns True, the state is saved and the result is not ``finished``.

    :raises AsrDesktopError: errors that the user can fix, as a sentence.
    """
    from trainer.finetune.session import run

    try:
        return run(job, on_progress, cancelled)
    except (OSError, RuntimeError, MemoryError) as error:
        # Wherever it happens: in a step, during a measurement, in a log.
        sentence = shortage_sentence(error, job.output)
        if sentence is None:
            raise
        raise FinetuneError(sentence) from None


# Out of memory and full disk: recognising the errors of torch, Python and the system, and messages for the
# user

_MEMORY_SIGNS = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "ALLOC_FAILED",  # cuDNN and cuBLAS
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_short_of_memory(error: BaseException) -> bool:
    """Whether memory ran out; torch raises RuntimeError on a processor and a subclass of it on a graphics
    card."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _MEMORY_SIGNS)


def is_full_disk(error: BaseException) -> bool:
    """Whether the disk is full, or a quota or file size limit is reached."""
    return isinstance(error, OSError) and error.errno in _FULL


def shortage_sentence(error: BaseException, folder: Path) -> str | None:
    """The message for a training in ``folder`` that ran out of memory or disk; None for other errors."""
    if is_full_disk(error):
        return (
            f"The disk is full, so the training in {folder} cannot continue; free up disk space and run "
            "the same command again to resume from the last complete state."
        )
    if is_short_of_memory(error):
        return (
            "There is not enough memory for a whole recording; close other programs or leave out the "
            "longest recordings (data.most_seconds), and run the same command again."
        )
    return None


class FinetuneError(AsrDesktopError):
    """A fine-tuning that cannot start or continue; the message says what was saved."""


class OtherTrainingError(FinetuneError):
    """`folder` contains the state of another training, from which this one cannot resume."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} contains a training run with different data, a different model or different "
            "trainable parts; choose another output folder, or delete it."
        )
        self.folder = folder
