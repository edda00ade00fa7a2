"""`asr-trainer personalise`: teach the selected model your voice with one command."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.command_line import add_command as add_help
from trainer.command_line import add_recipe, positive_number
from trainer.finetune.command import StopAsked

if TYPE_CHECKING:
    from trainer.personalise.learning import LearnJob

NOT_OFFERED = 3
"""Exit code if the new model is not better."""


def add_command(commands: Any) -> None:
    """Add the sub-command to argparse's `commands`."""
    command = add_help(
        commands,
        "personalise",
        "teach the model your voice from your recordings and corrections, and measure the result",
        example="personalise my-recordings my-corrections --adopt",
        details="Run the same command again to resume after a stop. "
        f"Exit code {NOT_OFFERED}: the new model is not better.",
    )
    command.add_argument(
        "data",
        type=Path,
        nargs="*",
        metavar="DATA",
        help="your speech (default: what you recorded and corrected in the program)",
    )
    command.add_argument("--model", help="model to start from (default: the selected model)")
    result = command.add_argument_group("result")
    result.add_argument("--name", default="my-voice", help="name of the new model (default: %(default)s)")
    result.add_argument("--adopt", action="store_true", help="use the new model from now on if it is better")
    result.add_argument(
        "--general",
        type=Path,
        metavar="DATA",
        help="speech of other people, to detect forgetting (default: included samples)",
    )
    result.add_argument("--json", action="store_true", help="print progress and result as JSON lines")
    training = command.add_argument_group("training")
    training.add_argument("--minutes", type=positive_number, help="train for at most this long")
    add_recipe(training, "trainer/recipes/finetune-voice.toml")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 if the new model is better, 3 if it is not, 130 if training was stopped."""
    from asr_desktop.model_store.default import default_model, set_default_model
    from asr_desktop.model_store.versions import adopt
    from trainer.finetune.progress import TrainingProgress
    from trainer.personalise.learning import COMPARING, LearnJob, learn

    said = [""]

    def tell(progress: TrainingProgress) -> None:
        if options.json:
            print(json.dumps({"type": "progress", **asdict(progress)}, ensure_ascii=False), flush=True)
        elif progress.stage != COMPARING:
            print(progress, file=sys.stderr, flush=True)
        elif progress.done < 1.0 and progress.message != said[-1]:  # the verdict comes as the result
            said.append(progress.message)
            print(progress, file=sys.stderr, flush=True)

    model = options.model or default_model()
    job = LearnJob(
        data=options.data,
        model=model,
        general=options.general,
        minutes=options.minutes,
        recipe=options.recipe,
        overrides=tuple(options.overrides),
    )
    stop = StopAsked()
    with stop:
        learnt = learn(job, tell, stop)
    if not learnt.finished:
        _result(options, sentence=learnt.sentence, finished=False)
        return 130
    assert learnt.verdict is not None
    assert learnt.folder is not None
    version = None
    if options.adopt and learnt.verdict.offered:
        version = adopt(learnt.folder, model, options.name)
        set_default_model(options.name)
    _result(
        options,
        sentence=learnt.sentence,
        finished=True,
        offered=learnt.verdict.offered,
        folder=str(learnt.folder) if version is None else str(version.folder),
        adopted=None if version is None else version.name,
    )
    if not options.json:
        print(_what_next(options, job, model, learnt.folder, learnt.verdict.offered, version is not None))
    return 0 if learnt.verdict.offered else NOT_OFFERED


def _what_next(
    options: argparse.Namespace, job: LearnJob, model: str, folder: Path, offered: bool, adopted: bool
) -> str:
    """What a person can do with the result."""
    from asr_desktop.teaching.material import HELD_OUT_FILE, general_speech

    if adopted:
        return f"{options.name} is now in use. To go back: asr-trainer rollback {options.name}"
    if offered:
        general = job.general or general_speech()
        command = ["asr-trainer", "compare", str(model), str(folder), str(job.home / HELD_OUT_FILE)]
        command += ["--general", str(general), "--adopt", options.name]
        return f"To use it from now on: {shlex.join(command)}"
    return (
        f"The new model is in {folder}. To try it: asr-desktop transcribe --model "
        f"{shlex.quote(str(folder))} FILE. To improve it, record more of your speech: asr-trainer record."
    )


def _result(options: argparse.Namespace, *, sentence: str, **figures: Any) -> None:
    if options.json:
        print(json.dumps({"type": "result", "sentence": sentence, **figures}, ensure_ascii=False), flush=True)
    else:
        print(sentence)
