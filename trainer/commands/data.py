"""`asr-trainer record`, `pairs`, `check` and `synthesise`: recording, making and checking training data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.commands.options import Device
from asr_desktop.commands.recognition_options import Threads
from trainer.commands.options import OUTPUT, RECOGNISER, positive_count, positive_number, report

if TYPE_CHECKING:
    from asr_desktop.audio.recorder import RecorderEvent
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.wizard.takes import TakeCheck, TakeRecorder
    from asr_desktop.teaching.wizard.wizard import Wizard

SENTENCES = "Sentences"

JudgingModel = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="Recogniser that checks the recordings: installed model, model folder, or none.",
        rich_help_panel=RECOGNISER,
    ),
]


def record(
    *,
    output: Annotated[
        Path, typer.Option("--output", metavar="FOLDER", help="Data set to create or continue.")
    ],
    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes",
            parser=positive_number,
            metavar="MINUTES",
            help="Stop after this much accepted speech.",
        ),
    ] = None,
    speaker: Annotated[str, typer.Option("--speaker", metavar="NAME", help="Name of the speaker.")] = "me",
    device: Device = None,
    text: Annotated[
        Path | None,
        typer.Option(
            "--text",
            metavar="FILE",
            help="Read the sentences of this text file instead.",
            rich_help_panel=SENTENCES,
        ),
    ] = None,
    language: Annotated[
        str,
        typer.Option(
            "--language",
            metavar="CODE",
            help="Language of the built-in sentences.",
            rich_help_panel=SENTENCES,
        ),
    ] = "en",
    model: JudgingModel = DEFAULT_MODEL,
    threads: Threads = None,
) -> int:
    """Record yourself reading sentences aloud, to teach the model your voice.

    Run the same command again to continue.
    """
    import shutil

    from asr_desktop.audio.recorder import Recorder
    from asr_desktop.teaching.wizard.prompts import own_prompts, read_prompts
    from asr_desktop.teaching.wizard.takes import TakeRecorder
    from asr_desktop.teaching.wizard.wizard import Wizard

    listener = _listener(model, threads)
    spelling = None if listener is None else listener.spelling
    prompts = read_prompts(text, spelling) if text else own_prompts(language, spelling)
    wizard = Wizard(output, prompts, listener, speaker=speaker)
    recorder = Recorder(device, folder=output / "recording", on_event=_tell_of_microphone)
    with recorder:
        record_in_terminal(wizard, TakeRecorder(recorder), input, print, minutes=minutes)
    # The accepted takes are stored elsewhere; the rest is silence and rejected takes.
    shutil.rmtree(output / "recording", ignore_errors=True)
    return 0


def _tell_of_microphone(event: RecorderEvent) -> None:
    if event.message is not None:
        report(event.message)


def _listener(model: str, threads: int | None) -> Listener | None:
    from asr_desktop.teaching.listening import Listener

    return None if model == "none" else Listener(model, threads=threads)


def record_in_terminal(
    wizard: Wizard,
    takes: TakeRecorder,
    ask: Callable[[str], str],
    say: Callable[[str], None],
    *,
    minutes: float | None = None,
) -> None:
    """The wizard in a terminal: a sentence, Enter, read it, Enter; until all are read, `minutes` of speech
    are kept, or the person stops. ask: shows a line and gives what was typed, or raises EOFError.

    Raises RecordingError where the microphone is gone, DataError where a take cannot be stored.
    """
    try:
        while wizard.prompt is not None:
            progress = wizard.progress
            if minutes is not None and progress.seconds >= 60 * minutes:
                break
            say("")
            say(f"[{progress.takes} kept, {progress.seconds / 60:.1f} min]   {wizard.prompt}")
            answer = ask("Enter: begin · s: another sentence · q: stop > ").strip().lower()
            if answer == "q":
                break
            if answer == "s":
                wizard.skip()
                continue
            _read_one(wizard, takes, ask, say)
    except EOFError:
        pass  # the end of input is a way to stop
    finally:
        takes.cancel()
    say(_summary(wizard))


def _read_one(
    wizard: Wizard, takes: TakeRecorder, ask: Callable[[str], str], say: Callable[[str], None]
) -> None:
    takes.begin()
    ask("Recording … Enter: done > ")
    samples = takes.end()
    check = wizard.check(samples)
    for problem in check.problems:
        say(f"  {problem.sentence}")
    if check.is_good and not check.problems:
        wizard.keep(samples, check)
        say(f"  Kept.{_heard(check)}")
        return
    default, other = ("keep", "again") if check.is_good else ("again", "keep")
    answer = ask(f"Enter: {default} · {other[0]}: {other} all the same > ").strip().lower()
    if (answer or default[0])[0] == "k":
        wizard.keep(samples, check)
        say("  Kept.")


def _heard(check: TakeCheck) -> str:
    if check.heard is None:
        return ""
    right = max(0.0, 1.0 - check.heard.letter_errors)
    return f" The model recognised {right:.0%} of it correctly."


def _summary(wizard: Wizard) -> str:
    progress = wizard.progress
    said = (
        f"{progress.takes} takes, {progress.seconds / 60:.1f} min in {wizard.folder}. Run the same "
        "command again to continue."
    )
    hardest = [letter for letter, _ in wizard.coverage.hardest(5)]
    return said + (f" Hardest letters for the model: {' '.join(hardest)}" if hardest else "")


def pairs(
    transcripts: Annotated[
        list[Path],
        typer.Argument(
            metavar="TRANSCRIPT",
            help="Transcripts (.json) or library folders; with --text, one session or sound file.",
        ),
    ],
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", metavar="FOLDER", help="Data set to create or extend.", rich_help_panel=OUTPUT
        ),
    ],
    text: Annotated[
        Path | None,
        typer.Option("--text", metavar="FILE", help="Text file with the exact words of the recording."),
    ] = None,
    all_segments: Annotated[
        bool,
        typer.Option(
            "--all-segments",
            help="Also use segments that nobody corrected or confirmed; the model learns its own errors.",
        ),
    ] = False,
    speaker: Annotated[
        str | None,
        typer.Option(
            "--speaker", metavar="NAME", help="Speaker, for segments where the transcript names none."
        ),
    ] = None,
    said_by: Annotated[
        str | None,
        typer.Option(
            "--said-by",
            metavar="NAME",
            help="Only what this speaker says, such as yourself in an interview.",
        ),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="Recogniser that finds the times of the words: installed model or model folder.",
            rich_help_panel=RECOGNISER,
        ),
    ] = DEFAULT_MODEL,
    threads: Threads = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON.", rich_help_panel=OUTPUT)
    ] = False,
) -> int:
    """Create training data from corrected or confirmed transcripts.

    Exit code 2: a transcript gave no training data.
    """
    from dataclasses import asdict

    from asr_desktop.teaching.corrections import UnconfirmedError, align_correction, read_correction
    from asr_desktop.teaching.data.reading import read_lines
    from asr_desktop.teaching.dataset import DataError
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.pair_folder import write_pairs

    if text is not None and len(transcripts) != 1:
        raise DataError("--text is for one recording; give only that recording.")
    words = None if text is None else "\n".join(read_lines(text))
    listener = Listener(model, threads=threads)
    results = []
    is_lacking = False
    for source in transcripts:
        try:
            correction = read_correction(
                source, text=words, speaker=speaker, said_by=said_by, model=model, all_segments=all_segments
            )
        except UnconfirmedError as error:
            report(f"{error} (Use --all-segments to include them anyway.)")
            is_lacking = True
            continue
        made = align_correction(correction, listener, report=report)
        write_pairs(correction.sound, made, output)
        results.append(made)
        for sentence in made.sentences():
            report(sentence)
    if as_json:
        print(json.dumps([asdict(made) for made in results], ensure_ascii=False, indent=1))
    elif results:
        print(output)
    return 0 if all(made.kept for made in results) and not is_lacking else 2


def check(
    data: Annotated[
        Path,
        typer.Argument(metavar="DATA", help="Folder, table, transcript or session in any supported layout."),
    ],
    layout: Annotated[
        str | None, typer.Option("--format", metavar="LAYOUT", help="Layout of DATA. Default: detected.")
    ] = None,
    model: JudgingModel = DEFAULT_MODEL,
    threads: Threads = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Write the good recordings to a manifest (.jsonl).",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    list_all: Annotated[
        bool,
        typer.Option("--all", help="List every recording with a problem.", rich_help_panel=OUTPUT),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the full report as JSON.", rich_help_panel=OUTPUT)
    ] = False,
) -> int:
    """Check training data for bad levels, noise, wrong transcripts and duplicates.

    Exit code 2: there are no good recordings.
    """
    from asr_desktop.teaching.check import check_dataset
    from asr_desktop.teaching.check.report import lines
    from asr_desktop.teaching.data.splits import write_list
    from asr_desktop.teaching.dataset import DataError

    found = check_dataset(data, format=layout, listener=_listener(model, threads), report=report)
    if output is not None:
        try:
            write_list(output, found.good)
        except OSError as error:
            raise DataError(
                f"Cannot write {output} ({error.strerror or error}); choose another file."
            ) from error
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in lines(found, most_items=len(found.findings) if list_all else 10):
            print(line)
        if output is not None:
            print(f"Good recordings written to {output}.")
    return 0 if found.good else 2


def synthesise(
    texts: Annotated[
        list[Path], typer.Argument(metavar="TEXT", help="xz-compressed texts, one paragraph per line.")
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", metavar="FOLDER", help="Folder to write the training data to.")
    ],
    count: Annotated[
        int,
        typer.Option(
            "--sentences", parser=positive_count, metavar="COUNT", help="Number of sentences to read."
        ),
    ] = 5000,
    seed: Annotated[int, typer.Option("--seed", help="Random seed; the same seed gives the same data.")] = 1,
    workers: Annotated[
        int,
        typer.Option("--workers", parser=positive_count, metavar="COUNT", help="Number of processes."),
    ] = 1,
) -> int:
    """Create training data: speech synthesisers read books aloud."""
    import itertools
    import random

    from asr_desktop.teaching.dataset import DataError
    from trainer.synthesis import sentences
    from trainer.synthesis import synthesise as read_aloud

    # Draw from a larger set, so that the sentences come from many books and not only the first one.
    pool = list(itertools.islice(sentences(texts), 30 * count))
    if not pool:
        raise DataError("No sentences found in the texts; use books with one paragraph per line.")
    random.Random(seed).shuffle(pool)
    written = read_aloud(pool[:count], output, seed, workers)
    report(f"Wrote {written} sentences to {output}")
    return 0
