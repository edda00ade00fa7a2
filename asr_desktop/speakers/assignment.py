"""Assigns speakers to words from speaker turns, and splits segments where the speaker changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.sentences import Sentence
from asr_desktop.speakers.turns import Turn
from asr_desktop.transcripts.document import Segment, Word, pause_between

# Cost of a speaker change between words without a pause, as a share of a word: the new speaker needs that
# much more overlap. After a pause of PAUSE_SECONDS a change is free.
CHANGE_COST = 0.6
PAUSE_SECONDS = 0.5
# The recogniser's word times are a little early or late, so each word is widened by this margin.
AROUND_SECONDS = 0.05
# A word outside all turns is given to the nearest speaker; beyond this distance all speakers count the same.
FAR_SECONDS = 3.0

_LABEL = re.compile(r"Speaker ([1-9]\d{0,2})")


def speaker_label(number: int) -> str:
    """The default name of a speaker."""
    return Sentence("Speaker {number}", number=number)


def number_of_label(name: str) -> int | None:
    """The number in a speaker's default name; None for any other name."""
    found = _LABEL.fullmatch(name)
    return int(found[1]) if found else None


def assign_speakers(
    segments: Iterable[Segment], turns: Sequence[Turn], names: Mapping[int, str] | None = None
) -> tuple[Segment, ...]:
    """The segments with their speakers, cut where the speaker changes; as they are where there are no turns.

    names: of known speakers; the others get numbered labels.
    """
    segments = tuple(segments)
    if not turns:
        return segments
    words = [word for segment in segments for word in segment.words]
    speakers = iter(speakers_of(words, turns))
    found: list[Segment] = []
    for segment in segments:
        said = [(word, next(speakers)) for word in segment.words]
        for speaker, run in groupby(said, key=lambda pair: pair[1]):
            name = (names or {}).get(speaker) or str(speaker_label(speaker))
            found.append(replace(segment, words=tuple(word for word, _ in run), speaker=name))
    return tuple(found)


def speakers_of(words: Sequence[Word], turns: Sequence[Turn]) -> list[int]:
    """The speaker of each word: the sequence with the most support from the turns and few changes.

    A change within fluent speech has a cost, so the last word of a turn is not given to the next speaker only
    because its end overlaps. Viterbi's algorithm, linear in the number of words.
    """
    speakers = sorted({turn.speaker for turn in turns})
    if not words:
        return []
    cost = 1.0 - _shares(words, turns, speakers)
    best = cost[0]
    came_from = np.zeros((len(words), len(speakers)), dtype=np.int32)
    everyone = np.arange(len(speakers))
    for index in range(1, len(words)):
        pause_seconds = pause_between(words[index - 1], words[index])
        # Never entirely free: without any evidence the previous speaker continues.
        change = CHANGE_COST * max(1e-3, 1.0 - pause_seconds / PAUSE_SECONDS)
        cheapest = int(best.argmin())
        changes = best[cheapest] + change < best
        came_from[index] = np.where(changes, cheapest, everyone)
        best = np.where(changes, best[cheapest] + change, best) + cost[index]
    place = int(best.argmin())
    course = [place]
    for index in range(len(words) - 1, 0, -1):
        place = int(came_from[index, place])
        course.append(place)
    return [speakers[place] for place in reversed(course)]


def _shares(words: Sequence[Word], turns: Sequence[Turn], speakers: Sequence[int]) -> NDArray[np.float64]:
    """[words, speakers]: the share of each word in which each speaker talks; where none does, a small value
    for near speakers."""
    share = np.zeros((len(words), len(speakers)))
    starts = np.array([word.start_seconds - AROUND_SECONDS for word in words])
    ends = np.array([word.end_seconds + AROUND_SECONDS for word in words])
    nearness = np.zeros_like(share)
    for place, speaker in enumerate(speakers):
        own = sorted((turn.start_seconds, turn.end_seconds) for turn in turns if turn.speaker == speaker)
        begin = np.array([start for start, _ in own])
        stop = np.array([end for _, end in own])
        share[:, place] = (_spoken_before(ends, begin, stop) - _spoken_before(starts, begin, stop)) / (
            ends - starts
        )
        middle = (starts + ends) / 2
        after = np.searchsorted(begin, middle)
        to_next = np.where(after < len(begin), begin[np.minimum(after, len(begin) - 1)] - middle, np.inf)
        since_last = np.where(after > 0, middle - stop[np.maximum(after - 1, 0)], np.inf)
        distance = np.maximum(0.0, np.minimum(to_next, since_last))
        nearness[:, place] = 0.5 * np.maximum(0.0, 1.0 - distance / FAR_SECONDS)
    is_nobodys = share.max(axis=1) <= 0.0
    share[is_nobodys] = nearness[is_nobodys]
    return share


def _spoken_before(
    seconds: NDArray[np.float64], begin: NDArray[np.float64], stop: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Total seconds of these turns up to each moment."""
    lengths = np.concatenate([[0.0], np.cumsum(stop - begin)])
    begun = np.searchsorted(begin, seconds, side="right")
    in_turn = np.minimum(seconds, stop[np.maximum(begun - 1, 0)]) - begin[np.maximum(begun - 1, 0)]
    return lengths[np.maximum(begun - 1, 0)] + np.where(begun > 0, in_turn, 0.0)
