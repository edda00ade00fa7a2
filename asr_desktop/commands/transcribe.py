"""`asr-desktop transcribe`: sound and video files in, text out.

One file without --output-dir is printed; everything else is written atomically to the output folder. A failed
file gives one line on standard error and the exit code 1; the others are still transcribed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.audio.input_files import Input, find_inputs, stamp_of
from asr_desktop.base import messages
from asr_desktop.base.errors import ExportError
from asr_desktop.commands import options
from asr_desktop.commands.recognition_options import (
    BeamOptions,
    Model,
    RecognitionOptions,
    RuntimeOptions,
    SpeechOptions,
    transcriber_settings,
)
from asr_desktop.commands.terminal import EXIT_INTERRUPTED, Interruption, shown_progress
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export import FORMATS, ExportOptions, render, write
from asr_desktop.transcripts.export.files import make_output_folder

if TYPE_CHECKING:
    from asr_desktop.jobs.outputs import LibraryKeeping
    from asr_desktop.recognition.file_pipeline import Transcriber

# Transcribing several files, each independent of failures of the others


class ExistingFiles(Enum):
    """What to do with existing files, which may be transcripts corrected by hand."""

    REFUSE = auto()
    SKIP = auto()
    REPLACE = auto()


@dataclass(frozen=True)
class TranscribeBatch:
    """Transcribes several files in order. Without `output_dir` the transcripts are printed.

    Each is added to the library only after it was printed or written, so that the output neither waits for
    the library nor fails with it.
    """

    transcriber: Transcriber
    formats: Sequence[str]
    output_dir: Path | None
    existing: ExistingFiles
    track: int | None
    export_options: ExportOptions
    in_library: bool = False
    """Whether each transcript is also added to the library."""
    speakers: SpeakerCount | None = None
    interruption: Interruption = field(default_factory=Interruption)

    @cached_property
    def keeping(self) -> LibraryKeeping:
        """Created on first use, so that its imports do not delay the first text."""
        from asr_desktop.jobs.outputs import LibraryKeeping

        return LibraryKeeping()

    def run(self, inputs: Sequence[Input]) -> int:
        """Transcribe all; returns the number of failures. After Ctrl-C, finished files are kept."""
        # Already loaded with the transcriber; a module-level import would slow down every command.
        from asr_desktop.base.errors import CancelledError

        done = failed = 0
        with self.interruption:
            for index, item in enumerate(inputs):
                label = f"[{index + 1}/{len(inputs)}] {item.path.name}" if len(inputs) > 1 else item.path.name
                transcript: Transcript | None
                stamp = stamp_of(item.path)
                try:
                    if self.output_dir is None:
                        transcript = self._print(item, label, with_heading=len(inputs) > 1)
                    else:
                        transcript = self._write(item, label, self.output_dir)
                    done += 1
                    if transcript is not None and self.in_library:
                        self.keeping.keep(transcript, item.path, stamp, track=self.track)
                except (KeyboardInterrupt, CancelledError):
                    messages.note(f"Stopped; {done} of {len(inputs)} files finished.")
                    raise typer.Exit(EXIT_INTERRUPTED) from None
                except BrokenPipeError:
                    raise  # the reader of standard output has gone: stop
                except Exception as error:
                    failed += 1
                    messages.problem(f"{item.path}: {messages.explained(error)}")
        return failed

    def _print(self, item: Input, label: str, with_heading: bool) -> Transcript:
        transcript = self._transcript(item, label)
        content = render(transcript, self.formats[0], self.export_options)
        if with_heading:
            content = f"==> {item.path} <==\n".encode(errors="replace") + content + b"\n"
        if sys.stdout.isatty():
            sys.stdout.write(content.decode(errors="replace"))
        else:
            # Bytes as in a file: UTF-8 and the format's line ends, independent of the system's defaults.
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return transcript

    def _write(self, item: Input, label: str, output_dir: Path) -> Transcript | None:
        """Transcribe and write one file; None if all of its outputs exist already."""
        base = output_dir / item.output
        targets = {base.with_name(base.name + FORMATS[name].suffix): name for name in self.formats}
        present = [path for path in targets if path.exists()]
        if self.existing is ExistingFiles.SKIP:
            targets = {path: name for path, name in targets.items() if path not in present}
        elif self.existing is ExistingFiles.REFUSE and present:
            raise ExportError(
                f"{present[0]} already exists; add --overwrite to replace it or --skip-existing to skip it."
            )
        if not targets:
            return None
        transcript = self._transcript(item, label)
        make_output_folder(base.parent, option="--output-dir")
        for path, name in targets.items():
            write(transcript, path, name, self.export_options)
            print(path, flush=True)
        return transcript

    def _transcript(self, item: Input, label: str) -> Transcript:
        with shown_progress(label) as show:
            transcript = self.transcriber.transcribe(
                item.path,
                track=self.track,
                speakers=self.speakers,
                progress=show,
                cancelled=self.interruption.happened,
            )
        for sentence in self.transcriber.file_warnings:
            messages.note(f"{item.path}: {sentence}")
        if not transcript.segments:
            messages.note(f"{item.path}: no speech found.")
        return transcript


MOST_FILES_KEPT_UNASKED = 20


@options.grouped
def transcribe(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="Sound or video files, or folders.",
            readable=False,  # an unreadable file is reported like any other failure
        ),
    ],
    model: Model = DEFAULT_MODEL,
    recognition: RecognitionOptions = RecognitionOptions(),
    formats: options.Formats = None,
    output_dir: Annotated[
        Path | None,
        typer.Option(
            "--output-dir",
            metavar="FOLDER",
            help="Output folder. Default: print the text.",
            file_okay=False,
            rich_help_panel=options.OUTPUT,
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace existing transcripts.", rich_help_panel=options.OUTPUT),
    ] = False,
    skip_existing: Annotated[
        bool,
        typer.Option(
            "--skip-existing",
            help="Skip files that have a transcript; use it to resume.",
            rich_help_panel=options.OUTPUT,
        ),
    ] = False,
    in_library: Annotated[
        bool | None,
        typer.Option(
            "--library/--no-library",
            help="Also add the transcripts to the library. Default: yes for up to 20 files.",
            rich_help_panel=options.OUTPUT,
        ),
    ] = None,
    track: options.Track = None,
    speakers: options.Speakers = None,
    timestamps: options.Timestamps = None,
    word_times: options.WordTimes = False,
    beam: BeamOptions = BeamOptions(),
    runtime: RuntimeOptions = RuntimeOptions(),
    speech: SpeechOptions = SpeechOptions(),
    subtitles: options.SubtitleOptions = options.SubtitleOptions(),
) -> None:
    """Transcribe sound and video files.

    Without --output-dir, the text is printed. Folders include their subfolders.
    """
    if overwrite and skip_existing:
        raise typer.BadParameter("use either --overwrite or --skip-existing, not both.")
    wanted = options.names_of(formats)
    speaker_count = None if speakers is None else SpeakerCount.parse(speakers)
    inputs, problems = find_inputs(files)
    if output_dir is None:
        _check_printable(wanted, len(inputs))
    rules = subtitles.rules()
    export_options = ExportOptions(timestamps=timestamps, word_times=word_times, subtitle_rules=rules)
    for sentence in problems:
        messages.problem(sentence)
    if not inputs:
        raise typer.Exit(1)

    from asr_desktop import Transcriber

    settings = transcriber_settings(model, recognition, runtime, beam, speech)
    transcriber = Transcriber(model, **settings)
    for sentence in transcriber.warnings:
        messages.note(sentence)
    existing = ExistingFiles.REFUSE
    if overwrite or skip_existing:
        existing = ExistingFiles.REPLACE if overwrite else ExistingFiles.SKIP
    keeps = _is_kept(in_library, len(inputs), track)
    batch = TranscribeBatch(
        transcriber, wanted, output_dir, existing, track, export_options, keeps, speakers=speaker_count
    )
    try:
        failed = batch.run(inputs)
    finally:
        if keeps:
            _tell_of_library(batch.keeping)
    is_unkept = bool(in_library) and batch.keeping.trouble is not None
    if failed or problems or is_unkept:
        raise typer.Exit(1)


def _is_kept(wanted: bool | None, file_count: int, track: int | None) -> bool:
    """Whether the transcripts are added to the library; prints a notice if they are not by default.

    A few recordings are added, so that the user can find, play and correct them. A corpus of thousands is
    not, because it would bury the other entries. A track other than the default one is not, because the
    library would have to keep a copy of the sound.
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
    """Refuse to print several outputs that could not be separated again."""
    hint = "--output-dir"
    if len(formats) > 1:
        raise typer.BadParameter("required for several formats.", param_hint=hint)
    if input_count > 1 and formats != ("txt",):
        raise typer.BadParameter(f"required for several {formats[0]} files.", param_hint=hint)
