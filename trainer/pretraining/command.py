"""`asr-trainer pretrain SOUND… --from MODEL --output FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.command_line import add_command, add_recipe, positive_count, positive_number

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(commands: Commands) -> None:
    """Add the sub-command to argparse's `commands`."""
    parser = add_command(
        commands,
        "pretrain",
        "continue the self-supervised training of a wav2vec2 model on sound without transcripts",
        example="pretrain recordings --from facebook-wav2vec2-base --output pretrained --minutes 240",
        details="Run the same command again to resume after a stop.",
    )
    parser.add_argument(
        "sound", type=Path, nargs="+", metavar="SOUND", help="sound files, or folders with sound files"
    )
    parser.add_argument(
        "--from",
        dest="start",
        required=True,
        metavar="MODEL",
        help="pre-trained or fine-tuned wav2vec2 model",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="checkpoint to write")
    training = parser.add_argument_group("training")
    training.add_argument("--steps", type=positive_count, metavar="COUNT", help="train for this many steps")
    training.add_argument(
        "--minutes", type=positive_number, help="train for this long; the schedule is scaled to fit"
    )
    add_recipe(training, "trainer/recipes/pretrain.toml")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from trainer.finetune.command import StopAsked
    from trainer.pretraining.loop import PretrainingJob, pretrain
    from trainer.pretraining.network import PretrainingError
    from trainer.pretraining.options import read_pretraining_recipe

    if any(length is not None and length <= 0 for length in (options.steps, options.minutes)):
        raise PretrainingError("--steps and --minutes must be above 0.")
    start = Path(options.start)
    if not (start / "config.json").is_file():
        from asr_desktop.recognition.model_folder import find_model

        start = find_model(options.start).path
    job = PretrainingJob(
        sound=tuple(options.sound),
        start=start,
        output=options.output,
        recipe=read_pretraining_recipe(options.recipe, tuple(options.overrides)),
        steps=options.steps,
        minutes=options.minutes,
    )
    stop = StopAsked()
    with stop:
        result = pretrain(job, _report, stop)
    if not result.finished:
        _report(f"Stopped after {result.steps} steps. Run the same command again to resume.")
        return 130
    _report(f"Before: {result.before}; after: {result.after}")
    print(result.folder)
    return 0


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
