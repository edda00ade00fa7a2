"""Capitals, stops and figures by one key, as subtitlers expect: what was spoken, and when, stays as it
was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing.document import EditableTranscript, WordPlace

_MARKS = ".,?!:;…"


def toggle_capital(editable: EditableTranscript, place: WordPlace) -> bool:
    """A capital letter for a word that begins with a small one, and the other way round."""
    word = editable.segments[place.segment].words[place.word]
    return _put(editable, "capital", {place: _with_text(word, _toggled(word.text))})


def toggle_full_stop(editable: EditableTranscript, place: WordPlace) -> bool:
    """A full stop behind a word, in place of any other mark, and a capital for the word after it; or
    neither."""
    word = editable.segments[place.segment].words[place.word]
    has_stop = word.text.endswith(".")
    bare = word.text.rstrip(_MARKS)
    if not bare:
        return False
    changed = {place: _with_text(word, bare if has_stop else f"{bare}.")}
    following = _after(editable, place)
    if following is not None:
        after = editable.segments[following.segment].words[following.word]
        begins = after.text[:1]
        is_pronoun = after.text.rstrip(_MARKS).partition("'")[0] == "I"
        if (has_stop and begins.isupper() and not is_pronoun) or (not has_stop and begins.islower()):
            changed[following] = _with_text(after, _toggled(after.text))
    return _put(editable, "full stop", changed)


def as_spoken(words: Sequence[Word]) -> list[Word]:
    """The words as they were said, each with its own time and confidence."""
    return [said for word in words for said in word.spoken_words]


def rewrite(
    editable: EditableTranscript,
    first: WordPlace,
    last: WordPlace,
    make: Callable[[Sequence[Word]], Sequence[Word]],
    name: str,
) -> bool:
    """Other words in place of those from `first` to `last`, made a segment at a time, as one step of the
    history."""
    changed: dict[int, Segment] = {}
    for index in range(first.segment, last.segment + 1):
        segment = editable.segments[index]
        begin = first.word if index == first.segment else 0
        stop = last.word + 1 if index == last.segment else len(segment.words)
        words = (*segment.words[:begin], *make(segment.words[begin:stop]), *segment.words[stop:])
        if words and words != segment.words:
            changed[index] = replace(segment, words=words)
    return editable.replace_segments(changed, name)


def _put(editable: EditableTranscript, name: str, words: dict[WordPlace, Word]) -> bool:
    changed: dict[int, Segment] = {}
    for place, word in words.items():
        segment = changed.get(place.segment, editable.segments[place.segment])
        if segment.words[place.word] != word:
            before, after = segment.words[: place.word], segment.words[place.word + 1 :]
            changed[place.segment] = replace(segment, words=(*before, word, *after))
    return editable.replace_segments(changed, name)


def _with_text(word: Word, text: str) -> Word:
    """Another form of the same spoken words."""
    return word if text == word.text else replace(word, text=text, spoken=word.spoken_words)


def _toggled(text: str) -> str:
    first = text[:1]
    return (first.lower() if first.isupper() else first.upper()) + text[1:]


def _after(editable: EditableTranscript, place: WordPlace) -> WordPlace | None:
    if place.word + 1 < len(editable.segments[place.segment].words):
        return WordPlace(place.segment, place.word + 1)
    return WordPlace(place.segment + 1, 0) if place.segment + 1 < len(editable.segments) else None


def like(word: Word, text: str) -> str:
    """A guess at what was said, with the capital and the mark of the word that it takes the place of."""
    if word.spoken is None:
        return text
    mark = word.text[len(word.text.rstrip(_MARKS)) :]
    has_capital = word.text[:1].isupper() and not word.spoken_words[0].text[:1].isupper()
    return (text[:1].upper() + text[1:] if has_capital else text) + mark
