"""`asr-trainer check`, `pairs` and `record`: training data looked over, cut out of corrections, recorded."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from asr_desktop import DEFAULT_MODEL


def add_commands(commands: Any) -> None:
    """Add the sub-commands to argparse's `commands`."""
    check = commands.add_parser(
        "check", help="look over training data: levels, noise, wrong transcripts, doubles"
    )
    check.add_argument(
        "data", type=Path, help="a folder, table, transcript or session of any layout that is known"
    )
    check.add_argument("--format", help="the layout, where it is not to be guessed")
    _add_model(check, "who listens whether the words were said: a model folder, a name, or none")
    check.add_argument("--json", action="store_true", help="everything as JSON on standard output")
    check.add_argument("--all", action="store_true", help="name every recording that something is wrong with")
    check.add_argument(
        "--output", type=Path, metavar="FILE", help="write the good recordings as a manifest (.jsonl)"
    )
    check.set_defaults(run=_check)


def _add_model(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--model", default=DEFAULT_MODEL, help=f"{what} (%(default)s)")
    parser.add_argument("--threads", type=int, help="of the model (default: one a core)")


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _check(options: argparse.Namespace) -> int:
    """Exit code 0 where there is something to train on, 2 where nothing is left."""
    from trainer.check import check_dataset
    from trainer.check.report import lines
    from trainer.data.splits import write_list
    from trainer.dataset import DataError
    from trainer.listening import Listener

    listener = None if options.model == "none" else Listener(options.model, threads=options.threads)
    report = check_dataset(options.data, format=options.format, listener=listener, report=_report)
    if options.output is not None:
        try:
            write_list(options.output, report.good)
        except OSError as error:
            raise DataError(
                f"{options.output} cannot be written ({error.strerror or error}); choose another place."
            ) from error
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in lines(report, most_items=len(report.findings) if options.all else 10):
            print(line)
        if options.output is not None:
            print(f"The good recordings are listed in {options.output}.")
    return 0 if report.good else 2
