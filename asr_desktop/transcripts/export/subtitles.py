"""From words to subtitles that can be read: which words share a cue, where its lines break, how long it
stays.

One search over the whole transcript finds the cheapest way to cut it (dynamic programming, as TeX cuts a
paragraph): every broken rule costs more than all good looks together, so a rule is broken only where no cut
keeps it. Among the cuts that keep the rules, the one wins that ends cues at sentences, clauses and pauses,
keeps the reading speed near the ideal and shows few cues.

A cue appears with its first word. It stays until its last word is spoken, or longer where the reader needs
the time and silence follows; it always leaves the minimum gap before the next cue.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.export.line_breaking import Row
from asr_desktop.transcripts.export.subtitle_rules import Cue, Rule, SubtitleRules, Violation, violations
from asr_desktop.transcripts.phrases import text_width

__all__ = ["Cue", "Rule", "SubtitleRules", "Violation", "subtitle_cues", "violations"]

# Costs, in the unit of phrases.break_cost (a plain break between two words costs 4).
_CUE_COST = 4.0
_SENTENCE_INSIDE_COST = 2.0
_SEGMENT_INSIDE_COST = 6.0
_PAUSE_INSIDE_COST_PER_SECOND = 10.0
_UNNOTICED_PAUSE_SECONDS = 0.3
_FAST_READING_COST = 12.0
# Two speakers in one cue: worth it where one of them alone would be on screen for too short a time.
_SHARED_CUE_COST = 8.0
# A broken rule, and what its extent adds; above any sum of the costs above.
_VIOLATION_COST = 1e9
_VIOLATION_EXTENT_COST = 1e10

_FOREVER_MS = 10**12
_FEW_LINE_BREAKS = 3
_DASH = "-"
_DASH_COLUMNS = text_width(_DASH) + 1


def subtitle_cues(
    segments: Sequence[Segment],
    rules: SubtitleRules | None = None,
    *,
    write_speakers: bool = False,
    share_cues: bool = False,
) -> tuple[Cue, ...]:
    """Lay out segments as subtitles.

    write_speakers: a speaker's name and a colon stand before the first words of each turn, as text that takes
    room and time to read like any other. share_cues: where a turn is too short for a cue of its own, two
    speakers may share one, a line each, which begins with a dash (the usual way, as in EBU and Netflix
    guides); such a cue has no `speaker`.

    Every word comes out once, in order. Cues never overlap, are at least 1 ms long and keep the gap, whatever
    the words' times are; all other rules hold wherever a cut exists that keeps them. The last cue may stay on
    screen after the end of the sound, if its reader needs it.
    """
    rules = rules or SubtitleRules()
    if write_speakers:
        segments = _with_names(segments)
    words = [word for segment in segments for word in segment.words]
    if not words:
        return ()
    speakers = [segment.speaker for segment in segments for _ in segment.words]
    row = Row(words, rules.max_line_width)
    starts_ms = [round(piece.start_seconds * 1000) for piece in row.pieces]
    ends_ms = _running_maximum([round(piece.end_seconds * 1000) for piece in row.pieces])
    inside_costs = _inside_costs(segments, row)
    speaking = [speakers[piece.word_index] for piece in row.pieces]
    turn_ends = _turn_ends(speaking)
    shared_reach = _shared_reach(row, speaking, turn_ends) if share_cues and rules.max_lines > 1 else {}
    cuts = _cheapest_cuts(row, starts_ms, ends_ms, inside_costs, turn_ends, shared_reach, rules)
    return _timed_cues(row, cuts, starts_ms, ends_ms, rules, speaking, turn_ends)


def _with_names(segments: Sequence[Segment]) -> list[Segment]:
    """The same segments, with "Name:" as the first word wherever another speaker begins."""
    named: list[Segment] = []
    speaking: str | None = None
    for segment in segments:
        if segment.speaker is not None and segment.speaker != speaking:
            start = segment.start_seconds
            name = Word(f"{segment.speaker}:", start, start, 1.0)
            named.append(Segment((name, *segment.words), segment.speaker))
        else:
            named.append(segment)
        speaking = segment.speaker
    return named


def _running_maximum(values: Sequence[int]) -> list[int]:
    highest, result = 0, []
    for value in values:
        highest = max(highest, value)
        result.append(highest)
    return result


def _inside_costs(segments: Sequence[Segment], row: Row) -> list[float]:
    """inside_costs[k]: what it costs to keep pieces k-1 and k in one cue, where the reader expects a cut."""
    segment_starts = set()
    word_index = 0
    for segment in segments:
        segment_starts.add(word_index)
        word_index += len(segment.words)
    costs = [0.0]
    for k, (left, right) in enumerate(pairwise(row.pieces), start=1):
        pause = right.start_seconds - left.end_seconds
        cost = _PAUSE_INSIDE_COST_PER_SECOND * max(0.0, pause - _UNNOTICED_PAUSE_SECONDS)
        if row.break_costs[k] == 0.0:
            cost += _SENTENCE_INSIDE_COST
        if left.word_index != right.word_index and right.word_index in segment_starts:
            cost += _SEGMENT_INSIDE_COST
        costs.append(cost)
    return costs


def _cheapest_cuts(
    row: Row,
    starts_ms: Sequence[int],
    ends_ms: Sequence[int],
    inside_costs: Sequence[float],
    turn_ends: Sequence[int],
    shared_reach: Mapping[int, int],
    rules: SubtitleRules,
) -> list[tuple[int, int]]:
    """The stretches [first, stop) of pieces that become cues.

    Backwards over the pieces: cheapest[k] is the cost of the best cut of everything from piece k on. With at
    most max_lines × max_line_width columns a cue, the time is linear in the length of the transcript.
    """
    count = len(row.pieces)
    left, right, break_costs = row.left, row.right, row.break_costs
    # A cue that stops before piece k has to be gone when the next one comes; nothing comes after the last.
    leaves_ms = [start - rules.min_gap_ms for start in starts_ms] + [_FOREVER_MS]
    inside_sums = [0.0]
    for cost in inside_costs:
        inside_sums.append(inside_sums[-1] + cost)
    cheapest = [math.inf] * count + [0.0]
    stops = [count] * count
    reach = [min(pair) for pair in zip(_cue_reach(row, rules.max_lines), [*turn_ends, count], strict=True)]
    two_lines = rules.max_lines == 2
    min_ms, max_ms = rules.min_ms, rules.max_ms
    ms_per_column, ideal_ms_per_column = (
        1000 / rules.max_characters_per_second,
        1000 / rules.ideal_characters_per_second,
    )
    for first in range(count - 1, -1, -1):
        begin_ms, begin_column, inside_before = starts_ms[first], left[first], inside_sums[first + 1]
        first_line_stop = row.line_reach[first]
        turn_end = turn_ends[first]
        for stop in range(first + 1, max(reach[first], shared_reach.get(first, 0)) + 1):
            is_shared = stop > turn_end
            spoken_ms = ends_ms[stop - 1] - begin_ms
            if spoken_ms > max_ms and stop > first + 1:
                break
            cost = cheapest[stop] + _CUE_COST + break_costs[stop] + inside_sums[stop] - inside_before
            # Text of no width at all (lone combining marks) still is something to see.
            columns = max(1, right[stop - 1] - begin_column)
            if is_shared:
                cost += _SHARED_CUE_COST
                columns += 2 * _DASH_COLUMNS
            shown_ms = min(leaves_ms[stop] - begin_ms, max_ms)
            if shown_ms < min_ms:
                cost += _VIOLATION_COST + _VIOLATION_EXTENT_COST * (1.0 - shown_ms / min_ms)
            reading_ms = columns * ms_per_column
            if shown_ms < reading_ms:
                lacking = 1.0 - max(0, shown_ms) / reading_ms
                cost += _VIOLATION_COST + _VIOLATION_EXTENT_COST * lacking * lacking
            elif shown_ms < columns * ideal_ms_per_column:
                faster = columns * ideal_ms_per_column / shown_ms - 1.0
                cost += _FAST_READING_COST * faster * faster
            if two_lines and stop > first_line_stop and not is_shared:
                earliest_break = row.line_origin[stop]
                if first_line_stop - earliest_break < _FEW_LINE_BREAKS:
                    cost += min(break_costs[earliest_break : first_line_stop + 1])
            if cost < cheapest[first]:
                cheapest[first], stops[first] = cost, stop
    cuts, first = [], 0
    while first < count:
        cuts.append((first, stops[first]))
        first = stops[first]
    return cuts


def _turn_ends(speakers: Sequence[str | None]) -> list[int]:
    """For each piece, the index after the last piece of its speaker's turn: no cue goes beyond it."""
    ends = [len(speakers)] * len(speakers)
    for k in range(len(speakers) - 2, -1, -1):
        ends[k] = ends[k + 1] if speakers[k] == speakers[k + 1] else k + 1
    return ends


def _shared_reach(row: Row, speaking: Sequence[str | None], turn_ends: Sequence[int]) -> dict[int, int]:
    """For each piece from which the rest of its turn fits a line with a dash, and whose turn is followed by
    somebody else's: the index after the last piece of that other turn which fits the second line."""
    room = row.max_line_width - _DASH_COLUMNS
    reach: dict[int, int] = {}
    for first, middle in enumerate(turn_ends):
        if middle == len(turn_ends) or None in (speaking[first], speaking[middle]):
            continue
        if row.width(first, middle) > room:
            continue
        stop = middle
        while stop < turn_ends[middle] and row.width(middle, stop + 1) <= room:
            stop += 1
        if stop > middle:
            reach[first] = stop
    return reach


def _cue_reach(row: Row, max_lines: int) -> list[int]:
    """For each piece, the index after the last piece that fits a cue that begins with it."""
    reach = list(range(len(row.pieces) + 1))
    for _ in range(max_lines):
        reach = [row.line_reach[stop] if stop < len(row.pieces) else stop for stop in reach]
    return reach


def _timed_cues(
    row: Row,
    cuts: Sequence[tuple[int, int]],
    starts_ms: Sequence[int],
    ends_ms: Sequence[int],
    rules: SubtitleRules,
    speaking: Sequence[str | None],
    turn_ends: Sequence[int],
) -> tuple[Cue, ...]:
    cues: list[Cue] = []
    earliest_ms = 0
    for first, stop in cuts:
        # Later than its first word only where words of different cues begin at the same moment.
        begin_ms = max(starts_ms[first], earliest_ms)
        leave_ms = starts_ms[stop] - rules.min_gap_ms if stop < len(starts_ms) else _FOREVER_MS
        middle = turn_ends[first]
        columns = row.width(first, stop) + (2 * _DASH_COLUMNS if middle < stop else 0)
        reading_ms = math.ceil(columns * 1000 / rules.ideal_characters_per_second)
        wanted_ms = max(ends_ms[stop - 1], begin_ms + max(rules.min_ms, reading_ms))
        end_ms = max(begin_ms + 1, min(wanted_ms, leave_ms, begin_ms + rules.max_ms))
        if middle < stop:
            lines = (_with_dash(row.lines(first, middle)[0]), _with_dash(row.lines(middle, stop)[0]))
            cues.append(Cue(begin_ms, end_ms, lines))
        else:
            cues.append(Cue(begin_ms, end_ms, row.lines(first, stop), speaking[first]))
        earliest_ms = end_ms + rules.min_gap_ms
    return tuple(cues)


def _with_dash(line: tuple[Word, ...]) -> tuple[Word, ...]:
    start = line[0].start_seconds
    return (Word(_DASH, start, start, 1.0), *line)
