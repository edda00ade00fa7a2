"""``asr-trainer train DATA --from MODEL --output FOLDER``: fine-tuning from the command line."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from trainer.command_line import add_command as add_help
from trainer.command_line import add_recipe, positive_count, positive_number
from trainer.deepspeech2 import ARCHITECTURE
from trainer.finetune.errors import FinetuneError
from trainer.finetune.job import FinetuneJob, finetune


def add_command(commands: Any) -> argparse.ArgumentParser:
    """Add `train` to argparse's `commands`."""
    train = add_help(
        commands,
        "train",
        "train a model on transcribed speech, starting from another model or from scratch",
        example="train recordings --from wav2vec2-base-960h --output my-model --minutes 60",
        details="Run the same command again to resume after a stop.",
    )
    train.add_argument("speech", type=Path, nargs="?", metavar="DATA", help="transcribed speech to train on")
    start = train.add_argument_group("starting point")
    start.add_argument(
        "--from",
        dest="start",
        type=Path,
        metavar="MODEL",
        help="model folder, installed model or checkpoint to start from",
    )
    start.add_argument(
        "--architecture",
        choices=(ARCHITECTURE,),
        help="train a new network of this kind from scratch (set its size with --set deepspeech2.gru_size=…)",
    )
    output = train.add_argument_group("output")
    output.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="model folder to write")
    output.add_argument(
        "--keep-training",
        action="store_true",
        help="keep the checkpoints and the training state when training is done",
    )
    training = train.add_argument_group("training")
    training.add_argument(
        "--validation",
        type=Path,
        metavar="DATA",
        help="transcribed speech to measure progress on (default: part of DATA)",
    )
    training.add_argument(
        "--minutes", type=positive_number, help="train for this long; the schedule is scaled to fit"
    )
    training.add_argument("--steps", type=positive_count, metavar="COUNT", help="train for this many steps")
    training.add_argument(
        "--workers",
        type=positive_count,
        metavar="COUNT",
        help="number of processes that load and augment sound (default: set in the recipe)",
    )
    add_recipe(train.add_argument_group("settings"), "trainer/recipes/finetune-new-language.toml")
    return train


def run(options: argparse.Namespace, report: Callable[[str], None]) -> int:
    """Fine-tune as the arguments say; Ctrl-C saves the state and stops.

    :raises FinetuneError: DATA is missing, or what to start from.
    """
    nothing_named = options.start is None and options.architecture is None and options.recipe is None
    if options.speech is None or nothing_named:
        raise FinetuneError(
            "Name the data and a starting model: asr-trainer train DATA --from MODEL --output FOLDER. "
            "To train a new network, use --architecture deepspeech2 instead of --from."
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
