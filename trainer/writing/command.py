"""`asr-trainer train-writing` and `measure-pauses`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from trainer.command_line import add_command, add_recipe, positive_count


def add_commands(commands: Any) -> None:
    """Add the sub-commands to argparse's `commands`."""
    _add_train(commands)
    _add_measure(commands)


def _add_train(commands: Any) -> None:
    train = add_command(
        commands,
        "train-writing",
        "teach a small network marks and capitals from cased, punctuated texts",
        example="train-writing texts --recipe trainer/recipes/writing-en.toml --output my-writing",
        details="The same command again goes on after a stop.",
    )
    train.add_argument("texts", type=Path, metavar="FOLDER", help="folder of the texts that the recipe names")
    train.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="model folder to write")
    train.add_argument(
        "--work",
        type=Path,
        metavar="FOLDER",
        help="folder for prepared texts and checkpoints (default: OUTPUT.work)",
    )
    train.add_argument(
        "--workers",
        type=positive_count,
        default=1,
        metavar="COUNT",
        help="number of processes that read the texts (default: %(default)s)",
    )
    add_recipe(train.add_argument_group("recipe"), "trainer/recipes/writing-en.toml")
    train.set_defaults(run=_train)


def _add_measure(commands: Any) -> None:
    measure = add_command(
        commands,
        "measure-pauses",
        "measure how long people pause at commas, sentence ends and questions, for a writing recipe",
        example="measure-pauses librispeech-train-a --model starter-en --writing models/writing-en",
    )
    measure.add_argument(
        "speech", type=Path, nargs="+", metavar="FOLDER", help="recordings with a manifest.tsv of transcripts"
    )
    measure.add_argument(
        "--model", default="starter-en", help="recogniser that finds the words (default: %(default)s)"
    )
    measure.add_argument(
        "--writing",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="model folder that says where the marks are",
    )
    measure.set_defaults(run=_measure)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# Each command imports what it needs when it runs: --help answers at once, without torch.


def _train(options: argparse.Namespace) -> int:
    from trainer.writing.export import export
    from trainer.writing.training import corpus_of, read_recipe, train, vocabulary_of

    recipe = read_recipe(options.recipe, options.overrides)
    work = options.work or options.output.with_name(options.output.name + ".work")
    network = train(recipe, options.texts, work, _report, workers=options.workers)
    corpus = corpus_of(recipe, options.texts, work, _report, options.workers)
    export(network, vocabulary_of(recipe, corpus), corpus.spellings, recipe.model, options.output)
    print(f"The model is in {options.output}.")
    return 0


def _measure(options: argparse.Namespace) -> int:
    from asr_desktop.recognition.emissions import load_emissions
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.teaching.dataset import read_manifest
    from asr_desktop.writing.punctuation import Punctuator
    from trainer.writing.measured_pauses import measure, timed_texts

    punctuator = Punctuator(options.writing)
    model = load_emissions(find_model(options.model))
    utterances = [utterance for folder in options.speech for utterance in read_manifest(folder)]
    print("[pauses]")
    for name, values in measure(timed_texts(utterances, model, _report), punctuator).items():
        print(f"{'# ' if name == 'words' else ''}{name} = {list(values)}")
    return 0
