"""`asr-trainer check`, `pairs` and `record`: check, create and record training data."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_desktop import DEFAULT_MODEL
from trainer.command_line import add_command, positive_count, positive_number

if TYPE_CHECKING:
    from asr_desktop.audio.recorder import RecorderEvent


def add_commands(commands: Any) -> None:
    """Add the sub-commands to argparse's `commands`."""
    _add_check(commands)
    _add_pairs(commands)
    _add_record(commands)


def _add_check(commands: Any) -> None:
    check = add_command(
        commands,
        "check",
        "check training data for bad levels, noise, wrong transcripts and duplicates",
        example="check recordings --output good.jsonl",
    )
    check.add_argument(
        "data",
        type=Path,
        metavar="DATA",
        help="folder, table, transcript or session in any supported layout",
    )
    check.add_argument("--format", metavar="LAYOUT", help="layout of DATA (default: detected)")
    _add_model(check, "recogniser that checks the transcripts", or_none=True)
    output = check.add_argument_group("output")
    output.add_argument("--all", action="store_true", help="list every recording with a problem")
    output.add_argument("--json", action="store_true", help="print the full report as JSON")
    output.add_argument(
        "--output", type=Path, metavar="FILE", help="write the good recordings to a manifest (.jsonl)"
    )
    check.set_defaults(run=_check)


def _add_pairs(commands: Any) -> None:
    pairs = add_command(
        commands,
        "pairs",
        "create training data from corrected or confirmed transcripts",
        example="pairs talk.json --output my-corrections",
    )
    pairs.add_argument(
        "transcripts",
        type=Path,
        nargs="+",
        metavar="TRANSCRIPT",
        help="transcript (.json) or library folder; with --text, one session or sound file",
    )
    pairs.add_argument(
        "--text", type=Path, metavar="FILE", help="text file with the exact words of the recording"
    )
    pairs.add_argument(
        "--all-segments",
        action="store_true",
        help="also use segments that nobody corrected or confirmed; the model then learns its own errors",
    )
    pairs.add_argument(
        "--speaker", metavar="NAME", help="speaker, for segments where the transcript names none"
    )
    pairs.add_argument(
        "--said-by", metavar="NAME", help="only what this speaker says, such as yourself in an interview"
    )
    _add_model(pairs, "recogniser that finds the times of the words")
    output = pairs.add_argument_group("output")
    output.add_argument(
        "--output", type=Path, required=True, metavar="FOLDER", help="data set to create or extend"
    )
    output.add_argument("--json", action="store_true", help="print the result as JSON")
    pairs.set_defaults(run=_pairs)


def _add_record(commands: Any) -> None:
    record = add_command(
        commands,
        "record",
        "record yourself reading sentences aloud, to teach the model your voice",
        example="record --output my-voice --minutes 10",
    )
    record.add_argument(
        "--output", type=Path, required=True, metavar="FOLDER", help="data set to create or continue"
    )
    record.add_argument("--minutes", type=positive_number, help="stop after this much accepted speech")
    record.add_argument("--speaker", default="me", metavar="NAME", help="speaker name (default: %(default)s)")
    record.add_argument(
        "--device",
        metavar="INPUT",
        help="microphone, see `asr-desktop devices` (default: the system default)",
    )
    sentences = record.add_argument_group("sentences")
    sentences.add_argument(
        "--text", type=Path, metavar="FILE", help="read the sentences of this text file instead"
    )
    sentences.add_argument(
        "--language",
        default="en",
        metavar="CODE",
        help="language of the built-in sentences (default: %(default)s)",
    )
    _add_model(record, "recogniser that checks each recording", or_none=True)
    record.set_defaults(run=_record)


def _add_model(parser: argparse.ArgumentParser, purpose: str, *, or_none: bool = False) -> None:
    group = parser.add_argument_group("recogniser")
    kinds = "model folder, installed model, or none" if or_none else "model folder or installed model"
    group.add_argument("--model", default=DEFAULT_MODEL, help=f"{purpose}: {kinds} (default: %(default)s)")
    group.add_argument(
        "--threads", type=positive_count, metavar="COUNT", help="processor threads (default: one per core)"
    )


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _check(options: argparse.Namespace) -> int:
    """Exit code 0 if there are good recordings, 2 if there are none."""
    from asr_desktop.teaching.check import check_dataset
    from asr_desktop.teaching.check.report import lines
    from asr_desktop.teaching.data.splits import write_list
    from asr_desktop.teaching.dataset import DataError
    from asr_desktop.teaching.listening import Listener

    listener = None if options.model == "none" else Listener(options.model, threads=options.threads)
    report = check_dataset(options.data, format=options.format, listener=listener, report=_report)
    if options.output is not None:
        try:
            write_list(options.output, report.good)
        except OSError as error:
            raise DataError(
                f"Cannot write {options.output} ({error.strerror or error}); choose another file."
            ) from error
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in lines(report, most_items=len(report.findings) if options.all else 10):
            print(line)
        if options.output is not None:
            print(f"Good recordings written to {options.output}.")
    return 0 if report.good else 2


def _pairs(options: argparse.Namespace) -> int:
    """Exit code 0 if every transcript gave pairs, 2 if one of them gave none."""
    from dataclasses import asdict

    from asr_desktop.teaching.corrections import UnconfirmedError, align_correction, read_correction
    from asr_desktop.teaching.data.reading import read_lines
    from asr_desktop.teaching.dataset import DataError
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.pair_folder import write_pairs

    if options.text is not None and len(options.transcripts) != 1:
        raise DataError("--text is for one recording; give only that recording.")
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
                said_by=options.said_by,
                model=options.model,
                all_segments=options.all_segments,
            )
        except UnconfirmedError as error:
            _report(f"{error} (Use --all-segments to include them anyway.)")
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
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.wizard.microphone import TakeRecorder
    from asr_desktop.teaching.wizard.prompts import own_prompts, read_prompts
    from asr_desktop.teaching.wizard.terminal import record_in_terminal
    from asr_desktop.teaching.wizard.wizard import Wizard

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
    # The accepted takes are stored outside of it; the rest is silence and rejected takes.
    shutil.rmtree(options.output / "recording", ignore_errors=True)
    return 0


def _tell_of_microphone(event: RecorderEvent) -> None:
    if event.message is not None:
        _report(event.message)
