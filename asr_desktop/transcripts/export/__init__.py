"""Transcripts as files. Each format is a module with one pure function, `render`; only `write` touches the
disk.

    from asr_desktop.transcripts.export import ExportOptions, write
    write(transcript, "talk.srt")
    write(transcript, "talk.vtt", options=ExportOptions(word_times=True))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.base.errors import ExportError
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export import csv, docx, json, srt, txt, vtt
from asr_desktop.transcripts.export.files import write_whole
from asr_desktop.transcripts.export.json import read_json
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.export.subtitle_rules import SubtitleRules

__all__ = ["FORMATS", "ExportOptions", "Exporter", "SubtitleRules", "read_json", "render", "write"]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format: what its files are called, what a menu says about it, and the pure function that makes
    one."""

    suffix: str
    description: str
    render: Callable[[Transcript, ExportOptions], bytes]


FORMATS: dict[str, Exporter] = {
    "txt": Exporter(".txt", "Plain text", txt.render),
    "srt": Exporter(".srt", "SubRip subtitles", srt.render),
    "vtt": Exporter(".vtt", "WebVTT subtitles", vtt.render),
    "docx": Exporter(".docx", "Word document", docx.render),
    "json": Exporter(".json", "Transcript with all times and confidences (JSON)", json.render),
    "csv": Exporter(".csv", "Table for spreadsheets (CSV)", csv.render),
}


def render(transcript: Transcript, format: str, options: ExportOptions | None = None) -> bytes:
    """The content of a file in `format`, one of `FORMATS`. Raises `ExportError` for another."""
    return _exporter(format).render(transcript, options or ExportOptions())


def write(
    transcript: Transcript,
    path: str | Path,
    format: str | None = None,
    options: ExportOptions | None = None,
) -> Path:
    """Write `path` whole or not at all and return it; without `format` the file's ending decides.

    Raises `ExportError` for an unknown format and for a place that cannot be written.
    """
    path = Path(path)
    data = render(transcript, path.suffix.lower().lstrip(".") if format is None else format, options)
    write_whole(path, data)
    return path


def _exporter(format: str) -> Exporter:
    try:
        return FORMATS[format]
    except KeyError:
        what = (
            Sentence('"{format}" is not an export format', format=format)
            if format
            else Sentence("The file name has no extension")
        )
        raise ExportError(
            Sentence("{what}; choose one of {names}.", what=what, names=", ".join(FORMATS))
        ) from None
