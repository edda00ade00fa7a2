"""`asr-trainer evaluate`, `compare`, `weigh` and `card`: models measured on transcribed speech."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from asr_desktop.commands.recognition_options import Providers
from trainer.commands.options import EXIT_NOT_BETTER, FiguresJson, number_from_0, report

_DECISION = "Decision"
_CARD = "Text of the card"

Model = Annotated[str, typer.Argument(metavar="MODEL", help="Installed model or model folder.")]
SpeechSets = Annotated[
    list[Path], typer.Argument(metavar="DATA", help="Transcribed speech in any supported layout.")
]
HeldOut = Annotated[
    Path,
    typer.Argument(metavar="DATA", help="Transcribed speech; it must not be part of the training data."),
]


def _data_name(place: Path) -> str:
    return place.name.removesuffix(".tar") or str(place)


def evaluate(
    model: Model,
    data: SpeechSets,
    language_model: Annotated[
        str | None,
        typer.Option(
            "--language-model",
            metavar="FILE|FOLDER|none",
            help="KenLM file or folder, or none. Default: the language model of MODEL.",
        ),
    ] = None,
    providers: Providers = None,
    as_json: FiguresJson = False,
) -> int:
    """Measure the word and character error rate of a model on transcribed speech."""
    from trainer.evaluation.comparison import evaluation_lines
    from trainer.evaluation.figures import evaluate as measured
    from trainer.evaluation.recognise import read_spoken

    results = [
        measured(
            model,
            read_spoken(place, report),
            data=_data_name(place),
            language_model=language_model,
            providers=providers or None,
            report=report,
        )
        for place in data
    ]
    if as_json:
        print(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join("\n".join(evaluation_lines(result)) for result in results))
    return 0


def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Model in use: installed model or folder.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Model that may replace it.")],
    data: Annotated[
        Path,
        typer.Argument(metavar="DATA", help="Your speech; it must not be part of the training data of NEW."),
    ],
    general: Annotated[
        Path | None,
        typer.Option(
            "--general",
            metavar="DATA",
            help="Speech of other people, to detect forgetting.",
            rich_help_panel=_DECISION,
        ),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin",
            parser=number_from_0,
            metavar="ERRORS",
            help="Additional errors per 100 words allowed on --general. Default: a fifth of the errors of "
            "OLD, at least 1.",
            rich_help_panel=_DECISION,
        ),
    ] = None,
    adopt: Annotated[
        str | None,
        typer.Option(
            "--adopt",
            metavar="NAME",
            help="If NEW is better, install it under this name.",
            rich_help_panel=_DECISION,
        ),
    ] = None,
    providers: Providers = None,
    as_json: FiguresJson = False,
) -> int:
    """Compare two models on the same speech, and adopt the new one if it is better.

    Exit code 3: --adopt was given and the new model is not better.
    """
    from asr_desktop.model_store.versions import add_version
    from asr_desktop.recognition.model_folder import find_model
    from trainer.evaluation.comparison import compare as compared
    from trainer.evaluation.comparison import comparison_lines, judge
    from trainer.evaluation.recognise import read_spoken

    before, after = find_model(old), find_model(new)
    sets = [data] + ([general] if general else [])
    comparisons = [
        compared(
            before.path,
            after.path,
            read_spoken(place, report),
            data=_data_name(place),
            providers=providers or None,
            report=report,
        )
        for place in sets
    ]
    others = comparisons[1] if general else None
    allowed = None if margin is None else margin / 100
    verdict = judge(comparisons[0], others, margin=allowed)
    adopted = None
    if adopt and verdict.offered:
        adopted = add_version(adopt, after.path, before=before.path)
    if as_json:
        result = {
            "personal": asdict(comparisons[0]),
            "general": asdict(others) if others else None,
            "verdict": asdict(verdict),
            "adopted": adopted.name if adopted else None,
        }
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        for comparison in comparisons:
            print("\n".join(comparison_lines(comparison)))
        print(verdict.sentence)
        if adopted:
            print(f"{adopt} is version {adopted.name} now. To go back: asr-trainer rollback {adopt}")
    return EXIT_NOT_BETTER if adopt and not verdict.offered else 0


def weigh(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="Installed model or model folder, with a language model."),
    ],
    data: HeldOut,
    write: Annotated[bool, typer.Option("--write", help="Store the weights in the model folder.")] = False,
    providers: Providers = None,
    as_json: FiguresJson = False,
) -> int:
    """Find the best language model weights (alpha, beta) for a voice."""
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.teaching.dataset import DataError
    from trainer.evaluation.decoder_weights import searched, write_weights
    from trainer.evaluation.decoder_weights import weigh as weighed_for
    from trainer.evaluation.recognise import read_spoken

    opened = find_model(model)
    weighed = weighed_for(opened, read_spoken(data, report), providers=providers or None)
    if weighed is None or opened.language_model is None:
        raise DataError(
            f"{opened.name} has no language model to tune; build one with asr-trainer language-model build."
        )
    if as_json:
        result = {
            "weights": searched(weighed.weights),
            "wer": weighed.errors.wer,
            "before": searched(weighed.before),
            "wer_before": weighed.errors_before.wer,
            "words": weighed.errors.words,
        }
        print(json.dumps(result, indent=1))
    else:
        print(weighed)
    if write:
        folder = opened.language_model.model_path.parent
        try:
            path = write_weights(folder, weighed.weights)
        except OSError as error:
            raise DataError(
                f"{folder} cannot be written to ({error.strerror}); work on a copy of the model."
            ) from None
        report(f"written: {path}")
    return 0


def card(
    model: Annotated[Path, typer.Argument(metavar="FOLDER", help="Model folder.")],
    data: Annotated[
        list[Path],
        typer.Argument(metavar="DATA", help="Transcribed speech; it must not be part of the training data."),
    ],
    before: Annotated[
        str | None,
        typer.Option("--before", metavar="MODEL", help="Original model, to compare with on the first DATA."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            metavar="CODE",
            help="Language of the model. Default: the one that it states.",
            rich_help_panel=_CARD,
        ),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            "--licence",
            metavar="ID",
            help="Licence of the weights, as on Hugging Face, such as cc-by-4.0. Default: none stated.",
            rich_help_panel=_CARD,
        ),
    ] = None,
    purpose: Annotated[
        str,
        typer.Option(
            "--purpose",
            metavar="TEXT",
            help="One sentence: what the model is for.",
            show_default=False,
            rich_help_panel=_CARD,
        ),
    ] = "",
    made_from: Annotated[
        list[str] | None,
        typer.Option(
            "--made-from",
            metavar="TEXT",
            help="One sentence: what speech or text it was made from, and its licence. Repeatable.",
            rich_help_panel=_CARD,
        ),
    ] = None,
    training: Annotated[
        list[str] | None,
        typer.Option(
            "--training",
            metavar="TEXT",
            help="One sentence: how it was trained. Repeatable.",
            rich_help_panel=_CARD,
        ),
    ] = None,
    limits: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            metavar="TEXT",
            help="One sentence: what it is not good for. Repeatable.",
            rich_help_panel=_CARD,
        ),
    ] = None,
    providers: Providers = None,
) -> int:
    """Measure a model and write its model card (README.md)."""
    from asr_desktop.recognition.model_folder import find_model
    from trainer.evaluation.comparison import comparison_of
    from trainer.evaluation.figures import figures_of
    from trainer.evaluation.recognise import read_spoken, recognise
    from trainer.model_card import CardFacts, write_card

    opened = find_model(model)
    evaluations, comparison = [], None
    for place in data:
        utterances = read_spoken(place, report)
        heard = recognise(opened.path, utterances, providers=providers or None, report=report)
        evaluations.append(figures_of(heard, utterances, _data_name(place)))
        if before and comparison is None:
            original = recognise(before, utterances, providers=providers or None, report=report)
            comparison = comparison_of(original, heard, utterances, _data_name(place))
    facts = CardFacts(
        name=opened.name,
        language=language or opened.language,
        licence=licence,
        purpose=purpose,
        base_model=before,
        data=made_from or [],
        training=training or [],
        limits=limits or [],
    )
    print(write_card(opened.path, facts, evaluations, comparison))
    return 0
