"""The commands of ``asr-trainer``: their options, and what each of them calls.

argparse rather than the app's command-line library: a training machine needs torch, transformers, accelerate,
numpy and soundfile, and nothing else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trainer.argument_types import number_from_0, positive_count, positive_number
from trainer.data_commands import add_commands as add_data_commands
from trainer.evaluation.commands import add_commands as add_evaluation_commands
from trainer.finetune.command import add_arguments as add_finetune_arguments
from trainer.finetune.command import run as run_finetune
from trainer.language_model.commands import add_commands as add_language_model_commands
from trainer.personalise.command import add_command as add_personalise_command
from trainer.pretraining.command import add_commands as add_pretraining_commands
from trainer.serving.commands import add_commands as add_serving_commands


def parser() -> argparse.ArgumentParser:
    """The whole command line; what it parses has the command as `run`, a function that takes it all."""
    line = argparse.ArgumentParser(prog="asr-trainer", description="Teach ASR Desktop a language or a voice.")
    commands = line.add_subparsers(required=True, metavar="COMMAND", dest="command")

    train = commands.add_parser(
        "train", help="teach a model with DATA, from another model or from nothing; resumes by itself"
    )
    add_finetune_arguments(train)
    train.add_argument("--recipe", type=Path, help="a TOML file, see trainer/recipes")
    train.add_argument("--output", type=Path, required=True, help="the model folder that comes out")
    train.add_argument("--minutes", type=positive_number, help="stop after so long, the schedule bent to fit")
    train.add_argument("--steps", type=positive_count, help="stop after so many steps")
    train.add_argument("--set", dest="overrides", action="append", default=[], metavar="TABLE.KEY=VALUE")
    train.add_argument(
        "--workers", type=positive_count, help="processes that read and augment the sound"
    )
    train.set_defaults(run=_train)

    export = commands.add_parser(
        "export", help="make a model folder (safetensors, ONNX, int8) of a checkpoint"
    )
    export.add_argument(
        "checkpoint", type=Path, help="a Hugging Face folder with PyTorch weights"
    )
    export.add_argument("--output", type=Path, help="the model folder to write (default: the folder itself)")
    export.add_argument("--language-model", type=Path, help="a folder with language_model/ to put beside it")
    export.add_argument("--float", action="store_true", help="keep model.onnx beside model.int8.onnx")
    export.add_argument("--dev", type=Path, help="transcribed speech that 8 bits are measured on")
    export.add_argument(
        "--int8-cost",
        type=number_from_0,
        default=1.0,
        help="errors per 100 words that 8 bits may cost on it (1)",
    )
    export.set_defaults(run=_export)

    add_data_commands(commands)
    add_evaluation_commands(commands)
    add_language_model_commands(commands)
    add_serving_commands(commands)
    add_pretraining_commands(commands)
    add_personalise_command(commands)

    synthesise = commands.add_parser(
        "synthesise", help="let speech synthesisers read books into a training pack"
    )
    synthesise.add_argument("texts", type=Path, nargs="+", help="xz-packed text, a paragraph a line")
    synthesise.add_argument("--output", type=Path, required=True)
    synthesise.add_argument("--sentences", type=positive_count, default=5000)
    synthesise.add_argument("--seed", type=int, default=1)
    synthesise.add_argument("--workers", type=positive_count, default=1)
    synthesise.set_defaults(run=_synthesise)
    return line


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# Each command imports what it needs when it runs: --help answers at once, without torch.


def _train(options: argparse.Namespace) -> int:
    return run_finetune(options, _report)


def _export(options: argparse.Namespace) -> int:
    from trainer.export import Int8Limit
    from trainer.export.run import export

    limit = None
    if options.dev:
        from trainer.evaluation.recognise import read_spoken

        limit = Int8Limit(read_spoken(options.dev), options.int8_cost / 100)
    print(
        export(
            options.checkpoint,
            options.output,
            options.language_model,
            _report,
            keep_float_onnx=options.float,
            int8_limit=limit,
        )
    )
    return 0


def _synthesise(options: argparse.Namespace) -> int:
    import itertools
    import random

    from trainer.dataset import DataError
    from trainer.synthesis import sentences, synthesise

    # Enough to choose from, so that the sentences come from many books and not from the first one.
    pool = list(itertools.islice(sentences(options.texts), 30 * options.sentences))
    if not pool:
        raise DataError("The texts hold no sentence to read aloud; name books with a paragraph a line.")
    random.Random(options.seed).shuffle(pool)
    count = synthesise(pool[: options.sentences], options.output, options.seed, options.workers)
    _report(f"{count} sentences in {options.output}")
    return 0
