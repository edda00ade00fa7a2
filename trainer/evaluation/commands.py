"""`asr-trainer evaluate`, `compare`, `weigh`, `rollback` and `card`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.command_line import add_command, add_provider, number_from_0

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

NOT_OFFERED = 3
"""Exit code of `compare --adopt` if the new model is not better."""


def add_commands(commands: Commands) -> None:
    """Add the sub-commands to argparse's `commands`."""
    _add_evaluate(commands)
    _add_compare(commands)
    _add_weigh(commands)
    _add_rollback(commands)
    _add_card(commands)


def _add_evaluate(commands: Commands) -> None:
    evaluate = add_command(
        commands,
        "evaluate",
        "measure the word and character error rate of a model on transcribed speech",
        example="evaluate starter-en test.jsonl --language-model none",
    )
    evaluate.add_argument("model", metavar="MODEL", help="model folder, or name of an installed model")
    evaluate.add_argument(
        "data", type=Path, nargs="+", metavar="DATA", help="transcribed speech in any supported layout"
    )
    evaluate.add_argument(
        "--language-model",
        metavar="FILE|FOLDER|none",
        help="KenLM file or folder, or none (default: the language model of MODEL)",
    )
    _add_common(evaluate)
    evaluate.set_defaults(run=_evaluate)


def _add_compare(commands: Commands) -> None:
    compare = add_command(
        commands,
        "compare",
        "compare two models on the same speech, and adopt the new one if it is better",
        example="compare starter-en my-model held-out.jsonl --general others.jsonl --adopt my-voice",
        details=f"Exit code {NOT_OFFERED}: --adopt was given and the new model is not better.",
    )
    compare.add_argument("old", metavar="OLD", help="model in use: folder, or name of an installed model")
    compare.add_argument("new", metavar="NEW", help="model that may replace it")
    compare.add_argument(
        "data", type=Path, metavar="DATA", help="your speech; it must not be part of the training data of NEW"
    )
    decision = compare.add_argument_group("decision")
    decision.add_argument(
        "--general", type=Path, metavar="DATA", help="speech of other people, to detect forgetting"
    )
    decision.add_argument(
        "--margin",
        type=number_from_0,
        metavar="ERRORS",
        help="additional errors per 100 words allowed on --general (default: a fifth of the errors of OLD, "
        "at least 1)",
    )
    decision.add_argument("--adopt", metavar="NAME", help="if NEW is better, install it under this name")
    _add_common(compare)
    compare.set_defaults(run=_compare)


def _add_weigh(commands: Commands) -> None:
    weigh = add_command(
        commands,
        "weigh",
        "find the best language model weights (alpha, beta) for a voice",
        example="weigh my-model held-out.jsonl --write",
    )
    weigh.add_argument(
        "model",
        metavar="MODEL",
        help="model folder with a language model, or name of an installed model",
    )
    weigh.add_argument(
        "data", type=Path, metavar="DATA", help="transcribed speech; it must not be part of the training data"
    )
    weigh.add_argument("--write", action="store_true", help="store the weights in the model folder")
    _add_common(weigh)
    weigh.set_defaults(run=_weigh)


def _add_rollback(commands: Commands) -> None:
    rollback = add_command(
        commands,
        "rollback",
        "go back to an earlier version of a model",
        example="rollback my-voice",
    )
    rollback.add_argument("name", metavar="NAME", help="name of a model with versions")
    rollback.add_argument("--to", metavar="VERSION", help="version to use (default: the previous one)")
    rollback.add_argument("--list", action="store_true", help="list the versions and change nothing")
    rollback.set_defaults(run=_rollback)


def _add_card(commands: Commands) -> None:
    card = add_command(
        commands,
        "card",
        "measure a model and write its model card (README.md)",
        example="card my-model test.jsonl --before starter-en --licence cc-by-4.0",
    )
    card.add_argument("model", type=Path, metavar="FOLDER", help="model folder")
    card.add_argument(
        "data",
        type=Path,
        nargs="+",
        metavar="DATA",
        help="transcribed speech; it must not be part of the training data",
    )
    card.add_argument("--before", metavar="MODEL", help="original model, to compare with on the first DATA")
    text = card.add_argument_group("text of the card")
    text.add_argument("--language", metavar="CODE", help="language of the model (default: en)")
    text.add_argument(
        "--licence", metavar="ID", help="licence of the weights, as on Hugging Face (default: cc-by-4.0)"
    )
    text.add_argument("--purpose", default="", metavar="TEXT", help="one sentence: what the model is for")
    for name, content in (
        ("made-from", "what speech or text it was made from, and its licence"),
        ("training", "how it was trained"),
        ("limit", "what it is not good for"),
    ):
        text.add_argument(
            f"--{name}",
            action="append",
            default=[],
            metavar="TEXT",
            help=f"one sentence: {content} (repeatable)",
        )
    add_provider(card.add_argument_group("recogniser"))
    card.set_defaults(run=_card)


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_provider(parser.add_argument_group("recogniser"))
    parser.add_argument_group("output").add_argument(
        "--json", action="store_true", help="print all figures as JSON"
    )


def _evaluate(options: argparse.Namespace) -> int:
    from trainer.evaluation.comparison import evaluation_lines
    from trainer.evaluation.figures import evaluate
    from trainer.evaluation.recognise import read_spoken

    results = [
        evaluate(
            options.model,
            read_spoken(place, _report),
            data=_data_name(place),
            language_model=options.language_model,
            providers=options.provider,
            report=_report,
        )
        for place in options.data
    ]
    if options.json:
        print(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join("\n".join(evaluation_lines(result)) for result in results))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from asr_desktop.model_store.versions import add_version
    from asr_desktop.recognition.model_folder import find_model
    from trainer.evaluation.comparison import compare, comparison_lines, judge
    from trainer.evaluation.recognise import read_spoken

    old, new = find_model(options.old), find_model(options.new)
    sets = [options.data] + ([options.general] if options.general else [])
    comparisons = [
        compare(
            old.path,
            new.path,
            read_spoken(place, _report),
            data=_data_name(place),
            providers=options.provider,
            report=_report,
        )
        for place in sets
    ]
    general = comparisons[1] if options.general else None
    margin = None if options.margin is None else options.margin / 100
    verdict = judge(comparisons[0], general, margin=margin)
    adopted = None
    if options.adopt and verdict.offered:
        adopted = add_version(options.adopt, new.path, before=old.path)
    if options.json:
        result = {
            "personal": asdict(comparisons[0]),
            "general": asdict(general) if general else None,
            "verdict": asdict(verdict),
            "adopted": adopted.name if adopted else None,
        }
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        for comparison in comparisons:
            print("\n".join(comparison_lines(comparison)))
        print(verdict.sentence)
        if adopted:
            print(
                f"{options.adopt} is version {adopted.name} now. To go back: asr-trainer rollback "
                f"{options.adopt}"
            )
    return NOT_OFFERED if options.adopt and not verdict.offered else 0


def _weigh(options: argparse.Namespace) -> int:
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.teaching.dataset import DataError
    from trainer.evaluation.decoder_weights import searched, weigh, write_weights
    from trainer.evaluation.recognise import read_spoken

    model = find_model(options.model)
    weighed = weigh(model, read_spoken(options.data, _report), providers=options.provider)
    if weighed is None or model.language_model is None:
        raise DataError(
            f"{model.name} has no language model to tune; build one with asr-trainer language-model build."
        )
    if options.json:
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
    if options.write:
        folder = model.language_model.model_path.parent
        try:
            path = write_weights(folder, weighed.weights)
        except OSError as error:
            raise DataError(
                f"{folder} cannot be written to ({error.strerror}); work on a copy of the model."
            ) from None
        _report(f"written: {path}")
    return 0


def _rollback(options: argparse.Namespace) -> int:
    from asr_desktop.model_store.versions import current_version, list_versions, rollback

    if options.list:
        current_version(options.name)  # a model without versions is an error, not an empty list
        for version in list_versions(options.name):
            mark = "in use" if version.is_current else ""
            print(f"{version.name}  {version.added:%Y-%m-%d %H:%M}  {mark}".rstrip())
        return 0
    version = rollback(options.name, options.to)
    print(f"{options.name} is version {version.name} now.")
    return 0


def _card(options: argparse.Namespace) -> int:
    from asr_desktop.recognition.model_folder import find_model
    from trainer.evaluation.comparison import comparison_of
    from trainer.evaluation.figures import figures_of
    from trainer.evaluation.recognise import read_spoken, recognise
    from trainer.model_card import CardFacts, write_card

    model = find_model(options.model)
    evaluations, comparison = [], None
    for place in options.data:
        utterances = read_spoken(place, _report)
        heard = recognise(model.path, utterances, providers=options.provider, report=_report)
        evaluations.append(figures_of(heard, utterances, _data_name(place)))
        if options.before and comparison is None:
            before = recognise(options.before, utterances, providers=options.provider, report=_report)
            comparison = comparison_of(before, heard, utterances, _data_name(place))
    facts = CardFacts(
        name=model.name,
        language=options.language or model.language,
        licence=options.licence,
        purpose=options.purpose,
        base_model=options.before,
        data=options.made_from,
        training=options.training,
        limits=options.limit,
    )
    print(write_card(model.path, facts, evaluations, comparison))
    return 0


def _data_name(place: Path) -> str:
    return place.name.removesuffix(".tar") or str(place)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
