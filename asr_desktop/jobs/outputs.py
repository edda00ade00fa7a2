"""Writes the transcripts of a file: as output files, without replacing existing ones, and into the
library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path, PurePath

from asr_desktop.audio.input_files import SourceStamp
from asr_desktop.audio.media import probe
from asr_desktop.base.errors import LibraryError, MediaError
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export import FORMATS, ExportOptions, render
from asr_desktop.transcripts.export.files import make_output_folder, write_whole
from asr_desktop.transcripts.library import Library


class ExistingOutput(Enum):
    """What to do if a file of the wanted name exists."""

    NUMBER = "number"
    """Keep both: the new ones are called talk-2.srt, talk-2.txt."""
    REPLACE = "replace"
    SKIP = "skip"
    """Write only those that are missing."""


def base_of(source: Path, output: PurePath, folder: Path | None) -> Path:
    """The path of a file's transcripts without their extensions."""
    return folder / output if folder is not None else source.with_name(output.name)


def file_name(title: str) -> str:
    """A title as a file name that is valid on every system."""
    kept = "".join("_" if sign in '<>:"/\\|?*' else sign for sign in title)
    return kept.strip(" .")[:120] or "transcript"


def write_all(
    transcript: Transcript,
    base: Path,
    formats: Sequence[str],
    existing: ExistingOutput,
    options: ExportOptions | None = None,
    *,
    goes_on: bool = False,
) -> tuple[Path, ...]:
    """Write a transcript in several formats under one name; returns the files.

    goes_on: an existing file with the same content counts as written, so the work of a killed program is
    continued without numbered duplicates. Raises ExportError if a file cannot be written.
    """
    contents = {name: render(transcript, name, options) for name in formats}
    if existing is ExistingOutput.NUMBER:
        base = _free_base(base, contents, goes_on=goes_on)
    make_output_folder(base.parent)
    written = []
    for name, content in contents.items():
        path = _path(base, name)
        if not (goes_on and _has(path, content)):
            if existing is ExistingOutput.SKIP and path.exists():
                continue
            write_whole(path, content)
        written.append(path)
    return tuple(written)


def _path(base: Path, format: str) -> Path:
    return base.with_name(base.name + FORMATS[format].suffix)


def _has(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _free_base(base: Path, contents: Mapping[str, bytes], *, goes_on: bool) -> Path:
    """All formats of one transcript get the same number, to show that they belong together."""
    candidate, number = base, 1
    while any(
        (path := _path(candidate, name)).exists() and not (goes_on and _has(path, content))
        for name, content in contents.items()
    ):
        number += 1
        candidate = base.with_name(f"{base.name}-{number}")
    return candidate


# New transcripts of files, which replace uncorrected earlier ones in the library


class LibraryKeeping:
    """Puts transcripts into the library, for the command line.

    An earlier transcript of the same file that was not corrected is replaced: the new entry gets its title
    and tags, and the earlier one goes to the bin. Otherwise trying out options would fill the library with
    copies.
    """

    def __init__(self, library: Library | None = None) -> None:
        self._library = library if library is not None else Library()
        self.entries: list[int] = []
        """The numbers of the new entries."""
        self.trouble: str | None = None
        """Why adding failed, in a sentence; no more is added then, because each attempt may take long."""
        self._silent: list[str] = []

    @property
    def notices(self) -> list[str]:
        """Warnings about the library's state, and about tracks that could not be copied."""
        return [*self._library.notices, *self._silent]

    def keep(
        self,
        transcript: Transcript,
        source: Path,
        stamp: SourceStamp | None = None,
        *,
        track: int | None = None,
    ) -> None:
        """Add a transcript if possible. Sources that cannot be opened again (pipes) are not added.

        stamp: the file's when its transcription began. track: the audio track that was heard, from 1.
        """
        if self.trouble is not None or not source.is_file():
            return
        try:
            self.entries.append(self._library.put(transcript, source, stamp=stamp))
        except LibraryError as error:
            self.trouble = str(error)
            return
        try:
            kept_track = other_track(source, track)
            if kept_track is not None:
                self._library.keep_sound(self.entries[-1], track=kept_track)
        except (LibraryError, MediaError) as error:
            self._silent.append(str(error))


def other_track(source: Path, track: int | None) -> int | None:
    """The track that was heard, where players begin with another one: then the library keeps its sound."""
    if track is None:
        return None
    held = probe(source)
    return track if len(held.tracks) > 1 and track != held.default_track else None
