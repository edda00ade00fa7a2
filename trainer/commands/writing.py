"""`asr-trainer train-writing` and `measure-pauses`: the network for punctuation and capitals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trainer.commands.options import (
    OUTPUT,
    RECOGNISER,
    TRAINING,
    Overrides,
    Recipe,
    positive_count,
    report,
)

if TYPE_CHECKING:
    pass


def train_writing(
    texts: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder of the texts that the recipe names.")
    ],
    *,
    output: Annotated[
        Path,
        typer.Option("--output", metavar="FOLDER", help="Model folder to write.", rich_help_panel=OUTPUT),
    ],
    work: Annotated[
        Path | None,
        typer.Option(
            "--work",
            metavar="FOLDER",
            help="Folder for prepared texts and checkpoints. Default: OUTPUT.work.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            parser=positive_count,
            metavar="COUNT",
            help="Number of processes that read the texts.",
            rich_help_panel=TRAINING,
        ),
    ] = 1,
    recipe: Recipe = None,
    overrides: Overrides = None,
) -> int:
    """Teach a small network marks and capitals from cased, punctuated texts.

    Run the same command again to resume after a stop.
    """
    from trainer.writing.training import corpus_of, read_recipe, vocabulary_of
    from trainer.writing.training import export as write_folder
    from trainer.writing.training import train as run

    settings = read_recipe(recipe, overrides or [])
    work = work or output.with_name(output.name + ".work")
    network = run(settings, texts, work, report, workers=workers)
    corpus = corpus_of(settings, texts, work, report, workers)
    write_folder(network, vocabulary_of(settings, corpus), corpus.spellings, settings.model, output)
    print(f"The model is in {output}.")
    return 0


def measure_pauses(
    speech: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER", help="Recordings with a manifest.tsv of transcripts."),
    ],
    *,
    writing: Annotated[
        Path,
        typer.Option(
            "--writing",
            metavar="FOLDER",
            help="Model folder that says where the marks are.",
            rich_help_panel=RECOGNISER,
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model", metavar="MODEL", help="Recogniser that finds the words.", rich_help_panel=RECOGNISER
        ),
    ] = "starter-en",
) -> int:
    """Measure how long people pause at commas, sentence ends and questions, for a writing recipe."""
    from asr_desktop.recognition.emissions import load_emissions
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.teaching.dataset import read_manifest
    from asr_desktop.writing.punctuation import Punctuator
    from trainer.writing.pauses import measure, timed_texts

    punctuator = Punctuator(writing)
    emissions = load_emissions(find_model(model))
    utterances = [utterance for folder in speech for utterance in read_manifest(folder)]
    print("[pauses]")
    for name, values in measure(timed_texts(utterances, emissions, report), punctuator).items():
        print(f"{'# ' if name == 'words' else ''}{name} = {list(values)}")
    return 0
