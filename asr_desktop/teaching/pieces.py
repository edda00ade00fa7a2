"""Cutting a long recording's words into pieces to train on: at pauses, 2 to 15 seconds each.

A cut in the midst of speech would leave half a sound at the end of a piece and no letter for it, so cuts lie
in pauses, and a piece gets some of the silence on its sides. Where to cut is a shortest path over the
pauses: long pauses are better than short ones, and pieces of usual length better than scraps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from asr_desktop.transcripts.document import Word

# Against one another: a cut in a pause of a second or more costs nothing, in the shortest one CUT_COST.
_CUT_COST = 2.0
_SCRAP_COST = 10.0
_OFF_IDEAL_COST = 0.1  # a second


@dataclass(frozen=True, slots=True)
class CutOptions:
    """least_seconds, most_seconds: of a piece, silence on its sides included. ideal_seconds: what it would
    best be. least_pause_seconds: silence that is long enough for a cut. split_pause_seconds: silence so long
    that no piece goes over it. margin_seconds: silence kept on each side, where there is so much.
    """

    least_seconds: float = 2.0
    most_seconds: float = 15.0
    ideal_seconds: float = 7.0
    least_pause_seconds: float = 0.2
    split_pause_seconds: float = 1.5
    margin_seconds: float = 0.25


@dataclass(frozen=True, slots=True)
class SpeechPiece:
    """The words [first, end) of the recording, and where to cut them out."""

    first: int
    end: int
    start_seconds: float
    end_seconds: float

    @property
    def seconds(self) -> float:
        return self.end_seconds - self.start_seconds


def cut_at_pauses(
    words: Sequence[Word],
    borders: Sequence[int],
    duration_seconds: float,
    options: CutOptions | None = None,
) -> list[SpeechPiece]:
    """All words in pieces, in order; a piece that is still too long or short for the options has no better
    place to be cut, and it is for the caller to leave it out.

    borders: indices of words before which there has to be a cut (another speaker begins).
    """
    options = options or CutOptions()
    pieces: list[SpeechPiece] = []
    for first, end in _stretches(words, frozenset(borders), options):
        cuts = [first, *(i for i in range(first + 1, end) if _may_cut(words, i, options)), end]
        before = words[first - 1].end_seconds if first else 0.0
        after = words[end].start_seconds if end < len(words) else duration_seconds
        pieces += [
            _piece(words, a, b, before if a == first else None, after if b == end else None, options)
            for a, b in _best_cuts(words, cuts, options)
        ]
    return pieces


def _pause(words: Sequence[Word], index: int) -> float:
    return words[index].start_seconds - words[index - 1].end_seconds


def _may_cut(words: Sequence[Word], index: int, options: CutOptions) -> bool:
    return _pause(words, index) >= options.least_pause_seconds


def _stretches(words: Sequence[Word], borders: frozenset[int], options: CutOptions) -> list[tuple[int, int]]:
    """Between borders and long silences."""
    starts = [
        index
        for index in range(len(words))
        if index == 0 or index in borders or _pause(words, index) >= options.split_pause_seconds
    ]
    return list(zip(starts, [*starts[1:], len(words)], strict=True)) if starts else []


def _best_cuts(words: Sequence[Word], cuts: Sequence[int], options: CutOptions) -> list[tuple[int, int]]:
    best = [0.0] + [math.inf] * (len(cuts) - 1)
    came_from = [0] * len(cuts)
    for there in range(1, len(cuts)):
        for here in range(there - 1, -1, -1):
            seconds = words[cuts[there] - 1].end_seconds - words[cuts[here]].start_seconds
            too_long = seconds + 2 * options.margin_seconds > options.most_seconds
            if too_long and here < there - 1:
                break
            cost = best[here] + _OFF_IDEAL_COST * abs(seconds - options.ideal_seconds)
            if seconds + 2 * options.margin_seconds < options.least_seconds:
                cost += _SCRAP_COST
            if there < len(cuts) - 1:
                cost += _CUT_COST * max(0.0, 1.0 - _pause(words, cuts[there]))
            if cost < best[there]:
                best[there], came_from[there] = cost, here
    pieces = []
    there = len(cuts) - 1
    while there > 0:
        pieces.append((cuts[came_from[there]], cuts[there]))
        there = came_from[there]
    return pieces[::-1]


def _piece(
    words: Sequence[Word],
    first: int,
    end: int,
    silent_since: float | None,
    silent_until: float | None,
    options: CutOptions,
) -> SpeechPiece:
    """Margins take at most half of a pause that two pieces share. A short piece takes as much of the silence
    around it as makes it long enough.
    """
    start, stop = words[first].start_seconds, words[end - 1].end_seconds
    room_before = start - silent_since if silent_since is not None else _pause(words, first)
    room_after = silent_until - stop if silent_until is not None else _pause(words, end)
    wanted = max(options.margin_seconds, (options.least_seconds - (stop - start)) / 2)
    before = _margin(room_before, wanted, first == 0 and silent_since is not None)
    after = _margin(room_after, wanted, end == len(words) and silent_until is not None)
    return SpeechPiece(first, end, start - before, stop + after)


def _margin(room: float, wanted: float, is_edge: bool) -> float:
    return max(0.0, min(wanted, room if is_edge else room / 2))


# Approximate times of the words of a corrected text.
#
# Most words of a correction are those that were recognised, and have their times. Inserted words get a
# share of the time between their neighbours. Alignment to the sound then gives exact times.


def place_words(text: str, recognised: Sequence[Word], duration_seconds: float) -> list[Word]:
    """The words of `text` with times; confidence is that of the recognised word, 0 for one put in."""
    words = text.split()
    matcher = SequenceMatcher(None, [_bare(w) for w in words], [_bare(w.text) for w in recognised], False)
    placed: list[Word] = []
    for block in matcher.get_matching_blocks():
        gap = words[len(placed) : block.a]
        before = placed[-1].end_seconds if placed else 0.0
        after = recognised[block.b].start_seconds if block.b < len(recognised) else duration_seconds
        if gap:
            # Words that replace others take the others' time, and silence around them stays silence.
            replaced = recognised[_matched_until(matcher, block.b) : block.b]
            if replaced:
                before = max(before, replaced[0].start_seconds)
                after = min(after, max(word.end_seconds for word in replaced))
            placed += _spread(gap, before, max(before, after))
        for offset in range(block.size):
            heard = recognised[block.b + offset]
            start = max(heard.start_seconds, placed[-1].start_seconds if placed else 0.0)
            placed.append(
                Word(words[block.a + offset], start, max(start, heard.end_seconds), heard.confidence)
            )
    return placed


def _matched_until(matcher: SequenceMatcher[str], place: int) -> int:
    """The end of the matching block before the recognised word `place`."""
    return max((b.b + b.size for b in matcher.get_matching_blocks() if b.b < place and b.size), default=0)


def _spread(words: Sequence[str], start_seconds: float, end_seconds: float) -> list[Word]:
    total = sum(len(word) for word in words)
    times = [start_seconds]
    for word in words:
        times.append(times[-1] + (end_seconds - start_seconds) * len(word) / total)
    return [
        Word(word, start, end, 0.0) for word, start, end in zip(words, times[:-1], times[1:], strict=True)
    ]


def _bare(word: str) -> str:
    """Without case and punctuation, which the recogniser may not write."""
    return "".join(character for character in word.casefold() if character.isalnum()) or word
