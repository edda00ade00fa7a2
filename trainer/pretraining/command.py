"""`asr-trainer pretrain SOUND… --from MODEL --output FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.argument_types import positive_count, positive_number

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(commands: Commands) -> None:
    """Hang it into the trainer's command line."""
    parser = commands.add_parser(
        "pretrain", help="let a wav2vec2 listen to sound that nobody has transcribed; resumes by itself"
    )
    parser.add_argument("sound", type=Path, nargs="+", help="sound files, or folders with some")
    parser.add_argument(
        "--from", dest="start", required=True, metavar="MODEL", help="a pre-trained or fine-tuned wav2vec2"
    )
    parser.add_argument("--output", type=Path, required=True, help="the checkpoint to write")
    parser.add_argument("--recipe", type=Path, help="a TOML file, see trainer/recipes/pretrain.toml")
    parser.add_argument("--steps", type=positive_count, help="stop after so many steps")
    parser.add_argument(
        "--minutes", type=positive_number, help="stop after so long, the schedule bent to fit"
    )
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="TABLE.KEY=VALUE")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from trainer.finetune.command import StopAsked
    from trainer.pretraining.job import PretrainingJob
    from trainer.pretraining.loop import pretrain
    from trainer.pretraining.network import PretrainingError
    from trainer.pretraining.options import read_pretraining_recipe

    if any(length is not None and length <= 0 for length in (options.steps, options.minutes)):
        raise PretrainingError("The length has to be positive.")
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
        _report(f"Stopped after {result.steps} steps; the same command goes on from there.")
        return 130
    _report(f"before: {result.before}; now: {result.after}")
    print(result.folder)
    return 0


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
