"""The commands of ``asr-trainer``: their options, and what each of them calls.

argparse rather than the app's command-line library: a training machine needs torch, transformers, accelerate,
numpy and soundfile, and nothing else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from trainer.command_line import PROGRAM, add_command, number_from_0, positive_count
from trainer.data_commands import add_commands as add_data_commands
from trainer.evaluation.commands import add_commands as add_evaluation_commands
from trainer.finetune.command import add_command as add_finetune_command
from trainer.finetune.command import run as run_finetune
from trainer.language_model_commands import add_commands as add_language_model_commands
from trainer.personalise.command import add_command as add_personalise_command
from trainer.pretraining.command import add_commands as add_pretraining_commands
from trainer.serving.commands import add_commands as add_serving_commands
from trainer.writing.command import add_commands as add_writing_commands


def parser() -> argparse.ArgumentParser:
    """The whole command line; what it parses has the command as `run`, a function that takes it all."""
    line = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Train and measure speech recognition models, and teach them your voice and words.",
        epilog=f"Run `{PROGRAM} COMMAND --help` for the options of a command and an example.",
    )
    commands = line.add_subparsers(required=True, metavar="COMMAND", dest="command", title="commands")
    add_finetune_command(commands).set_defaults(run=_train)
    _add_export(commands)
    add_data_commands(commands)
    add_evaluation_commands(commands)
    add_language_model_commands(commands)
    add_serving_commands(commands)
    add_pretraining_commands(commands)
    add_personalise_command(commands)
    add_writing_commands(commands)
    _add_synthesise(commands)
    return line


def _add_export(commands: Any) -> None:
    export = add_command(
        commands,
        "export",
        "convert a PyTorch checkpoint to a model folder (safetensors, ONNX, 8-bit ONNX)",
        example="export checkpoint --output my-model --dev dev.jsonl",
    )
    export.add_argument(
        "checkpoint", type=Path, metavar="CHECKPOINT", help="Hugging Face folder with PyTorch weights"
    )
    output = export.add_argument_group("output")
    output.add_argument(
        "--output", type=Path, metavar="FOLDER", help="model folder to write (default: CHECKPOINT itself)"
    )
    output.add_argument(
        "--language-model",
        type=Path,
        metavar="FOLDER",
        help="include the language model of this model folder",
    )
    output.add_argument("--float", action="store_true", help="keep model.onnx next to model.int8.onnx")
    quality = export.add_argument_group("8-bit quality")
    quality.add_argument(
        "--dev", type=Path, metavar="DATA", help="transcribed speech to measure the 8-bit model on"
    )
    quality.add_argument(
        "--int8-cost",
        type=number_from_0,
        default=1.0,
        metavar="ERRORS",
        help="drop the 8-bit model if it adds more errors per 100 words on --dev (default: %(default)g)",
    )
    export.set_defaults(run=_export)


def _add_synthesise(commands: Any) -> None:
    synthesise = add_command(
        commands,
        "synthesise",
        "create training data: speech synthesisers read books aloud",
        example="synthesise books.xz --output synthetic --sentences 20000 --workers 4",
    )
    synthesise.add_argument(
        "texts", type=Path, nargs="+", metavar="TEXT", help="xz-compressed text, one paragraph per line"
    )
    synthesise.add_argument(
        "--output", type=Path, required=True, metavar="FOLDER", help="folder to write the training data to"
    )
    synthesise.add_argument(
        "--sentences",
        type=positive_count,
        default=5000,
        metavar="COUNT",
        help="number of sentences to read (default: %(default)s)",
    )
    synthesise.add_argument(
        "--seed",
        type=int,
        default=1,
        help="random seed; the same seed gives the same data (default: %(default)s)",
    )
    synthesise.add_argument(
        "--workers",
        type=positive_count,
        default=1,
        metavar="COUNT",
        help="number of processes (default: %(default)s)",
    )
    synthesise.set_defaults(run=_synthesise)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# Each command imports what it needs when it runs: --help answers at once, without torch.


def _train(options: argparse.Namespace) -> int:
    return run_finetune(options, _report)


def _export(options: argparse.Namespace) -> int:
    from trainer.export import Int8Limit
    from trainer.export.folder import export

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

    from asr_desktop.teaching.dataset import DataError
    from trainer.synthesis import sentences, synthesise

    # Enough to choose from, so that the sentences come from many books and not from the first one.
    pool = list(itertools.islice(sentences(options.texts), 30 * options.sentences))
    if not pool:
        raise DataError("No sentences found in the texts; use books with one paragraph per line.")
    random.Random(options.seed).shuffle(pool)
    count = synthesise(pool[: options.sentences], options.output, options.seed, options.workers)
    _report(f"Wrote {count} sentences to {options.output}")
    return 0
