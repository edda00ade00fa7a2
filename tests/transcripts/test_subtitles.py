from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_desktop.base.errors import ExportError
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export.line_breaking import Row
from asr_desktop.transcripts.export.subtitles import Cue, Rule, SubtitleRules, subtitle_cues, violations
from tests.transcripts.strategies import HARMLESS_TEXTS, transcripts, words

SHORT_TEXTS = st.text("abcd", min_size=1, max_size=9)


def cues_of(text: str, words_per_second: float = 2.5, rules: SubtitleRules | None = None) -> tuple[Cue, ...]:
    spoken = [
        Word(word, i / words_per_second, (i + 0.95) / words_per_second, 0.9)
        for i, word in enumerate(text.split())
    ]
    return subtitle_cues([Segment(tuple(spoken))], rules)


def test_defaults_are_those_of_subtitle_edit() -> None:
    rules = SubtitleRules()
    assert (rules.max_line_width, rules.max_lines) == (43, 2)
    assert (rules.max_characters_per_second, rules.ideal_characters_per_second) == (25.0, 15.0)
    assert (rules.min_seconds, rules.max_seconds, rules.min_gap_seconds) == (1.0, 8.0, 0.024)


def test_ordinary_speech_keeps_every_rule_and_ends_cues_at_commas() -> None:
    cues = cues_of(
        "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of "
        "foolishness, it was the epoch of belief, it was the epoch of incredulity."
    )
    assert violations(cues) == ()
    assert all(cue.text.endswith((",", ".")) for cue in cues)


def test_a_lone_short_word_stays_for_the_shortest_time() -> None:
    (cue,) = subtitle_cues([Segment((Word("Yes.", 3.0, 3.2, 0.9),))])
    assert (cue.start_ms, cue.end_ms) == (3000, 4000)


def test_a_fast_cue_is_stretched_into_the_silence_after_it() -> None:
    fast = [Word("word" * 3, 0.1 * i, 0.1 * i + 0.1, 0.9) for i in range(4)]
    later = Word("later", 5.0, 5.5, 0.9)
    first, second = subtitle_cues([Segment(tuple(fast)), Segment((later,))])
    assert first.characters_per_second == pytest.approx(15.0, abs=0.01)
    assert second.start_ms == 5000


def test_stretching_stops_at_the_gap_before_the_next_cue() -> None:
    fast = [Word("word" * 3, 0.1 * i, 0.1 * i + 0.1, 0.9) for i in range(4)]
    later = Word("later", 3.0, 3.5, 0.9)
    first, second = subtitle_cues([Segment(tuple(fast)), Segment((later,))])
    assert (first.end_ms, second.start_ms) == (3000 - 24, 3000)


def test_no_cue_holds_words_on_both_sides_of_a_silence() -> None:
    words_ = [Word("before", 0.0, 1.2, 0.9), Word("after", 3.5, 4.7, 0.9)]
    first, second = subtitle_cues([Segment(tuple(words_))])
    assert (first.text, second.text) == ("before", "after")
    assert first.end_ms < 3500


def test_a_word_that_lasts_longer_than_a_cue_may_leaves_in_time() -> None:
    (cue,) = subtitle_cues([Segment((Word("aaah", 0.0, 20.0, 0.9),))])
    assert cue.duration_seconds == 8.0


def test_no_words_give_no_cues() -> None:
    assert subtitle_cues([]) == ()


def test_rules_can_be_set() -> None:
    rules = SubtitleRules(
        max_line_width=32, max_lines=1, min_seconds=0.5, max_seconds=3.0, min_gap_seconds=0.1
    )
    cues = cues_of("one two three four five six seven eight nine ten eleven twelve thirteen", rules=rules)
    assert violations(cues, rules) == ()
    assert all(len(cue.lines) == 1 and len(cue.text) <= 32 for cue in cues)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_line_width": 1},
        {"max_lines": 0},
        {"ideal_characters_per_second": 30.0},
        {"ideal_characters_per_second": 0.0},
        {"min_seconds": 9.0},
        {"min_seconds": 0.0},
        {"min_gap_seconds": -1.0},
        {"max_seconds": float("nan")},
    ],
)
def test_rules_that_contradict_each_other_are_refused_with_a_sentence(wrong: dict[str, float]) -> None:
    with pytest.raises(ExportError) as refusal:
        SubtitleRules(**wrong)  # type: ignore[arg-type]
    assert str(refusal.value).endswith(".")


# --- properties


def assert_sound(transcript: Transcript, cues: Sequence[Cue], rules: SubtitleRules) -> None:
    """What holds whatever the words' times are."""
    shown = [word for cue in cues for line in cue.lines for word in line]
    assert "".join(word.text for word in shown) == "".join(word.text for word in transcript.words)
    for left, right in pairwise(shown):
        assert left.start_seconds <= right.start_seconds
    for cue in cues:
        assert cue.start_ms < cue.end_ms
    unavoidable = {Rule.TOO_SHORT, Rule.READING_SPEED}
    assert {violation.rule for violation in violations(cues, rules)} <= unavoidable
    for cue in cues:
        first_ms = round(cue.lines[0][0].start_seconds * 1000)
        assert cue.start_ms >= first_ms


@given(transcripts())
def test_every_word_once_in_order_never_overlapping(transcript: Transcript) -> None:
    assert_sound(transcript, subtitle_cues(transcript.segments), SubtitleRules())


@given(transcripts(), st.integers(2, 60), st.integers(1, 4), st.integers(0, 500), st.integers(1, 3000))
def test_the_same_under_any_rules(
    transcript: Transcript, width: int, lines: int, gap_ms: int, min_ms: int
) -> None:
    rules = SubtitleRules(
        max_line_width=width,
        max_lines=lines,
        min_gap_seconds=gap_ms / 1000,
        min_seconds=min_ms / 1000,
        max_seconds=3.0,
    )
    assert_sound(transcript, subtitle_cues(transcript.segments, rules), rules)


def can_be_kept(spoken: Sequence[Word], rules: SubtitleRules) -> bool:
    """Whether some cut of the words keeps every rule, found without the code under test.

    A cue has to be able to stay until its last word is spoken, unless it is only one word.
    """
    starts = [round(word.start_seconds * 1000) for word in spoken]

    def fits(first: int, stop: int) -> bool:
        lines, used = 1, -1
        for word in spoken[first:stop]:
            if used + 1 + len(word.text) > rules.max_line_width:
                lines, used = lines + 1, -1
            used += 1 + len(word.text)
        if lines > rules.max_lines:
            return False
        spoken_ms = max(round(word.end_seconds * 1000) for word in spoken[:stop]) - starts[first]
        if spoken_ms > rules.max_ms and stop > first + 1:
            return False
        latest = starts[stop] - rules.min_gap_ms - starts[first] if stop < len(spoken) else rules.max_ms
        characters = len(" ".join(word.text for word in spoken[first:stop]))
        reading_ms = characters * 1000 / rules.max_characters_per_second
        return max(rules.min_ms, reading_ms) <= min(latest, rules.max_ms)

    kept = [False] * len(spoken) + [True]
    for first in reversed(range(len(spoken))):
        kept[first] = any(kept[stop] and fits(first, stop) for stop in range(first + 1, len(spoken) + 1))
    return kept[0]


@settings(max_examples=300)
@given(
    words(SHORT_TEXTS, min_size=1, max_size=14),
    st.sampled_from([9, 14, 20]),
    st.integers(1, 3),
    st.sampled_from([8.0, 17.3, 25.0]),
    st.sampled_from([0.2, 0.5, 1.0]),
)
def test_all_rules_hold_whenever_they_can(
    spoken: list[Word], width: int, lines: int, speed: float, min_seconds: float
) -> None:
    rules = SubtitleRules(
        max_line_width=width,
        max_lines=lines,
        max_characters_per_second=speed,
        ideal_characters_per_second=speed / 2,
        min_seconds=min_seconds,
        max_seconds=4.0,
    )
    cues = subtitle_cues([Segment(tuple(spoken))], rules)
    if can_be_kept(spoken, rules):
        assert violations(cues, rules) == ()
    else:
        assert violations(cues, rules) != ()


@given(words(HARMLESS_TEXTS, min_size=1))
def test_characters_are_counted_as_the_search_counted_them(spoken: list[Word]) -> None:
    row = Row(spoken, 43)
    (cues,) = [subtitle_cues([Segment(tuple(spoken))])]
    first = 0
    for cue in cues:
        stop = first
        text = "".join(word.text for line in cue.lines for word in line)
        while "".join(piece.text for piece in row.pieces[first:stop]) != text:
            stop += 1
        assert cue.characters == row.width(first, stop)
        first = stop


# --- violations


def cue(start_ms: int, end_ms: int, *lines: str) -> Cue:
    def line_of(text: str) -> tuple[Word, ...]:
        return tuple(Word(t, start_ms / 1000, start_ms / 1000, 0.9) for t in text.split())

    return Cue(start_ms, end_ms, tuple(line_of(line) for line in lines))


def test_cues_that_keep_the_rules_have_no_violations() -> None:
    assert violations([cue(0, 2000, "hello there"), cue(2024, 4000, "and hello", "to you")]) == ()


@pytest.mark.parametrize(
    ("cues", "rule", "actual", "limit"),
    [
        ([cue(0, 4000, "x" * 44)], Rule.LINE_WIDTH, 44, 43),
        ([cue(0, 4000, "a", "b", "c")], Rule.LINES, 3, 2),
        ([cue(0, 1000, "a" * 26)], Rule.READING_SPEED, 26, 25),
        ([cue(0, 999, "a")], Rule.TOO_SHORT, 0.999, 1.0),
        ([cue(0, 8001, "a")], Rule.TOO_LONG, 8.001, 8.0),
        ([cue(0, 1000, "a"), cue(1023, 2100, "b")], Rule.GAP, 0.023, 0.024),
        ([cue(0, 2000, "a"), cue(1500, 3000, "b")], Rule.OVERLAP, 0.5, 0.0),
    ],
)
def test_each_rule_has_its_violation(cues: list[Cue], rule: Rule, actual: float, limit: float) -> None:
    (found,) = violations(cues)
    assert (found.cue_index, found.rule, found.limit) == (0, rule, limit)
    assert found.actual == pytest.approx(actual)
    assert str(found).startswith("Subtitle 1: ")


def test_a_cue_never_on_screen_breaks_speed_and_time() -> None:
    assert {v.rule for v in violations([cue(500, 500, "a")])} == {Rule.READING_SPEED, Rule.TOO_SHORT}


def test_cues_are_values() -> None:
    one = cue(0, 2000, "a b", "c")
    assert one == dataclasses.replace(one)
    assert one.text == "a b\nc"
    assert one.characters == 5
    assert one.characters_per_second == 2.5
