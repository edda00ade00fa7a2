"""Words and segments as JSON objects and back: one format for all files, processes and servers.

A transcript's file, a session's transcript, the events of live recognition, the recogniser's process and both
servers write a word with these functions, so each can read what any other wrote. Sessions and transcripts of
earlier versions hold the same keys with fewer decimals, or without `spoken`, and are read as they are.
docs/transcript-json.md explains the keys.

A `Word` rounds its numbers to the decimals that are written here, so reading returns an equal word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.document import CONFIDENCE_DECIMALS, Segment, Word

Read = TypeVar("Read")


class WordJsonError(ValueError):
    """A value that is no word or segment. The message is a Sentence that completes "… cannot be read (…)".

    say: makes that sentence from the place, which only the reader of the surrounding data knows (see `at`).
    """

    def __init__(self, say: Callable[[str], str], place: str = Sentence("the file")) -> None:
        super().__init__(say(place))
        self._say = say
        self._place: str | None = None

    def at(self, place: str) -> WordJsonError:
        """The same error with the place where it occurred."""
        inner = self._place
        whole = Sentence("{inner} of {outer}", inner=inner, outer=place) if inner else place
        error = WordJsonError(self._say, whole)
        error._place = whole
        return error


def word_to_json(word: Word) -> dict[str, Any]:
    """The word's object; `spoken` is present only where the written form differs from the spoken one."""
    spoken = {} if word.spoken is None else {"spoken": [word_to_json(said) for said in word.spoken]}
    return {**_head(word), **spoken}


def word_from_json(entry: object) -> Word:
    """The word of an object; unknown keys are ignored. Raises WordJsonError."""
    word = object_of(entry)
    spoken = None
    if word.get("spoken") is not None:
        spoken = tuple(
            each(
                list_of(word, "spoken"), word_from_json, lambda n: Sentence("spoken word {number}", number=n)
            )
        )
    return _made(
        Word,
        text_of(word, "text"),
        number_of(word, "start"),
        number_of(word, "end"),
        number_of(word, "confidence"),
        spoken,
    )


def segment_to_json(segment: Segment, *, with_words: bool = True) -> dict[str, Any]:
    """The segment's object, with or without its words."""
    speaker = {} if segment.speaker is None else {"speaker": segment.speaker}
    confirmed = {"confirmed": True} if segment.is_confirmed else {}
    words = {"words": [word_to_json(word) for word in segment.words]} if with_words else {}
    return {**_head(segment), **speaker, **confirmed, **words}


def segment_from_json(entry: object) -> Segment:
    """The segment of an object; its text, times and confidence follow from its words. Raises
    WordJsonError."""
    segment = object_of(entry)
    words = tuple(
        each(list_of(segment, "words"), word_from_json, lambda n: Sentence("word {number}", number=n))
    )
    speaker = text_of(segment, "speaker") if segment.get("speaker") is not None else None
    return _made(Segment, words, speaker, segment.get("confirmed") is True)


def _head(item: Segment | Word) -> dict[str, Any]:
    return {
        "start": item.start_seconds,
        "end": item.end_seconds,
        "text": item.text,
        "confidence": round(item.confidence, CONFIDENCE_DECIMALS),
    }


def _made(kind: Callable[..., Read], *values: object) -> Read:
    try:
        return kind(*values)
    except ValueError as error:
        reason = str(error)
        raise WordJsonError(
            lambda place: Sentence("in {place}, {reason}", place=place, reason=reason)
        ) from error


# Typed values from an object, for these formats and for the files that contain them.


def each(
    entries: Iterable[object], read: Callable[[object], Read], place: Callable[[int], str]
) -> Iterable[Read]:
    """The result of `read` for each entry; an error names the entry's `place`, counted from 1."""
    for number, entry in enumerate(entries, start=1):
        try:
            yield read(entry)
        except WordJsonError as error:
            raise error.at(place(number)) from None


def object_of(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise WordJsonError(lambda place: Sentence("{place} is not an object", place=place))
    return value


def list_of(entry: Mapping[str, Any], key: str) -> list[Any]:
    value = entry.get(key)
    if not isinstance(value, list):
        raise WordJsonError(lambda place: Sentence('{place} has no list of "{key}"', place=place, key=key))
    return value


def text_of(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise WordJsonError(
            lambda place: Sentence('{place} has no text as its "{key}"', place=place, key=key)
        )
    return value


def number_of(entry: Mapping[str, Any], key: str) -> float:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WordJsonError(
            lambda place: Sentence('{place} has no number as its "{key}"', place=place, key=key)
        )
    try:
        return float(value)
    except OverflowError:
        raise WordJsonError(
            lambda place: Sentence('{place} has a "{key}" out of range', place=place, key=key)
        ) from None
