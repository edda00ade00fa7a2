"""`asr-desktop transcribe`: sound and video files in, text out.

One file without --output-dir is printed; everything else is written below the output folder, each file whole
or not at all. A file that fails costs one line on standard error and the exit code 1; the others are done all
the same.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.audio.inputs import find_inputs
from asr_desktop.base import messages
from asr_desktop.commands import options
from asr_desktop.commands.batch import Batch, ExistingFiles
from asr_desktop.commands.options import DecoderName
from asr_desktop.commands.recognition_settings import given, transcriber_settings
from asr_desktop.transcripts.export import ExportOptions, SubtitleRules

if TYPE_CHECKING:
    from asr_desktop.jobs.outputs import LibraryKeeping

MOST_FILES_KEPT_UNASKED = 20


def transcribe(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="Sound or video files, or folders.",
            readable=False,  # one that may not be read is told like any other, and the rest goes on
        ),
    ],
    model: options.Model = DEFAULT_MODEL,
    decoder: options.Decoder = DecoderName.BEAM,
    language_model: options.LanguageModel = None,
    hotwords: options.Hotwords = None,
    hotwords_file: options.HotwordsFile = None,
    formats: options.Formats = None,
    output_dir: Annotated[
        Path | None,
        typer.Option(
            "--output-dir",
            metavar="FOLDER",
            help="Output folder. Default: print the text.",
            file_okay=False,
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace existing transcripts.")] = False,
    skip_existing: Annotated[
        bool,
        typer.Option("--skip-existing", help="Skip files that have a transcript; use it to resume."),
    ] = False,
    in_library: Annotated[
        bool | None,
        typer.Option(
            "--library/--no-library",
            help="Also add the transcripts to the library. Default: yes for up to 20 files.",
        ),
    ] = None,
    track: Annotated[
        int | None,
        typer.Option(
            "--track",
            min=1,
            help="Number of the audio track, from 1. Default: the file's default track.",
        ),
    ] = None,
    timestamps: options.Timestamps = None,
    word_times: options.WordTimes = False,
    alpha: options.Alpha = None,
    beta: options.Beta = None,
    beam_width: options.BeamWidth = None,
    threads: options.Threads = None,
    providers: options.Providers = None,
    voice_threshold: options.VoiceThreshold = None,
    onset_ms: options.OnsetMs = None,
    pre_roll_ms: options.PreRollMs = None,
    hangover_ms: options.HangoverMs = None,
    min_speech_ms: options.MinSpeechMs = None,
    max_utterance_seconds: options.MaxUtteranceSeconds = None,
    max_line_length: options.LineLength = None,
    max_lines: options.Lines = None,
    max_reading_speed: options.ReadingSpeed = None,
    ideal_reading_speed: options.IdealReadingSpeed = None,
    min_subtitle_seconds: options.ShortestSubtitle = None,
    max_subtitle_seconds: options.LongestSubtitle = None,
    subtitle_gap_seconds: options.SubtitleGap = None,
) -> None:
    """Transcribe sound and video files.

    Without --output-dir, the text is printed. Folders include their subfolders.
    """
    if overwrite and skip_existing:
        raise typer.BadParameter("use either --overwrite or --skip-existing, not both.")
    wanted = options.names_of(formats)
    inputs, problems = find_inputs(files)
    if output_dir is None:
        _check_printable(wanted, len(inputs))
    rules = given(
        {
            "max_line_width": max_line_length,
            "max_lines": max_lines,
            "max_characters_per_second": max_reading_speed,
            "ideal_characters_per_second": ideal_reading_speed,
            "min_seconds": min_subtitle_seconds,
            "max_seconds": max_subtitle_seconds,
            "min_gap_seconds": subtitle_gap_seconds,
        }
    )
    export_options = ExportOptions(
        timestamps=timestamps, word_times=word_times, subtitle_rules=SubtitleRules(**rules)
    )
    for sentence in problems:
        messages.problem(sentence)
    if not inputs:
        raise typer.Exit(1)

    from asr_desktop import Transcriber

    settings = transcriber_settings(
        model,
        decoder=decoder.value,
        language_model=language_model,
        hotwords=hotwords,
        hotwords_file=hotwords_file,
        providers=providers,
        threads=threads,
        decoder_options={"alpha": alpha, "beta": beta, "beam_width": beam_width},
        speech={
            "threshold": voice_threshold,
            "onset_ms": onset_ms,
            "pre_roll_ms": pre_roll_ms,
            "hangover_ms": hangover_ms,
            "min_speech_ms": min_speech_ms,
            "max_utterance_seconds": max_utterance_seconds,
        },
    )
    transcriber = Transcriber(model, **settings)
    for sentence in transcriber.warnings:
        messages.note(sentence)
    existing = ExistingFiles.REFUSE
    if overwrite or skip_existing:
        existing = ExistingFiles.REPLACE if overwrite else ExistingFiles.SKIP
    keeps = _is_kept(in_library, len(inputs), track)
    batch = Batch(transcriber, wanted, output_dir, existing, track, export_options, keeps)
    try:
        failed = batch.run(inputs)
    finally:
        if keeps:
            _tell_of_library(batch.keeping)
    is_unkept = bool(in_library) and batch.keeping.trouble is not None
    if failed or problems or is_unkept:
        raise typer.Exit(1)


def _is_kept(wanted: bool | None, file_count: int, track: int | None) -> bool:
    """Whether the transcripts go into the library; said where they do not and nobody asked for that.

    Who transcribes a few recordings wants to find, hear and correct them; who feeds a corpus of thousands to
    the program wants its files, and a library in which the interviews can still be seen. The window plays a
    video's default track, so the text of another one would not fit what it plays.
    """
    if wanted is not None:
        return wanted
    if track is None and file_count <= MOST_FILES_KEPT_UNASKED:
        return True
    what = f"{file_count} files" if track is None else f"the text of track {track}"
    messages.note(f"Not adding {what} to the library; use --library to add it.")
    return False


def _tell_of_library(keeping: LibraryKeeping) -> None:
    for sentence in keeping.notices:
        messages.note(sentence)
    if keeping.trouble is not None:
        messages.problem(f"{keeping.trouble} The transcripts are complete, but not in the library.")
    elif len(keeping.entries) == 1 and sys.stderr.isatty():
        messages.note(f"Added to the library as entry {keeping.entries[0]} (--no-library to skip).")
    elif keeping.entries and sys.stderr.isatty():
        messages.note(f"Added {len(keeping.entries)} entries to the library (--no-library to skip).")


def _check_printable(formats: tuple[str, ...], input_count: int) -> None:
    """Only what a reader of standard output can tell apart again is printed."""
    hint = "--output-dir"
    if len(formats) > 1:
        raise typer.BadParameter("required for several formats.", param_hint=hint)
    if input_count > 1 and formats != ("txt",):
        raise typer.BadParameter(f"required for several {formats[0]} files.", param_hint=hint)
