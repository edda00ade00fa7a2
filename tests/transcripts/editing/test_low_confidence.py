from __future__ import annotations

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import DoubtfulWalk, EditableTranscript, WordPlace


def document() -> EditableTranscript:
    confidences = [[0.9, 0.4], [0.1, 0.3, 0.95]]
    segments = tuple(
        Segment(tuple(Word("w", 10 * i + j, 10 * i + j + 0.5, c) for j, c in enumerate(row)))
        for i, row in enumerate(confidences)
    )
    return EditableTranscript(Transcript("a.wav", 30.0, "m", segments))


def test_the_least_sure_word_comes_first_and_the_walk_begins_anew_at_its_end() -> None:
    walk = DoubtfulWalk(document())
    assert (walk.count(), walk.remaining()) == (3, 3)
    places = [walk.next(order="confidence") for _ in range(4)]
    assert places == [WordPlace(1, 0), WordPlace(1, 1), WordPlace(0, 1), WordPlace(1, 0)]
    assert walk.remaining() == 2


def test_in_the_order_of_the_text_it_goes_on_behind_the_place() -> None:
    walk = DoubtfulWalk(document())
    assert walk.next(None, "text") == WordPlace(0, 1)
    assert walk.next(WordPlace(0, 1), "text") == WordPlace(1, 0)
    assert walk.next(WordPlace(1, 2), "text") == WordPlace(0, 1)


def test_the_order_of_the_text_is_the_usual_one_and_passes_over_nothing_at_the_caret() -> None:
    walk = DoubtfulWalk(document())
    assert walk.next(WordPlace(1, 0)) == WordPlace(1, 0), "the caret stands there, nobody has looked yet"
    assert walk.next(WordPlace(1, 0)) == WordPlace(1, 1)


def test_corrected_and_confirmed_words_do_not_come_again() -> None:
    edited = document()
    walk = DoubtfulWalk(edited)
    edited.confirm_word(WordPlace(1, 0))
    edited.set_word(WordPlace(1, 1), "other")
    assert [walk.next(), walk.next()] == [WordPlace(0, 1)] * 2
    edited.confirm_word(WordPlace(0, 1))
    assert walk.next() is None
