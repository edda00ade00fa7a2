"""The transcript as JSON, and back: the one format that keeps everything.

The shape is described in docs/transcript-json.md and, for programs, in
asr_desktop/transcripts/transcript.schema.json; words and segments are those of `transcripts.word_json`.
Reading back what was written gives an equal transcript.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asr_desktop.base import small_file
from asr_desktop.base.errors import ExportError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, read_bytes
from asr_desktop.transcripts.document import TIME_DECIMALS, Transcript
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.word_json import (
    each,
    list_of,
    number_of,
    object_of,
    segment_from_json,
    segment_to_json,
    text_of,
)

VERSION = 2
"""Raised when a reader of the former version would misunderstand the file; new optional keys do not raise
it."""

MOST_BYTES = 256_000_000
"""Of a transcript: more than two hundred hours of speech."""


def render(transcript: Transcript, options: ExportOptions | None = None) -> bytes:
    """UTF-8 JSON, indented by one space; there is nothing to choose, so `options` is not looked at."""
    return _encoded(json.dumps(_document(transcript), ensure_ascii=False, indent=1))


def render_compact(transcript: Transcript) -> bytes:
    """The same on one line, which takes an eighth of the time: for what is written again and again."""
    return _encoded(json.dumps(_document(transcript), ensure_ascii=False, separators=(",", ":")))


def _document(transcript: Transcript) -> dict[str, Any]:
    return {**head(transcript), "segments": [segment_to_json(segment) for segment in transcript.segments]}


def head(transcript: Transcript) -> dict[str, Any]:
    """All that stands in the file before the segments."""
    corrected = {"corrected": True} if transcript.is_corrected else {}
    return {
        "version": VERSION,
        "source": transcript.source,
        "duration": round(transcript.duration_seconds, TIME_DECIMALS),
        "model": transcript.model,
        **corrected,
    }


def _encoded(text: str) -> bytes:
    # A file name that is not valid Unicode is the one thing that UTF-8 cannot hold; it gets question marks.
    return (text + "\n").encode("utf-8", "replace")


def read_json(path: str | Path) -> Transcript:
    """Read a transcript that `render` wrote.

    Segment texts, times and confidences are derived from the words; unknown keys are passed over. Raises
    `ExportError` with one sentence when the file cannot be read, is damaged, is something else, or comes from
    a newer version.
    """
    path = Path(path)
    try:
        data = read_bytes(path, MOST_BYTES)
    except FileNotFoundError:
        raise ExportError(Sentence("{path} does not exist; check its name and folder.", path=path)) from None
    except READ_ERRORS as error:
        raise ExportError(
            Sentence(
                "{path} cannot be read ({reason}); check its permissions and its disk.",
                path=path,
                reason=error,
            )
        ) from error
    return parse_json(data, str(path))


def parse_json(data: bytes | str, name: str = "the transcript") -> Transcript:
    """`read_json` for bytes in memory; `name` is what messages call them."""
    try:
        document = small_file.parse_json(data, sane_numbers=False)
    except SmallFileError:
        raise ExportError(
            Sentence(
                "{name} is damaged or not a transcript in JSON form; export it again from the program.",
                name=name,
            )
        ) from None
    try:
        root = object_of(document)
        version = root.get("version")
        if type(version) is int and version > VERSION:
            raise ExportError(
                Sentence(
                    "{name} was written by a newer version of this program (transcript version {version}, "
                    "this one reads up to {newest}); update the program to open it.",
                    name=name,
                    version=version,
                    newest=VERSION,
                )
            )
        if type(version) is not int or version < 1:
            raise ValueError(Sentence('it has no "version"'))
        return Transcript(
            source=text_of(root, "source"),
            duration_seconds=number_of(root, "duration"),
            model=text_of(root, "model"),
            segments=tuple(
                each(
                    list_of(root, "segments"),
                    segment_from_json,
                    lambda number: Sentence("segment {number}", number=number),
                )
            ),
            is_corrected=root.get("corrected") is True,
        )
    except ValueError as error:
        raise ExportError(
            Sentence(
                "{name} is not a transcript that this program can read ({what}); export it again, or take a "
                "file that was exported as JSON here.",
                name=name,
                what=error,
            )
        ) from None
