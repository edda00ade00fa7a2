from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.transcripts.document import (
    ReadingOptions,
    Segment,
    Transcript,
    Word,
    pause_between,
    segments_for_reading,
    writable_text,
)
from tests.transcripts.strategies import words


def spoken(text: str, start: float = 0.0, seconds_per_word: float = 0.3, gap: float = 0.0) -> list[Word]:
    return [
        Word(
            word,
            start + i * (seconds_per_word + gap),
            start + i * (seconds_per_word + gap) + seconds_per_word,
            0.9,
        )
        for i, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("text", "start", "end", "confidence"),
    [
        ("", 0.0, 1.0, 0.5),
        (" a", 0.0, 1.0, 0.5),
        ("a\nb", 0.0, 1.0, 0.5),
        ("a\x00b", 0.0, 1.0, 0.5),
        ("a\ud800", 0.0, 1.0, 0.5),
        ("a", 1.0, 0.5, 0.5),
        ("a", -0.1, 0.5, 0.5),
        ("a", float("nan"), 0.5, 0.5),
        ("a", 0.0, float("nan"), 0.5),
        ("a", 0.0, float("inf"), 0.5),
        ("a", 0.0, 1.0, 1.01),
        ("a", 0.0, 1.0, -0.01),
        ("a", 0.0, 1.0, float("nan")),
    ],
)
def test_a_word_that_cannot_be_is_refused(text: str, start: float, end: float, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"word|times|confidence"):
        Word(text, start, end, confidence)


def test_a_word_may_be_a_single_moment_and_hold_spaces_inside() -> None:
    assert Word("New York", 1.0, 1.0, 0.0).text == "New York"


def test_words_segments_and_transcripts_cannot_be_changed() -> None:
    word = Word("a", 0.0, 1.0, 0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        word.text = "b"  # type: ignore[misc]
    assert not hasattr(word, "__dict__")


def test_a_segment_has_text_times_and_confidence_of_its_words() -> None:
    segment = Segment((Word("hello", 1.0, 2.5, 0.5), Word("there", 1.5, 2.0, 1.0)))
    assert segment.text == "hello there"
    assert (segment.start_seconds, segment.end_seconds) == (1.0, 2.5)
    assert segment.confidence == pytest.approx(0.75)


def test_a_segment_needs_words_in_order() -> None:
    with pytest.raises(ValueError, match="at least one word"):
        Segment(())
    with pytest.raises(ValueError, match="out of order"):
        Segment((Word("b", 2.0, 3.0, 0.5), Word("a", 1.0, 1.5, 0.5)))


def test_a_transcript_needs_segments_in_order_and_a_duration() -> None:
    early, late = Segment((Word("a", 1.0, 1.5, 0.5),)), Segment((Word("b", 2.0, 3.0, 0.5),))
    transcript = Transcript("talk.mp3", 3.0, "starter-en", (early, late))
    assert transcript.text == "a\nb"
    assert [word.text for word in transcript.words] == ["a", "b"]
    with pytest.raises(ValueError, match="out of order"):
        Transcript("talk.mp3", 3.0, "starter-en", (late, early))
    for duration in (float("nan"), float("inf"), -1.0):
        with pytest.raises(ValueError, match="not a length"):
            Transcript("talk.mp3", duration, "starter-en", ())


def test_chinese_and_japanese_words_are_joined_without_spaces() -> None:
    segment = Segment(
        (Word("今日", 0, 1, 1.0), Word("は", 1, 2, 1.0), Word("OK", 2, 3, 1.0), Word("then", 3, 4, 1.0))
    )
    assert segment.text == "今日はOK then"


def test_names_from_outside_lose_only_what_cannot_be_written() -> None:
    assert writable_text("Gespräch\udce4\x00.wav") == "Gespräch��.wav"


# --- segments for reading


def texts(segments: tuple[Segment, ...]) -> list[str]:
    return [segment.text for segment in segments]


def test_a_pause_ends_a_segment() -> None:
    one, two = spoken("one two three"), spoken("four five", start=1.7)
    assert texts(segments_for_reading([[*one, *two]])) == ["one two three", "four five"]


def test_a_short_pause_does_not() -> None:
    one, two = spoken("one two three"), spoken("four five", start=1.5)
    assert texts(segments_for_reading([[*one, *two]])) == ["one two three four five"]


def test_utterances_with_a_real_pause_between_them_are_never_joined() -> None:
    one, two = spoken("one two three"), spoken("four five", start=0.9 + 0.31)
    assert texts(segments_for_reading([one, two])) == ["one two three", "four five"]


def test_an_utterance_that_was_only_cut_for_its_length_reads_on() -> None:
    one, two = spoken("one two three"), spoken("four five", start=0.95)
    assert texts(segments_for_reading([one, [], two])) == ["one two three four five"]


def test_a_sentence_end_closes_a_segment_that_is_long_enough() -> None:
    text = "This sentence is certainly long enough to stand alone. Yes. No. The next goes on for a while too."
    assert texts(segments_for_reading([spoken(text)])) == [
        "This sentence is certainly long enough to stand alone.",
        "Yes. No. The next goes on for a while too.",
    ]


def test_titles_and_initials_end_no_sentence() -> None:
    text = "There was nobody in the large old house but Mr. Smith and J. Dale"
    assert texts(segments_for_reading([spoken(text)])) == [text]


def test_long_speech_without_punctuation_is_cut_at_its_longest_pause() -> None:
    first = spoken("and so it went on for many more words than anybody could hold in one hand", gap=0.02)
    second = spoken(
        "nobody had thought of what would come after that long long day beside the river",
        start=first[-1].end_seconds + 0.5,
        gap=0.02,
    )
    options = ReadingOptions(max_characters=100, max_seconds=60.0)
    assert len(segments_for_reading([[*first, *second]], options)) == 2
    assert segments_for_reading([[*first, *second]], options)[1].words[0].text == "nobody"


def test_a_word_longer_than_the_limit_stays_alone() -> None:
    endless = Word("a" * 300, 0.0, 100.0, 0.5)
    assert texts(segments_for_reading([[endless]])) == ["a" * 300]


def test_no_utterances_give_no_segments() -> None:
    assert segments_for_reading([]) == ()
    assert segments_for_reading([[], []]) == ()


@pytest.mark.parametrize(
    "wrong",
    [{"pause_seconds": -1.0}, {"max_seconds": float("nan")}, {"min_characters": 300}, {"min_characters": -1}],
)
def test_options_that_contradict_each_other_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="has to"):
        ReadingOptions(**wrong)  # type: ignore[arg-type]


@given(st.lists(words(max_size=15), max_size=6), st.integers(1, 200), st.floats(0.1, 30.0))
def test_segments_hold_every_word_once_and_keep_all_limits(
    utterances: list[list[Word]], max_characters: int, max_seconds: float
) -> None:
    shifted, offset = [], 0.0
    for utterance in utterances:
        shifted.append(
            [Word(w.text, w.start_seconds + offset, w.end_seconds + offset, w.confidence) for w in utterance]
        )
        offset = shifted[-1][-1].end_seconds if utterance else offset
    options = ReadingOptions(
        max_characters=max_characters, min_characters=max_characters // 4, max_seconds=max_seconds
    )

    segments = segments_for_reading(shifted, options)

    assert [word for segment in segments for word in segment.words] == [w for u in shifted for w in u]
    first_words = {id(utterance[0]) for utterance in shifted if utterance}
    for segment in segments:
        if len(segment.words) > 1:
            assert len(segment.text) <= max_characters
            assert segment.end_seconds - segment.start_seconds <= max_seconds
        for left, right in pairwise(segment.words):
            limit = options.utterance_pause_seconds if id(right) in first_words else options.pause_seconds
            assert pause_between(left, right) < limit
