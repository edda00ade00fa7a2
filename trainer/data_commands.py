"""`asr-trainer check`, `pairs` and `record`: training data looked over, cut out of corrections, recorded."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_desktop import DEFAULT_MODEL
from trainer.argument_types import positive_count, positive_number

if TYPE_CHECKING:
    from asr_desktop.audio.recorder import RecorderEvent


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

    pairs = commands.add_parser(
        "pairs", help="cut what was corrected or confirmed in transcripts into training pairs"
    )
    pairs.add_argument(
        "transcripts",
        type=Path,
        nargs="+",
        help="transcripts (.json), library folders, or with --text a session or sound file",
    )
    pairs.add_argument(
        "--output", type=Path, required=True, metavar="FOLDER", help="the data set to make or add to"
    )
    pairs.add_argument("--text", type=Path, help="a text file: what the one recording named really says")
    pairs.add_argument(
        "--all-segments",
        action="store_true",
        help="use segments that nobody corrected or confirmed as well; the model then learns its own errors",
    )
    pairs.add_argument("--speaker", help="who speaks where the transcript does not say")
    pairs.add_argument("--json", action="store_true", help="what came of it as JSON on standard output")
    _add_model(pairs, "who finds the words in the sound: a model folder or a name")
    pairs.set_defaults(run=_pairs)

    record = commands.add_parser("record", help="read sentences aloud to teach your voice")
    record.add_argument(
        "--output", type=Path, required=True, metavar="FOLDER", help="the data set to make or go on with"
    )
    record.add_argument("--text", type=Path, help="sentences of this text file instead of the program's own")
    record.add_argument("--language", default="en", help="of the program's own sentences (%(default)s)")
    record.add_argument("--speaker", default="me", help="a name for the voice (%(default)s)")
    record.add_argument("--minutes", type=positive_number, help="stop after so much speech was kept")
    record.add_argument("--device", help="a microphone of `asr-desktop devices` (default: the system's)")
    _add_model(record, "who listens whether the words were said: a model folder, a name, or none")
    record.set_defaults(run=_record)


def _add_model(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--model", default=DEFAULT_MODEL, help=f"{what} (%(default)s)")
    parser.add_argument("--threads", type=positive_count, help="of the model (default: one a core)")


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


def _pairs(options: argparse.Namespace) -> int:
    """Exit code 0 where pairs came of every transcript, 2 where one of them gave none."""
    from dataclasses import asdict

    from trainer.corrections import UnconfirmedError, align_correction, read_correction
    from trainer.data.reading import read_lines
    from trainer.dataset import DataError
    from trainer.listening import Listener
    from trainer.pair_folder import write_pairs

    if options.text is not None and len(options.transcripts) != 1:
        raise DataError("--text is the text of one recording; name just that one.")
    text = None if options.text is None else "\n".join(read_lines(options.text))
    listener = Listener(options.model, threads=options.threads)
    results = []
    is_lacking = False
    for source in options.transcripts:
        try:
            correction = read_correction(
                source,
                text=text,
                speaker=options.speaker,
                model=options.model,
                all_segments=options.all_segments,
            )
        except UnconfirmedError as error:
            _report(f"{error} (--all-segments uses them all the same.)")
            is_lacking = True
            continue
        pairs = align_correction(correction, listener, report=_report)
        write_pairs(correction.sound, pairs, options.output)
        results.append(pairs)
        for sentence in pairs.sentences():
            _report(sentence)
    if options.json:
        print(json.dumps([asdict(pairs) for pairs in results], ensure_ascii=False, indent=1))
    elif results:
        print(options.output)
    return 0 if all(pairs.kept for pairs in results) and not is_lacking else 2


def _record(options: argparse.Namespace) -> int:
    import shutil

    from asr_desktop.audio.recorder import Recorder
    from trainer.listening import Listener
    from trainer.wizard.microphone import TakeRecorder
    from trainer.wizard.prompts import own_prompts, read_prompts
    from trainer.wizard.terminal import record_in_terminal
    from trainer.wizard.wizard import Wizard

    listener = None if options.model == "none" else Listener(options.model, threads=options.threads)
    spelling = None if listener is None else listener.spelling
    if options.text:
        prompts = read_prompts(options.text, spelling)
    else:
        prompts = own_prompts(options.language, spelling)
    wizard = Wizard(options.output, prompts, listener, speaker=options.speaker)
    recorder = Recorder(options.device, folder=options.output / "recording", on_event=_tell_of_microphone)
    with recorder:
        record_in_terminal(wizard, TakeRecorder(recorder), input, print, minutes=options.minutes)
    # All takes that were kept lie beside it; what is in it besides is silence and slips of the tongue.
    shutil.rmtree(options.output / "recording", ignore_errors=True)
    return 0


def _tell_of_microphone(event: RecorderEvent) -> None:
    if event.message is not None:
        _report(event.message)
