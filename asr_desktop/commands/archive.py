"""`asr-desktop archive`: whole folders of recordings, on all cores or on many machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import messages
from asr_desktop.commands import options
from asr_desktop.commands.recognition_options import (
    MOST_THREADS,
    BeamOptions,
    Model,
    RecognitionOptions,
    RuntimeOptions,
    SpeechOptions,
    model_choice,
)
from asr_desktop.commands.terminal import EXIT_INTERRUPTED, Interruption, shown_progress

if TYPE_CHECKING:
    from asr_desktop.archive.outcome import ArchiveOptions, Outcome
    from asr_desktop.archive.recordings import Plan

_WHERE = "Where it runs"


@options.grouped
def archive(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER", help="Folders with sound and video files, or files.", readable=False
        ),
    ],
    output_dir: Annotated[
        Path,
        typer.Option(
            "--output-dir",
            metavar="FOLDER",
            help="Output folder. Give the same one again to go on after an interruption.",
            file_okay=False,
        ),
    ],
    formats: options.Formats = None,
    references: Annotated[
        list[Path] | None,
        typer.Option(
            "--references",
            metavar="TABLE",
            help="Table (tsv, csv, jsonl) with the columns file and transcript, to measure the word error "
            "rate. Repeatable. Texts next to the recordings are found without it.",
        ),
    ] = None,
    redo: Annotated[
        bool, typer.Option("--redo", help="Transcribe everything again, for instance with another model.")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Replace transcripts that this command did not write or that were corrected."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            min=1,
            max=MOST_THREADS,
            help="Files to transcribe at the same time. Default: one per core; one with a graphics card.",
            rich_help_panel=_WHERE,
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="ADDRESS",
            help="Use the machines of a Ray cluster: HOST:PORT, or auto for the one of this machine.",
            rich_help_panel=_WHERE,
        ),
    ] = None,
    track: options.Track = None,
    speakers: options.Speakers = None,
    timestamps: options.Timestamps = None,
    word_times: options.WordTimes = False,
    model: Model = DEFAULT_MODEL,
    recognition: RecognitionOptions = RecognitionOptions(),
    beam: BeamOptions = BeamOptions(),
    runtime: RuntimeOptions = RuntimeOptions(),
    speech: SpeechOptions = SpeechOptions(),
    subtitles: options.SubtitleOptions = options.SubtitleOptions(),
) -> None:
    """Transcribe an archive: thousands of hours, each file once.

    Run the same command again to go on after an interruption: finished files are skipped, changed files are
    transcribed again. A report is printed at the end and written to archive-report.json in the output folder.
    """
    from asr_desktop.archive.ledger import Ledger
    from asr_desktop.archive.outcome import ArchiveOptions
    from asr_desktop.archive.recordings import make_plan
    from asr_desktop.archive.references import References
    from asr_desktop.archive.run import ArchiveRun, write_report
    from asr_desktop.base.errors import ExportError
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.speakers.turns import SpeakerCount
    from asr_desktop.transcripts.export import ExportOptions

    if ray is not None and processes is not None:
        raise typer.BadParameter("use either --processes or --ray, not both.")
    rules = subtitles.rules()
    wanted = ArchiveOptions(
        choice=model_choice(model, recognition, runtime, beam, speech),
        formats=options.names_of(formats),
        export_options=ExportOptions(timestamps=timestamps, word_times=word_times, subtitle_rules=rules),
        track=track,
        speakers=None if speakers is None else SpeakerCount.parse(speakers),
    )
    labels = find_model(model).labels
    is_stopped = False
    with Ledger(output_dir) as ledger:
        plan = make_plan(folders, ledger, wanted, again=redo, overwrite=overwrite)
        beside, problems = References.of(folders, references or [], ledger.written())
        for sentence in [*plan.problems, *problems]:
            messages.problem(sentence)
        _tell_plan(plan, output_dir)
        with Interruption(), shown_progress("Archive") if plan.waiting else nullcontext(print) as show:
            run = ArchiveRun(
                ledger,
                wanted,
                plan,
                beside,
                labels,
                on_failure=lambda path, sentence: messages.problem(f"{path}: {sentence}"),
                on_note=lambda path, sentence: messages.note(f"{path}: {sentence}"),
                progress=show,
            )
            try:
                run.take_all(_outcomes(plan, wanted, processes, ray))
            except KeyboardInterrupt:
                is_stopped = True
            except BaseException:
                with suppress(ExportError):  # the error that ended the run is reported instead
                    write_report(run.report(), output_dir)
                raise
            report = run.report()
            write_report(report, output_dir)
    print(json.dumps(report.as_json(), indent=1) if as_json else "\n".join(report.lines()), flush=True)
    if is_stopped:
        messages.note("Stopped. Run the same command again to go on; only files under way begin anew.")
        raise typer.Exit(EXIT_INTERRUPTED)
    if report.failures or plan.problems or problems:
        raise typer.Exit(1)


def _tell_plan(plan: Plan, output_dir: Path) -> None:
    hours = sum(recording.seconds for recording in plan.waiting) / 3600
    messages.note(
        f"{len(plan.waiting)} recordings to transcribe, about {hours:.1f} h; {plan.done} are done already."
    )
    if plan.otherwise:
        messages.note(
            f"{plan.otherwise} of those that are done were transcribed with other settings; use --redo to "
            "transcribe them again."
        )


def _outcomes(
    plan: Plan, wanted: ArchiveOptions, processes: int | None, ray: str | None
) -> Iterator[Outcome | float]:
    if not plan.waiting:
        return
    if ray is not None:
        from asr_desktop.archive.cluster import outcomes_on_cluster

        yield from outcomes_on_cluster(plan.waiting, _with_threads(wanted, 1), ray)
        return
    from asr_desktop.archive.local import cores, default_processes, outcomes_here

    count = processes or default_processes(wanted.choice)
    threads = max(1, cores() // count)
    yield from outcomes_here(plan.waiting, _with_threads(wanted, threads), count, messages.note)


def _with_threads(wanted: ArchiveOptions, threads: int) -> ArchiveOptions:
    """Divide the cores among the processes, unless the number of threads was given."""
    if wanted.choice.threads is not None:
        return wanted
    return replace(wanted, choice=replace(wanted.choice, threads=threads))
