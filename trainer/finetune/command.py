"""``asr-trainer train DATA --from MODEL --output FOLDER``: fine-tuning from the command line."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from trainer.deepspeech2 import ARCHITECTURE
from trainer.finetune.errors import FinetuneError
from trainer.finetune.job import FinetuneJob, finetune


def add_arguments(train: argparse.ArgumentParser) -> None:
    """What `train` takes for fine-tuning beside the arguments of training from scratch."""
    train.add_argument(
        "speech", type=Path, nargs="?", metavar="DATA", help="transcribed speech to fine-tune with"
    )
    train.add_argument(
        "--from",
        dest="start",
        type=Path,
        metavar="MODEL",
        help="the model folder or checkpoint to start from",
    )
    train.add_argument(
        "--architecture",
        choices=(ARCHITECTURE,),
        help="train a new network of this kind instead, from nothing (sizes: --set deepspeech2.gru_size=…)",
    )
    train.add_argument(
        "--validation", type=Path, help="transcribed speech to measure with (default: part of DATA)"
    )
    train.add_argument(
        "--keep-training", action="store_true", help="leave checkpoints and state when it is finished"
    )


def run(options: argparse.Namespace, report: Callable[[str], None]) -> int:
    """Fine-tune as the arguments say; Ctrl-C saves the state and stops.

    :raises FinetuneError: DATA is missing, or what to start from.
    """
    nothing_named = options.start is None and options.architecture is None and options.recipe is None
    if options.speech is None or nothing_named:
        raise FinetuneError(
            "Training needs speech and a model: asr-trainer train DATA --from MODEL --output FOLDER, or "
            "--architecture deepspeech2 in place of --from for a new network."
        )
    job = FinetuneJob(
        data=options.speech,
        start=None if options.start is None else _model(options.start),
        output=options.output,
        validation=options.validation,
        recipe=options.recipe,
        overrides=_overrides(options),
        steps=options.steps,
        minutes=options.minutes,
        keep_training=options.keep_training,
    )
    stop = StopAsked()
    with stop:
        result = finetune(job, on_progress=lambda progress: report(str(progress)), cancelled=stop)
    report(result.sentence)
    if result.finished:
        print(result.folder)
    return 0 if result.finished else 130


def _overrides(options: argparse.Namespace) -> tuple[str, ...]:
    overrides = list(options.overrides)
    if options.workers is not None:
        overrides.append(f"data.loader_workers={options.workers}")
    if options.architecture is not None:
        overrides.append(f"start.architecture={options.architecture}")
    return tuple(overrides)


def _model(name: Path) -> Path:
    """A folder as it is, or a model by its name, as the app finds it."""
    if name.is_dir():
        return name
    from asr_desktop.recognition.model_folder import find_model

    return find_model(name).path


class StopAsked:
    """The first Ctrl-C asks the training to stop where its state is whole; the second one insists."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> bool:
        return self._asked

    def __enter__(self) -> None:
        self._earlier = signal.signal(signal.SIGINT, self._ask)

    def __exit__(self, *exception: object) -> None:
        signal.signal(signal.SIGINT, self._earlier)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
