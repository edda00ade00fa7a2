"""Reference transcripts beside the recordings of an archive, and word errors against them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asr_desktop.base.errors import ExportError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, parse_json
from asr_desktop.base.text_file import MOST_TABLE_BYTES, read_any_text
from asr_desktop.language_model.corpus import normalise_sentence
from asr_desktop.recognition.labels import Labels
from asr_desktop.teaching.data import manifest
from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.scoring import comparable, edit_distance, is_english
from asr_desktop.transcripts.export.json import parse_json as parse_transcript

SUFFIXES = (".txt", ".srt", ".vtt", ".json")


@dataclass(frozen=True)
class References:
    """The locations of the references.

    tables: texts by recording. ours: transcripts of this archive, which are not references.
    """

    tables: dict[str, str] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, places: Iterable[Path], tables: Sequence[Path], ours: Iterable[Path]
    ) -> tuple[References, list[str]]:
        """places: folders of the archive, which may contain a manifest. tables: paths of further manifests.
        The second value has a sentence for each unreadable table in a folder.

        Raises DataError for one of `tables`.
        """
        texts: dict[str, str] = {}
        problems = []
        for place in places:
            for name in manifest.NAMES:
                table = place / name
                if place.is_dir() and table.is_file() and manifest.recognises(table):
                    try:
                        texts |= _by_name(table)
                    except DataError as error:
                        problems.append(str(error))
        for table in tables:
            texts |= _by_name(table)
        return cls(texts, frozenset(os.path.realpath(path) for path in ours)), problems

    def text_of(self, recording: Path) -> str | None:
        """The reference text of a recording; None if there is none. Raises DataError for a damaged file."""
        stated = self.tables.get(os.path.realpath(recording))
        if stated is not None:
            return stated
        for suffix in SUFFIXES:
            # talk.txt for talk.mp3, and talk.mp3.txt where there is a talk.wav too
            for beside in (recording.with_suffix(suffix), recording.with_name(recording.name + suffix)):
                if beside.is_file() and beside != recording and os.path.realpath(beside) not in self.ours:
                    return _text_in(beside)
        return None


def word_errors(reference: str, recognised: str, labels: Labels) -> tuple[int, int]:
    """Number of reference words, and number of substitutions, deletions and insertions.

    Both texts are compared without case and punctuation; in English with numbers and titles in spoken form.
    """
    wanted, got = (_words(text, labels) for text in (reference, recognised))
    return len(wanted), edit_distance(wanted, got)


def _words(text: str, labels: Labels) -> list[str]:
    if is_english(labels):
        text = normalise_sentence(text)
    return comparable(text, labels).split()


def _by_name(table: Path) -> dict[str, str]:
    return {os.path.realpath(path): text for path, text in manifest.transcripts(table).items()}


def _text_in(path: Path) -> str:
    try:
        text = read_any_text(path, MOST_TABLE_BYTES).text
        match path.suffix:
            case ".srt" | ".vtt":
                return _captions(text, path.suffix)
            case ".json":
                return _text_of_json(text, path)
        return text
    except (*READ_ERRORS, ExportError) as error:
        raise DataError(
            Sentence("The reference {path} cannot be used ({reason}).", path=path, reason=error)
        ) from error


def _captions(text: str, suffix: str) -> str:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    try:
        captions = webvtt.from_buffer(text.splitlines(), format=suffix[1:])
    except (MalformedFileError, MalformedCaptionError) as error:
        raise SmallFileError(Sentence("its subtitles are damaged")) from error
    return " ".join(caption.text.replace("\n", " ") for caption in captions.captions)


def _text_of_json(text: str, path: Path) -> str:
    """The text of this program's JSON transcript, or of the form that most other programs write: {"text":
    …}."""
    content = parse_json(text)
    if isinstance(content, dict) and isinstance(content.get("text"), str):
        said: str = content["text"]
        return said
    transcript = parse_transcript(text, str(path))
    return " ".join(word.text for word in transcript.spoken_words)
