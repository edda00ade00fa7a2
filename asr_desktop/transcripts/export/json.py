"""The transcript as JSON, and back: the one format that keeps everything.

The shape is described in docs/transcript-json.md and, for programs, in
asr_desktop/transcripts/transcript.schema.json. Times are rounded to 0.1 µs, which keeps every sample position
of a 16 kHz sound exactly, and confidences to six decimals; reading back what was written gives an equal
transcript for all values on these grids.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Never

from asr_desktop.base import small_file
from asr_desktop.base.errors import ExportError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, read_bytes
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export.options import ExportOptions

VERSION = 2
"""Raised when a reader of the former version would misunderstand the file; new optional keys do not raise
it."""

MOST_BYTES = 256_000_000
"""Of a transcript: more than two hundred hours of speech."""

_TIME_DECIMALS = 7
_CONFIDENCE_DECIMALS = 6


def render(transcript: Transcript, options: ExportOptions | None = None) -> bytes:
    """UTF-8 JSON, indented by one space; there is nothing to choose, so `options` is not looked at."""
    return _encoded(json.dumps(_document(transcript), ensure_ascii=False, indent=1))


def render_compact(transcript: Transcript) -> bytes:
    """The same on one line, which takes an eighth of the time: for what is written again and again."""
    return _encoded(json.dumps(_document(transcript), ensure_ascii=False, separators=(",", ":")))


def _document(transcript: Transcript) -> dict[str, Any]:
    return {**head(transcript), "segments": [segment_entry(segment) for segment in transcript.segments]}


def head(transcript: Transcript) -> dict[str, Any]:
    """All that stands in the file before the segments."""
    corrected = {"corrected": True} if transcript.is_corrected else {}
    return {
        "version": VERSION,
        "source": transcript.source,
        "duration": round(transcript.duration_seconds, _TIME_DECIMALS),
        "model": transcript.model,
        **corrected,
    }


def _encoded(text: str) -> bytes:
    # A file name that is not valid Unicode is the one thing that UTF-8 cannot hold; it gets question marks.
    return (text + "\n").encode("utf-8", "replace")


def segment_entry(segment: Segment) -> dict[str, Any]:
    """One segment as it stands in the file."""
    speaker = {} if segment.speaker is None else {"speaker": segment.speaker}
    confirmed = {"confirmed": True} if segment.is_confirmed else {}
    return {**_entry(segment), **speaker, **confirmed, "words": [_word_entry(word) for word in segment.words]}


def _word_entry(word: Word) -> dict[str, Any]:
    if word.spoken is None:
        return _entry(word)
    return {**_entry(word), "spoken": [_entry(said) for said in word.spoken]}


def _entry(item: Segment | Word) -> dict[str, Any]:
    return {
        "start": round(item.start_seconds, _TIME_DECIMALS),
        "end": round(item.end_seconds, _TIME_DECIMALS),
        "text": item.text,
        "confidence": round(item.confidence, _CONFIDENCE_DECIMALS),
    }


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
    reader = _Reader(name)
    root = reader.object(document, "the file")
    version = root.get("version")
    if type(version) is not int or version < 1:
        reader.fail('it has no "version"')
    if version > VERSION:
        raise ExportError(
            Sentence(
                "{name} was written by a newer version of this program (transcript version {version}, "
                "this one reads up to {newest}); update the program to open it.",
                name=name,
                version=version,
                newest=VERSION,
            )
        )
    return reader.transcript(root)


class _Reader:
    """Turns parsed JSON into a transcript; every complaint is a sentence that names the file and the
    place."""

    def __init__(self, name: str) -> None:
        self._name = name

    def fail(self, what: str) -> Never:
        raise ExportError(
            Sentence(
                "{name} is not a transcript that this program can read ({what}); export it again, or take a "
                "file that was exported as JSON here.",
                name=self._name,
                what=what,
            )
        )

    def transcript(self, root: dict[str, Any]) -> Transcript:
        segments = tuple(
            self._segment(entry, f"segment {number}")
            for number, entry in enumerate(self._list(root, "segments", "the file"), start=1)
        )
        try:
            return Transcript(
                source=self._text(root, "source", "the file"),
                duration_seconds=self._number(root, "duration", "the file"),
                model=self._text(root, "model", "the file"),
                segments=segments,
                is_corrected=root.get("corrected") is True,
            )
        except ValueError as error:
            self.fail(str(error))

    def _segment(self, entry: object, place: str) -> Segment:
        segment = self.object(entry, place)
        words = tuple(
            self._word(item, f"word {number} of {place}")
            for number, item in enumerate(self._list(segment, "words", place), start=1)
        )
        speaker = self._text(segment, "speaker", place) if segment.get("speaker") is not None else None
        try:
            return Segment(words, speaker, is_confirmed=segment.get("confirmed") is True)
        except ValueError as error:
            self.fail(f"in {place}, {error}")

    def _word(self, entry: object, place: str) -> Word:
        word = self.object(entry, place)
        spoken = None
        if word.get("spoken") is not None:
            spoken = tuple(
                self._word(item, f"spoken word {number} of {place}")
                for number, item in enumerate(self._list(word, "spoken", place), start=1)
            )
        try:
            return Word(
                text=self._text(word, "text", place),
                start_seconds=self._number(word, "start", place),
                end_seconds=self._number(word, "end", place),
                confidence=self._number(word, "confidence", place),
                spoken=spoken,
            )
        except ValueError as error:
            self.fail(f"in {place}, {error}")

    def object(self, value: object, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fail(f"{place} is not an object")
        return value

    def _list(self, entry: dict[str, Any], key: str, place: str) -> list[Any]:
        value = entry.get(key)
        if not isinstance(value, list):
            self.fail(f'{place} has no list of "{key}"')
        return value

    def _text(self, entry: dict[str, Any], key: str, place: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str):
            self.fail(f'{place} has no text as its "{key}"')
        return value

    def _number(self, entry: dict[str, Any], key: str, place: str) -> float:
        value = entry.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(f'{place} has no number as its "{key}"')
        try:
            return float(value)
        except OverflowError:
            self.fail(f'{place} has a "{key}" out of range')
