"""From an edited text back to timed words: what is unchanged keeps its time, the rest gets a place for now.

The new words lie where the words they replace were said, or in the pause they were written into. That is
good to a fraction of a second; the recogniser's alignment (`recognition.realignment`) makes it exact
afterwards, if there is a recogniser.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from asr_desktop.transcripts.document import Segment, Word, writable_text
from asr_desktop.transcripts.phrases import is_written_without_spaces, join_words, needs_space

# A segment's start and end, moved by hand

SHORTEST_SEGMENT_SECONDS = 0.05


def room_of(segments: Sequence[Segment], index: int, duration_seconds: float) -> tuple[float, float]:
    """How far the segment's borders may be moved: to its neighbours, or to the ends of the sound."""
    segment = segments[index]
    earliest = segments[index - 1].end_seconds if index > 0 else 0.0
    latest = segments[index + 1].start_seconds if index + 1 < len(segments) else duration_seconds
    # Segments of other programs may overlap; where they do, nobody is forced to mend it.
    return min(earliest, segment.start_seconds), max(latest, segment.end_seconds)


def with_borders(
    segments: Sequence[Segment],
    index: int,
    start_seconds: float,
    end_seconds: float,
    duration_seconds: float,
) -> Segment:
    """The segment with its first word starting and its last word ending there, as far as there is room.

    Words inside keep their times; those that would lie outside are brought to the border.
    """
    earliest, latest = room_of(segments, index, duration_seconds)
    start = min(max(start_seconds, earliest), latest)
    end = min(max(end_seconds, start + SHORTEST_SEGMENT_SECONDS), latest)
    start = max(earliest, min(start, end - SHORTEST_SEGMENT_SECONDS))
    words = [_brought_inside(word, start, end) for word in segments[index].words]
    words[0] = words[0].at(start, words[0].end_seconds)
    words[-1] = words[-1].at(words[-1].start_seconds, end)
    return replace(segments[index], words=tuple(words))


def _brought_inside(word: Word, start: float, end: float) -> Word:
    if start <= word.start_seconds and word.end_seconds <= end:
        return word
    return word.at(min(max(word.start_seconds, start), end), min(max(word.end_seconds, start), end))


SURE = 1.0
"""The confidence of a word that a person has written or confirmed."""


@dataclass(frozen=True, slots=True)
class Retimed:
    """The words of an edited text, and the indices of those that are new among them."""

    words: tuple[Word, ...]
    touched: frozenset[int]


def retime(words: Sequence[Word], text: str) -> Retimed:
    """Give the words of `text` the times of `words`, the segment's before the edit (at least one).

    A word that is still there keeps its time and confidence. A word that takes the place of another one takes
    its time. Several share the stretch of those they replace, in proportion to their letters; inserted
    ones share the pause between their neighbours, which may be no time at all. No words for a text of
    nothing but spaces.
    """
    texts = words_of(words, text)
    result: list[Word] = []
    touched: set[int] = set()
    matcher = SequenceMatcher(None, [word.text for word in words], texts, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            result.extend(words[i1:i2])
            continue
        new_texts = texts[j1:j2]
        touched.update(range(len(result), len(result) + len(new_texts)))
        if i2 - i1 == j2 - j1:
            result.extend(_in_place_of(old, new) for old, new in zip(words[i1:i2], new_texts, strict=True))
        elif new_texts:
            result.extend(_spread(new_texts, *_room(words, i1, i2)))
    return Retimed(in_order(result), frozenset(touched))


def _in_place_of(old: Word, text: str) -> Word:
    """Another text at the time of a word. With other capitals and marks only, it was spoken as it was;
    anything else was spoken as it now says."""
    is_same = old.spoken is not None and _bare(old.text) == _bare(text)
    spoken = tuple(replace(word, confidence=SURE) for word in old.spoken or ()) if is_same else None
    if old.spoken is None and _bare(old.text) == _bare(text):
        spoken = (replace(old, confidence=SURE),)
    return Word(text, old.start_seconds, old.end_seconds, SURE, spoken)


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def words_of(words: Sequence[Word], text: str) -> list[str]:
    """The words of an edited text: apart by spaces, and in Chinese and Japanese as the old words were."""
    tokens = writable_text(" ".join(text.split())).split()
    if not any(is_written_without_spaces(token) for token in tokens):
        return tokens
    borders = _surviving_borders(words, " ".join(tokens))
    result: list[str] = []
    place = 0
    for token in tokens:
        start = 0
        for border in range(1, len(token)):
            if place + border in borders and not needs_space(token[start:border], token[border:]):
                result.append(token[start:border])
                start = border
        result.append(token[start:])
        place += len(token) + 1
    return result


def _surviving_borders(words: Sequence[Word], text: str) -> set[int]:
    """Where, in the new text, a border between two old words still lies between the same characters."""
    old_texts = [word.text for word in words]
    old_borders = [len(join_words(old_texts[:count])) for count in range(1, len(words) + 1)]
    old_text = join_words(old_texts)
    survivors: set[int] = set()
    for a, b, size in SequenceMatcher(None, old_text, text, autojunk=False).get_matching_blocks():
        survivors.update(border - a + b for border in old_borders if a <= border <= a + size and size)
    return survivors


def _room(words: Sequence[Word], i1: int, i2: int) -> tuple[float, float]:
    """The seconds that what replaces words[i1:i2] may take."""
    if i1 < i2:
        return words[i1].start_seconds, max(word.end_seconds for word in words[i1:i2])
    start = words[i1 - 1].end_seconds if i1 > 0 else words[0].start_seconds
    end = words[i1].start_seconds if i1 < len(words) else words[-1].end_seconds
    return start, max(start, end)


def _spread(texts: Sequence[str], start_seconds: float, end_seconds: float) -> list[Word]:
    letters = sum(len(text) for text in texts)
    seconds_per_letter = (end_seconds - start_seconds) / letters
    result = []
    begin = start_seconds
    for number, text in enumerate(texts):
        end = (
            end_seconds
            if number == len(texts) - 1
            else min(end_seconds, begin + len(text) * seconds_per_letter)
        )
        result.append(Word(text, begin, end, SURE))
        begin = end
    return result


def in_order(words: Sequence[Word], latest_start_seconds: float = math.inf) -> tuple[Word, ...]:
    """Words whose starts never go back nor beyond `latest_start_seconds`.

    Ours never do; overlapping words of other programs may, when some of them are replaced.
    """
    result: list[Word] = []
    previous = 0.0
    for word in words:
        start = min(max(word.start_seconds, previous), latest_start_seconds)
        if start != word.start_seconds:
            word = word.at(start, max(start, word.end_seconds))
        previous = start
        result.append(word)
    return tuple(result)
