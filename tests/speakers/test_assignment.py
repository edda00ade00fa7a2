"""From turns to words: who says each, and where segments end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.speakers.assignment import assign_speakers, number_of_label, speaker_label, speakers_of
from asr_desktop.speakers.turns import Turn
from asr_desktop.transcripts.document import Segment, Word


def words(*times: tuple[str, float, float]) -> tuple[Word, ...]:
    return tuple(Word(text, start, end, 0.9) for text, start, end in times)


def test_a_segment_ends_where_the_speaker_changes() -> None:
    said = words(
        ("how", 0.0, 0.3), ("are", 0.3, 0.5), ("you", 0.5, 0.9), ("fine", 1.0, 1.4), ("thanks", 1.5, 1.9)
    )
    turns = [Turn(0.0, 0.95, 1, 0.9), Turn(0.95, 2.0, 2, 0.9)]
    found = assign_speakers([Segment(said, is_confirmed=True)], turns)
    assert [(segment.speaker, segment.text) for segment in found] == [
        ("Speaker 1", "how are you"),
        ("Speaker 2", "fine thanks"),
    ]
    assert all(segment.is_confirmed for segment in found)


def test_segments_of_one_speaker_stay_as_they_were_cut() -> None:
    first, second = Segment(words(("one", 0.0, 0.5))), Segment(words(("two", 0.6, 1.0)))
    found = assign_speakers([first, second], [Turn(0.0, 1.0, 1, 1.0)], {1: "Anna"})
    assert [(segment.words, segment.speaker) for segment in found] == [
        (first.words, "Anna"),
        (second.words, "Anna"),
    ]


def test_without_turns_nothing_changes() -> None:
    segments = (Segment(words(("alone", 0.0, 1.0)), speaker="Anna"),)
    assert assign_speakers(segments, []) == segments


def test_a_word_that_reaches_a_little_into_the_next_turn_stays_with_its_speaker() -> None:
    said = words(("one", 0.0, 0.4), ("two", 0.45, 1.0), ("three", 1.05, 1.5), ("four", 1.5, 2.0))
    turns = [Turn(0.0, 0.8, 1, 1.0), Turn(0.8, 2.0, 2, 1.0)]
    assert speakers_of(said, turns) == [1, 1, 2, 2]


def test_one_word_of_two_who_talk_at_once_does_not_change_the_speaker() -> None:
    said = words(("one", 0.0, 0.4), ("two", 0.42, 0.8), ("three", 0.82, 1.2))
    turns = [Turn(0.0, 1.2, 1, 1.0), Turn(0.4, 0.85, 2, 1.0)]
    assert speakers_of(said, turns) == [1, 1, 1]


def test_a_word_outside_of_all_turns_goes_to_the_nearest() -> None:
    said = words(("early", 0.0, 0.4), ("late", 9.0, 9.4), ("far", 60.0, 60.4))
    turns = [Turn(1.0, 3.0, 1, 1.0), Turn(8.0, 8.8, 2, 1.0)]
    assert speakers_of(said, turns) == [1, 2, 2]


def test_labels_and_their_numbers() -> None:
    assert speaker_label(3) == "Speaker 3"
    assert number_of_label("Speaker 12") == 12
    assert number_of_label("Speaker 0") is None
    assert number_of_label("Speaker Anna") is None


@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 3)), max_size=30),
    st.lists(st.tuples(st.floats(0, 20), st.floats(0.01, 5), st.integers(1, 4)), max_size=12),
)
def test_every_word_comes_out_once_and_in_order(
    times: list[tuple[float, float]], spoken: list[tuple[float, float, int]]
) -> None:
    said = [Word(str(i), start, start + length, 0.5) for i, (start, length) in enumerate(sorted(times))]
    segments = [Segment(tuple(said[i : i + 4])) for i in range(0, len(said), 4)]
    turns = [Turn(start, start + length, speaker, 1.0) for start, length, speaker in spoken]
    found = assign_speakers(segments, turns)
    assert [word for segment in found for word in segment.words] == said
    if turns:
        named = {speaker_label(speaker) for _, _, speaker in spoken}
        assert {segment.speaker for segment in found} <= named
