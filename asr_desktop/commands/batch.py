"""Transcribing files one after the other, whatever becomes of each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from asr_desktop.audio.inputs import Input
from asr_desktop.base import messages
from asr_desktop.base.errors import ExportError
from asr_desktop.base.private_files import make_folder
from asr_desktop.commands.interruption import EXIT_INTERRUPTED, Interruption
from asr_desktop.commands.progress import shown_progress
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export import FORMATS, ExportOptions, render, write
from asr_desktop.transcripts.source_stamp import stamp_of

if TYPE_CHECKING:
    from asr_desktop.jobs.outputs import LibraryKeeping
    from asr_desktop.recognition.file_pipeline import Transcriber


class ExistingFiles(Enum):
    """What to do where a file lies already: it may be a transcript that was corrected by hand."""

    REFUSE = auto()
    SKIP = auto()
    REPLACE = auto()


@dataclass(frozen=True)
class Batch:
    """How a row of files is transcribed. Without `output_dir` the transcripts are printed.

    Each goes into the library only after it was printed or written: what was asked for never waits for the
    library, nor fails with it.
    """

    transcriber: Transcriber
    formats: Sequence[str]
    output_dir: Path | None
    existing: ExistingFiles
    track: int | None
    export_options: ExportOptions
    in_library: bool = False
    """Whether the library gets each of them too."""
    interruption: Interruption = field(default_factory=Interruption)

    @cached_property
    def keeping(self) -> LibraryKeeping:
        """Made when there is something to keep: the first text is not to wait for what it imports."""
        from asr_desktop.jobs.outputs import LibraryKeeping

        return LibraryKeeping()

    def run(self, inputs: Sequence[Input]) -> int:
        """Transcribe them all; the number that failed. Ctrl-C ends it with what is finished kept."""
        # It is loaded by now, with the transcriber; imported above it would slow down every command.
        from asr_desktop.recognition.file_pipeline import TranscriptionCancelled

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
                        self.keeping.keep(transcript, item.path, stamp)
                except (KeyboardInterrupt, TranscriptionCancelled):
                    messages.note(f"Stopped; {done} of {len(inputs)} files finished.")
                    raise typer.Exit(EXIT_INTERRUPTED) from None
                except BrokenPipeError:
                    raise  # nobody reads on: no reason to go on
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
            # Bytes as a file would hold them: UTF-8 and its own line ends, whatever the system's habits are.
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return transcript

    def _write(self, item: Input, label: str, output_dir: Path) -> Transcript | None:
        """None where all that is wanted lies there already."""
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
        _make_folder(base.parent)
        for path, name in targets.items():
            write(transcript, path, name, self.export_options)
            print(path, flush=True)
        return transcript

    def _transcript(self, item: Input, label: str) -> Transcript:
        with shown_progress(label) as show:
            transcript = self.transcriber.transcribe(
                item.path, track=self.track, progress=show, cancelled=self.interruption.happened
            )
        for sentence in self.transcriber.file_warnings:
            messages.note(f"{item.path}: {sentence}")
        if not transcript.segments:
            messages.note(f"{item.path}: no speech found.")
        return transcript


def _make_folder(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        raise ExportError(
            f"Cannot create the folder {folder} ({error.strerror}); choose another --output-dir."
        ) from error
