"""`asr-trainer personalise` and `rollback`: train a model on one voice, or go back to an earlier version."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asr_desktop.commands.terminal import EXIT_INTERRUPTED
from trainer.commands.options import (
    EXIT_NOT_BETTER,
    OUTPUT,
    LinesJson,
    Minutes,
    Overrides,
    Recipe,
    report,
)
from trainer.commands.training import StopAsked

if TYPE_CHECKING:
    from trainer.personalise import LearnJob


def personalise(
    data: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DATA",
            help="Your speech. Default: what you recorded and corrected in the program.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", help="Model to start from. Default: the selected model."),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Name of the new model.", rich_help_panel=OUTPUT)
    ] = "my-voice",
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt", help="Use the new model from now on if it is better.", rich_help_panel=OUTPUT
        ),
    ] = False,
    general: Annotated[
        Path | None,
        typer.Option(
            "--general",
            metavar="DATA",
            help="Speech of other people, to detect forgetting. Default: included samples.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    as_json: LinesJson = False,
    minutes: Minutes = None,
    recipe: Recipe = None,
    overrides: Overrides = None,
) -> int:
    """Teach the model your voice from your recordings and corrections, and measure the result.

    Run the same command again to resume after a stop. Exit code 3: the new model is not better.
    """
    from asr_desktop.model_store.selection import default_model, set_default_model
    from asr_desktop.model_store.versions import adopt as adopted
    from trainer.finetune.job import TrainingProgress
    from trainer.personalise import COMPARING, LearnJob, learn

    said = [""]

    def tell(progress: TrainingProgress) -> None:
        if as_json:
            print(json.dumps({"type": "progress", **asdict(progress)}, ensure_ascii=False), flush=True)
        elif progress.stage != COMPARING:
            report(str(progress))
        elif progress.done < 1.0 and progress.message != said[-1]:  # the verdict is printed as the result
            said.append(progress.message)
            report(str(progress))

    start = model or default_model()
    job = LearnJob(
        data=data or [],
        model=start,
        general=general,
        minutes=minutes,
        recipe=recipe,
        overrides=tuple(overrides or ()),
    )
    stop = StopAsked()
    with stop:
        learnt = learn(job, tell, stop)
    if not learnt.finished:
        _result(as_json, sentence=learnt.sentence, finished=False)
        return EXIT_INTERRUPTED
    assert learnt.verdict is not None
    assert learnt.folder is not None
    version = None
    if adopt and learnt.verdict.offered:
        version = adopted(learnt.folder, start, name)
        set_default_model(name)
    _result(
        as_json,
        sentence=learnt.sentence,
        finished=True,
        offered=learnt.verdict.offered,
        folder=str(learnt.folder) if version is None else str(version.folder),
        adopted=None if version is None else version.name,
    )
    if not as_json:
        if version is not None:
            print(f"{name} is now in use. To go back: asr-trainer rollback {name}")
        else:
            print(_what_next(job, learnt.folder, name, offered=learnt.verdict.offered))
    return 0 if learnt.verdict.offered else EXIT_NOT_BETTER


def _what_next(job: LearnJob, folder: Path, name: str, *, offered: bool) -> str:
    """The next steps that are suggested to the user."""
    from asr_desktop.teaching.own_voice import HELD_OUT_FILE, general_speech

    if offered:
        general = job.general or general_speech()
        command = ["asr-trainer", "compare", str(job.model), str(folder), str(job.home / HELD_OUT_FILE)]
        command += ["--general", str(general), "--adopt", name]
        return f"To use it from now on: {shlex.join(command)}"
    return (
        f"The new model is in {folder}. To try it: asr-desktop transcribe --model "
        f"{shlex.quote(str(folder))} FILE. To improve it, record more of your speech: asr-trainer record."
    )


def _result(as_json: bool, *, sentence: str, **figures: Any) -> None:
    if as_json:
        print(json.dumps({"type": "result", "sentence": sentence, **figures}, ensure_ascii=False), flush=True)
    else:
        print(sentence)


def rollback(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a model with versions.")],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSION", help="Version to use. Default: the previous one."),
    ] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List the versions and change nothing.")] = False,
) -> int:
    """Go back to an earlier version of a model."""
    from asr_desktop.model_store.versions import current_version, list_versions
    from asr_desktop.model_store.versions import rollback as go_back

    if only_list:
        current_version(name)  # raises an error for a model without versions
        for version in list_versions(name):
            mark = "in use" if version.is_current else ""
            print(f"{version.name}  {version.added:%Y-%m-%d %H:%M}  {mark}".rstrip())
        return 0
    version = go_back(name, to)
    print(f"{name} is version {version.name} now.")
    return 0
