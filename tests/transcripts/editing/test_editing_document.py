from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import Change, EditableTranscript, Query, WordPlace, find_all
from tests.transcripts.strategies import transcripts


def said(text: str, start: float, confidence: float = 0.5) -> Segment:
    return Segment(
        tuple(Word(t, start + i, start + i + 0.75, confidence) for i, t in enumerate(text.split()))
    )


def talk() -> EditableTranscript:
    segments = (said("the whether was fine", 0.0), said("on that day", 10.0), said("in may", 20.0))
    return EditableTranscript(Transcript("talk.wav", 30.0, "m", segments))


def test_a_corrected_word_takes_the_time_of_the_wrong_one_and_is_sure() -> None:
    document = talk()
    assert document.set_text(0, "the weather was fine")
    words = document.segments[0].words
    assert words[1] == Word("weather", 1.0, 1.75, 1.0)
    assert (words[0], *words[2:]) == (talk().segments[0].words[0], *talk().segments[0].words[2:])


def test_an_empty_edit_never_erases() -> None:
    document = talk()
    assert not document.set_text(0, "  \t ")
    assert not document.set_word(WordPlace(0, 0), " ")
    assert document.segments == talk().segments
    assert document.undo_name is None


def test_an_inserted_word_lies_in_the_pause_and_several_share_the_time_of_one() -> None:
    document = talk()
    document.set_text(1, "on that very day")
    assert document.segments[1].words[2] == Word("very", 11.75, 12.0, 1.0)
    document.set_word(WordPlace(2, 1), "mid April")
    first, second = document.segments[2].words[1:]
    assert (first.start_seconds, second.end_seconds) == (21.0, 21.75)
    assert first.end_seconds == second.start_seconds
    assert first.end_seconds - first.start_seconds < second.end_seconds - second.start_seconds


def test_a_word_can_be_taken_out_but_not_the_only_one() -> None:
    document = talk()
    assert document.remove_word(WordPlace(2, 0))
    assert document.segments[2].text == "may"
    assert not document.remove_word(WordPlace(2, 0))
    document.undo()
    assert document.segments == talk().segments


def test_split_and_merge_are_each_others_opposite() -> None:
    document = talk()
    assert document.split(WordPlace(0, 2))
    assert [segment.text for segment in document.segments[:2]] == ["the whether", "was fine"]
    assert document.merge(0)
    assert document.segments == talk().segments
    assert not document.split(WordPlace(0, 0))
    assert not document.merge(2)


def test_borders_stop_at_the_neighbours_and_words_inside_keep_their_times() -> None:
    document = talk()
    document.set_borders(1, 1.0, 15.0)
    moved = document.segments[1]
    assert (moved.start_seconds, moved.end_seconds) == (3.75, 15.0)
    assert moved.words[1] == talk().segments[1].words[1]
    document.set_borders(1, 11.5, 12.25)
    assert [(w.start_seconds, w.end_seconds) for w in document.segments[1].words] == [
        (11.5, 11.5),
        (11.5, 11.75),
        (12.0, 12.25),
    ]
    document.set_borders(2, 25.0, 90.0)
    assert document.segments[2].end_seconds == 30.0


def test_speakers_are_set_listed_and_renamed() -> None:
    document = talk()
    document.set_speaker([0, 2], " Ada   Lovelace ")
    document.set_speaker([1], "Charles")
    assert document.speakers() == ["Ada Lovelace", "Charles"]
    document.rename_speaker("Ada Lovelace", "Ada")
    assert [segment.speaker for segment in document.segments] == ["Ada", "Charles", "Ada"]
    document.undo()
    document.set_speaker([0], "")
    assert document.segments[0].speaker is None
    document.merge(0)
    assert document.segments[0].speaker == "Charles"


def test_replacing_is_one_step_however_many() -> None:
    document = talk()
    found = find_all(document.segments, Query("a"))
    assert document.replace_matches(found, "o") == len(found) == 4
    assert document.transcript().text == "the whether wos fine\non thot doy\nin moy"
    document.undo()
    assert document.segments == talk().segments


def test_a_replacement_that_would_leave_nothing_leaves_the_segment() -> None:
    document = talk()
    assert document.replace_matches(find_all(document.segments, Query("in may")), "") == 0
    assert document.segments == talk().segments


def test_listeners_hear_of_every_change_undo_included() -> None:
    document = talk()
    heard: list[Change] = []
    document.listen(heard.append)
    document.merge(0)
    document.undo()
    assert [(c.index, len(c.removed), len(c.inserted)) for c in heard] == [(0, 2, 1), (0, 1, 2)]


def test_better_times_belong_to_the_edit_they_came_from() -> None:
    document = talk()
    document.set_text(1, "on that very day")
    edited = document.segments[1]
    words = [Word(w.text, w.start_seconds + 0.1, w.end_seconds + 0.1, w.confidence) for w in edited.words]
    assert document.set_times(edited, words)
    assert document.segments[1].words == tuple(words)
    document.undo()
    assert document.segments == talk().segments
    document.redo()
    assert document.segments[1].words == tuple(words)


def test_times_that_come_too_late_are_not_used() -> None:
    document = talk()
    document.set_text(1, "on that very day")
    edited = document.segments[1]
    document.set_text(1, "on that day")
    assert not document.set_times(edited, edited.words)
    document = talk()
    beyond = [Word(w.text, w.start_seconds + 15, w.end_seconds + 15, 1.0) for w in document.segments[1].words]
    assert not document.set_times(document.segments[1], beyond)


def test_a_new_step_forgets_what_was_undone() -> None:
    document = talk()
    document.merge(0)
    document.undo()
    document.delete(2)
    assert document.redo() is None
    assert document.undo_name == "delete"


def test_chinese_words_keep_their_borders() -> None:
    words = tuple(Word(t, float(i), i + 0.5, 0.5) for i, t in enumerate(["今日", "は", "世界"]))
    document = EditableTranscript(Transcript("a.wav", 9.0, "m", (Segment(words),)))
    document.set_text(0, "今日は世間")
    assert [w.text for w in document.segments[0].words][:2] == ["今日", "は"]
    assert document.segments[0].words[:2] == words[:2]
    assert document.segments[0].text == "今日は世間"


@given(transcripts(), st.data())
def test_whatever_is_done_can_be_undone_and_done_again(transcript: Transcript, data: st.DataObject) -> None:
    document = EditableTranscript(transcript)
    states = [document.segments]
    texts = st.sampled_from(["", "a", "one two", "今日は", "the the the", "x\u2028y\x00"])
    for _ in range(data.draw(st.integers(1, 8))):
        if not document.segments:
            break
        index = data.draw(st.integers(0, len(document.segments) - 1))
        place = WordPlace(index, data.draw(st.integers(0, len(document.segments[index].words) - 1)))
        match data.draw(st.integers(0, 8)):
            case 0:
                done = document.split(place)
            case 1:
                done = document.merge(index)
            case 2:
                done = document.set_text(index, f"{document.segments[index].text} {data.draw(texts)}")
            case 3:
                done = document.set_word(place, data.draw(texts))
            case 4:
                times = st.floats(0.0, 100.0)
                done = document.set_borders(index, data.draw(times), data.draw(times))
            case 5:
                done = document.set_speaker([index], data.draw(texts))
            case 6:
                found = find_all(document.segments, Query(document.segments[index].words[0].text))
                revision = document.revision
                document.replace_matches(found, data.draw(texts))
                done = document.revision != revision
            case 7:
                done = document.delete(index)
            case _:
                done = document.confirm_word(place)
        assert done == (document.segments is not states[-1])
        document.transcript()  # raises where words are out of order
        if done:
            states.append(document.segments)
    for state in reversed(states[:-1]):
        document.undo()
        assert document.segments == state
    assert document.undo() is None
    for state in states[1:]:
        document.redo()
        assert document.segments == state


def test_a_change_makes_it_corrected_and_undo_takes_that_back() -> None:
    document = talk()
    assert not document.transcript().is_corrected
    document.confirm_word(WordPlace(0, 0))
    assert document.transcript().is_corrected
    document.undo()
    assert not document.transcript().is_corrected


def test_what_was_corrected_another_day_stays_so() -> None:
    assert EditableTranscript(replace(talk().transcript(), is_corrected=True)).transcript().is_corrected


def test_who_changes_a_segment_vouches_for_it_and_undo_takes_that_back() -> None:
    edits = (
        lambda d: d.set_text(0, "the weather was fine"),
        lambda d: d.set_word(WordPlace(0, 1), "weather"),
        lambda d: d.remove_word(WordPlace(0, 0)),
        lambda d: d.replace_matches(find_all(d.segments, Query("whether")), "weather"),
    )
    for edit in edits:
        document = talk()
        assert edit(document)
        assert [segment.is_confirmed for segment in document.segments] == [True, False, False]
        document.undo()
        assert document.segments == talk().segments


def test_moving_naming_and_aligning_vouch_for_nothing() -> None:
    document = talk()
    document.set_speaker([0, 1], "Anna")
    document.set_borders(0, 0.1, 4.0)
    document.split(WordPlace(0, 2))
    document.merge(0)
    document.confirm_word(WordPlace(0, 0))
    assert not any(segment.is_confirmed for segment in document.segments)


def test_segments_are_confirmed_as_they_stand_and_that_is_taken_back() -> None:
    document = talk()
    assert document.confirm_segments([0, 2])
    assert [segment.is_confirmed for segment in document.segments] == [True, False, True]
    assert {word.confidence for word in document.segments[0].words} == {1.0}
    assert not document.confirm_segments([0, 2]), "no step that changes nothing"
    assert document.transcript().is_corrected
    assert document.confirm_segments([0], are_right=False)
    assert not document.segments[0].is_confirmed
    document.undo()
    document.undo()
    assert document.segments == talk().segments


def test_parts_of_a_confirmed_segment_are_confirmed_and_a_join_only_where_both_are() -> None:
    document = talk()
    document.confirm_segments([0])
    document.split(WordPlace(0, 2))
    assert [segment.is_confirmed for segment in document.segments] == [True, True, False, False]
    document.merge(0)
    document.merge(0)
    assert [segment.is_confirmed for segment in document.segments] == [False, False]
