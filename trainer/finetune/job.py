"""The whole way from a data set and a model to a better model; see :func:`finetune`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trainer.finetune.errors import FinetuneError, shortage_sentence
from trainer.finetune.progress import OnProgress, never, nobody


@dataclass(frozen=True)
class FinetuneJob:
    """What to train, from what, and where to.

    data: a data set as `teaching.data.read_dataset` reads it. start: a model folder, or a pre-trained
    checkpoint in the Hugging Face layout; None where the recipe names an architecture. output: the model
    folder to write; what a killed training goes on with lies in its ``training`` folder. validation: a data
    set to measure with; None = whole sessions or speakers of ``data``. recipe: a TOML file over the defaults.
    overrides: ``table.key=value`` over both. steps, minutes: the length; with both, whatever ends first.
    keep_training: leave the state and the checkpoints in place when it is finished.
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
    """How it ended.

    finished: False when it was cancelled; the same job resumes from there. Rates are greedy, on the
    validation speech (shares, not percent; NaN where
    it was stopped before the first measurement); before is the start's. chosen says which weights the folder
    holds.
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
        """The result as a person wants to hear it."""
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
    """Run the job, or go on with it where an earlier run was stopped or killed.

    on_progress is called in the calling thread, every two seconds and at each measurement. cancelled is asked
    before each step; when it says so, the state is saved and the result is not ``finished``.

    :raises AsrDesktopError: whatever a person can mend, in a sentence.
    """
    from trainer.finetune.session import run

    try:
        return run(job, on_progress, cancelled)
    except (OSError, RuntimeError, MemoryError) as error:
        # Wherever it happens: at a step, while listening, in a log.
        sentence = shortage_sentence(error, job.output)
        if sentence is None:
            raise
        raise FinetuneError(sentence) from None
