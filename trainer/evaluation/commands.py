"""`asr-trainer evaluate`, `compare`, `weigh`, `rollback` and `card`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.argument_types import number_from_0

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

NOT_OFFERED = 3
"""Exit code of `compare --adopt` where the new model does not pass the gate."""


def add_commands(commands: Commands) -> None:
    """Hang them into the trainer's command line."""
    evaluate = commands.add_parser(
        "evaluate", help="word and character error rates of a model on transcribed speech"
    )
    evaluate.add_argument("model", help="a model folder, or the name of an installed model")
    evaluate.add_argument("data", type=Path, nargs="+", help="transcribed speech in any of the usual layouts")
    evaluate.add_argument("--language-model", help='KenLM file or folder; "none" for none (the model\'s own)')
    _add_common(evaluate)
    evaluate.set_defaults(run=_evaluate)

    compare = commands.add_parser(
        "compare", help="two models on the same speech, and whether the new one is offered for use"
    )
    compare.add_argument("old", help="the model in use")
    compare.add_argument("new", help="the one that may take its place")
    compare.add_argument("data", type=Path, help="your own speech that the new one was not trained on")
    compare.add_argument("--general", type=Path, help="other people's speech, to catch forgetting")
    compare.add_argument(
        "--margin",
        type=number_from_0,
        help="more errors per 100 words allowed on --general (a fifth of the present ones, at least 1)",
    )
    compare.add_argument(
        "--adopt", metavar="NAME", help="where the new one is offered, use it as this model from now on"
    )
    _add_common(compare)
    compare.set_defaults(run=_compare)

    weigh = commands.add_parser(
        "weigh", help="find how much a model's language model counts for a voice (alpha, beta)"
    )
    weigh.add_argument(
        "model", help="a model folder with a language model, or the name of an installed model"
    )
    weigh.add_argument("data", type=Path, help="transcribed speech that the model was not trained on")
    weigh.add_argument("--write", action="store_true", help="decode this way from now on")
    _add_common(weigh)
    weigh.set_defaults(run=_weigh)

    rollback = commands.add_parser("rollback", help="use an earlier version of a model again")
    rollback.add_argument("name", help="a model of yours with versions")
    rollback.add_argument("--to", metavar="VERSION", help="which one (the one before the present one)")
    rollback.add_argument("--list", action="store_true", help="show the versions and change nothing")
    rollback.set_defaults(run=_rollback)

    card = commands.add_parser("card", help="write a model folder's README.md from measured figures")
    card.add_argument("model", type=Path, help="the model folder")
    card.add_argument("data", type=Path, nargs="+", help="transcribed speech that it was not trained on")
    card.add_argument(
        "--before", help="the model that it was made from, to compare with on the first of them"
    )
    card.add_argument("--language", help="of the model (en)")
    card.add_argument("--licence", help="of the weights, as the hub spells it (cc-by-4.0)")
    card.add_argument("--purpose", default="", help="a sentence on what the model is")
    for name, text in (
        ("made-from", "a sentence on its speech or text, with its licence"),
        ("training", "a sentence on how it was trained"),
        ("limit", "a sentence on what it is not good for"),
    ):
        card.add_argument(f"--{name}", action="append", default=[], help=f"{text} (repeatable)")
    card.add_argument("--provider", action="append", help=argparse.SUPPRESS)
    card.set_defaults(run=_card)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="all figures as JSON on standard output")
    parser.add_argument(
        "--provider",
        action="append",
        help="what runs the network: cpu, cuda, torch:cpu, torch:cuda … (repeatable)",
    )


def _evaluate(options: argparse.Namespace) -> int:
    from trainer.evaluation.figures import evaluate
    from trainer.evaluation.recognise import read_spoken
    from trainer.evaluation.report import evaluation_lines

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
    from asr_desktop.recognition.model_folder import find_model
    from trainer.evaluation.comparison import compare, judge
    from trainer.evaluation.recognise import read_spoken
    from trainer.evaluation.report import comparison_lines
    from trainer.evaluation.versions import add_version

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
                f"{options.adopt} is version {adopted.name} now; "
                f"asr-trainer rollback {options.adopt} goes back."
            )
    return NOT_OFFERED if options.adopt and not verdict.offered else 0


def _weigh(options: argparse.Namespace) -> int:
    from asr_desktop.recognition.model_folder import find_model
    from trainer.dataset import DataError
    from trainer.evaluation.decoder_weights import searched, weigh, write_weights
    from trainer.evaluation.recognise import read_spoken

    model = find_model(options.model)
    weighed = weigh(model, read_spoken(options.data, _report), providers=options.provider)
    if weighed is None or model.language_model is None:
        raise DataError(
            f"{model.name} has no language model to weigh; make one with asr-trainer language-model build."
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
    from trainer.evaluation.versions import current_version, list_versions, rollback

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
