"""`asr-trainer train`, `personalise`, `pretrain`, `export`, `train-writing` and `measure-pauses`."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer

from asr_desktop.commands.terminal import EXIT_INTERRUPTED
from trainer.commands.options import (
    OUTPUT,
    RECOGNISER,
    TRAINING,
    Folder,
    Minutes,
    Overrides,
    Recipe,
    Steps,
    number_from_0,
    positive_count,
    report,
)

_START = "Starting point"
_QUALITY = "8-bit quality"


class StopAsked:
    """The first Ctrl-C stops the training at the next consistent state; the second one stops it at once."""

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


def _folder_of(model: Path) -> Path:
    """The path of a folder, or of a model that the app finds by its name."""
    if model.is_dir():
        return model
    from asr_desktop.recognition.model_folder import find_model

    return find_model(model).path


# train


def train(
    speech: Annotated[
        Path | None, typer.Argument(metavar="DATA", help="Transcribed speech to train on.")
    ] = None,
    *,
    output: Folder,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="MODEL",
            help="Model folder, installed model or checkpoint to start from.",
            rich_help_panel=_START,
        ),
    ] = None,
    architecture: Annotated[
        Literal["deepspeech2"] | None,
        typer.Option(
            "--architecture",
            help="Train a new network of this kind from scratch; set its size with "
            "--set deepspeech2.gru_size=….",
            rich_help_panel=_START,
        ),
    ] = None,
    validation: Annotated[
        Path | None,
        typer.Option(
            "--validation",
            metavar="DATA",
            help="Transcribed speech to measure progress on. Default: part of DATA.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    minutes: Minutes = None,
    steps: Steps = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            parser=positive_count,
            metavar="COUNT",
            help="Number of processes that load and augment sound. Default: set in the recipe.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    recipe: Recipe = None,
    overrides: Overrides = None,
    keep_training: Annotated[
        bool,
        typer.Option(
            "--keep-training",
            help="Keep the checkpoints and the training state when training is done.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
) -> int:
    """Train a model on transcribed speech, starting from another model or from scratch.

    Run the same command again to resume after a stop.
    """
    from trainer.finetune.job import FinetuneError, FinetuneJob, finetune

    nothing_named = start is None and architecture is None and recipe is None
    if speech is None or nothing_named:
        raise FinetuneError(
            "Name the data and a starting model: asr-trainer train DATA --from MODEL --output FOLDER. "
            "To train a new network, use --architecture deepspeech2 instead of --from."
        )
    settings = list(overrides or ())
    if workers is not None:
        settings.append(f"data.loader_workers={workers}")
    if architecture is not None:
        settings.append(f"start.architecture={architecture}")
    job = FinetuneJob(
        data=speech,
        start=None if start is None else _folder_of(start),
        output=output,
        validation=validation,
        recipe=recipe,
        overrides=tuple(settings),
        steps=steps,
        minutes=minutes,
        keep_training=keep_training,
    )
    stop = StopAsked()
    with stop:
        result = finetune(job, on_progress=lambda progress: report(str(progress)), cancelled=stop)
    report(result.sentence)
    if result.finished:
        print(result.folder)
    return 0 if result.finished else EXIT_INTERRUPTED


# pretrain


def pretrain(
    sound: Annotated[
        list[Path], typer.Argument(metavar="SOUND", help="Sound files, or folders with sound files.")
    ],
    *,
    start: Annotated[
        Path,
        typer.Option(
            "--from",
            metavar="MODEL",
            help="Pre-trained or fine-tuned wav2vec2 model.",
            rich_help_panel=_START,
        ),
    ],
    output: Folder,
    steps: Steps = None,
    minutes: Minutes = None,
    recipe: Recipe = None,
    overrides: Overrides = None,
) -> int:
    """Continue the self-supervised training of a wav2vec2 model on sound without transcripts.

    Run the same command again to resume after a stop.
    """
    from trainer.pretraining.loop import PretrainingJob
    from trainer.pretraining.loop import pretrain as run
    from trainer.pretraining.options import read_pretraining_recipe

    if not (start / "config.json").is_file():
        from asr_desktop.recognition.model_folder import find_model

        start = find_model(start).path
    job = PretrainingJob(
        sound=tuple(sound),
        start=start,
        output=output,
        recipe=read_pretraining_recipe(recipe, tuple(overrides or ())),
        steps=steps,
        minutes=minutes,
    )
    stop = StopAsked()
    with stop:
        result = run(job, report, stop)
    if not result.finished:
        report(f"Stopped after {result.steps} steps. Run the same command again to resume.")
        return EXIT_INTERRUPTED
    report(f"Before: {result.before}; after: {result.after}")
    print(result.folder)
    return 0


# export


def export(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="Hugging Face folder with PyTorch weights.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FOLDER",
            help="Model folder to write. Default: CHECKPOINT itself.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    language_model: Annotated[
        Path | None,
        typer.Option(
            "--language-model",
            metavar="FOLDER",
            help="Include the language model of this model folder.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    keep_float: Annotated[
        bool,
        typer.Option("--float", help="Keep model.onnx next to model.int8.onnx.", rich_help_panel=OUTPUT),
    ] = False,
    dev: Annotated[
        Path | None,
        typer.Option(
            "--dev",
            metavar="DATA",
            help="Transcribed speech to measure the 8-bit model on.",
            rich_help_panel=_QUALITY,
        ),
    ] = None,
    int8_cost: Annotated[
        float,
        typer.Option(
            "--int8-cost",
            parser=number_from_0,
            metavar="ERRORS",
            help="Drop the 8-bit model if it adds more errors per 100 words on --dev.",
            rich_help_panel=_QUALITY,
        ),
    ] = 1.0,
) -> int:
    """Convert a PyTorch checkpoint to a model folder (safetensors, ONNX, 8-bit ONNX)."""
    from trainer.export import Int8Limit
    from trainer.export.folder import export as write_folder

    limit = None
    if dev:
        from trainer.evaluation.recognise import read_spoken

        limit = Int8Limit(read_spoken(dev), int8_cost / 100)
    print(
        write_folder(checkpoint, output, language_model, report, keep_float_onnx=keep_float, int8_limit=limit)
    )
    return 0


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
