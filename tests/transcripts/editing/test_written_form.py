from __future__ import annotations

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import EditableTranscript, WordPlace
from asr_desktop.transcripts.editing.written_form import (
    as_spoken,
    like,
    rewrite,
    toggle_capital,
    toggle_full_stop,
)


def word(text: str, start: float, *spoken: str) -> Word:
    said = tuple(Word(one, start + 0.1 * n, start + 0.1 * n + 0.1, 0.5) for n, one in enumerate(spoken))
    return Word(text, start, start + 0.5, 0.5, said or None)


def editable(*segments: tuple[Word, ...]) -> EditableTranscript:
    return EditableTranscript(Transcript("a.wav", 60.0, "m", tuple(map(Segment, segments))))


def texts(document: EditableTranscript) -> list[str]:
    return [segment.text for segment in document.segments]


def test_a_capital_and_back() -> None:
    document = editable((word("anna", 0.0), word("left", 1.0)))

    assert toggle_capital(document, WordPlace(0, 0))
    assert texts(document) == ["Anna left"]
    (first, _) = document.segments[0].words
    assert first.spoken == (word("anna", 0.0),)
    assert first.confidence == 0.5
    toggle_capital(document, WordPlace(0, 0))
    assert texts(document) == ["anna left"]
    document.undo()
    document.undo()
    assert document.segments[0].words[0] == word("anna", 0.0)


def test_a_word_without_letters_has_no_capital() -> None:
    assert not toggle_capital(editable((word("25", 0.0, "twenty", "five"),)), WordPlace(0, 0))


def test_a_full_stop_comes_with_the_next_capital_and_goes_with_it() -> None:
    document = editable((word("he", 0.0), word("came,", 1.0, "came"), word("she", 2.0), word("left", 3.0)))

    assert toggle_full_stop(document, WordPlace(0, 1))
    assert texts(document) == ["he came. She left"]
    assert toggle_full_stop(document, WordPlace(0, 1))
    assert texts(document) == ["he came she left"]
    assert document.undo_name == "full stop"
    document.undo()
    assert texts(document) == ["he came. She left"]


def test_a_full_stop_reaches_into_the_next_segment_in_one_step() -> None:
    document = editable((word("he", 0.0), word("came", 1.0)), (word("she", 2.0),))

    toggle_full_stop(document, WordPlace(0, 1))
    assert texts(document) == ["he came.", "She"]
    document.undo()
    assert texts(document) == ["he came", "she"]


def test_i_keeps_its_capital_without_a_stop_before_it() -> None:
    document = editable((word("came.", 0.0, "came"), word("I'm", 1.0, "i'm")))

    toggle_full_stop(document, WordPlace(0, 0))
    assert texts(document) == ["came I'm"]


def test_the_last_word_of_all_can_have_a_stop() -> None:
    document = editable((word("came", 0.0),))

    assert toggle_full_stop(document, WordPlace(0, 0))
    assert texts(document) == ["came."]


def test_the_spoken_form_comes_back_with_its_times() -> None:
    document = editable((word("It", 0.0, "it"), word("was", 1.0), word("25.", 2.0, "twenty", "five")))

    assert rewrite(document, WordPlace(0, 0), WordPlace(0, 2), as_spoken, "spoken form")
    assert texts(document) == ["it was twenty five"]
    assert [one.start_seconds for one in document.segments[0].words] == [0.0, 1.0, 2.0, 2.1]
    assert not rewrite(document, WordPlace(0, 0), WordPlace(0, 3), as_spoken, "spoken form")


def test_only_what_is_chosen_is_rewritten() -> None:
    document = editable((word("25", 0.0, "twenty", "five"), word("26", 1.0, "twenty", "six")))

    rewrite(document, WordPlace(0, 1), WordPlace(0, 1), as_spoken, "spoken form")
    assert texts(document) == ["25 twenty six"]


def test_other_marks_and_capitals_leave_what_was_spoken() -> None:
    document = editable((word("It", 0.0, "it"), word("was", 1.0), word("25.", 2.0, "twenty", "five")))

    document.set_text(0, "it, was 25")

    it, was, number = document.segments[0].words
    assert [one.text for one in it.spoken_words] == ["it"]
    assert was.spoken is None
    assert [one.text for one in number.spoken_words] == ["twenty", "five"]


def test_another_number_was_spoken_as_it_now_says() -> None:
    document = editable((word("25", 0.0, "twenty", "five"),))

    document.set_text(0, "26")

    assert document.segments[0].words[0].spoken is None


def test_moved_borders_take_the_spoken_words_along() -> None:
    document = editable((word("25", 2.0, "twenty", "five"),))

    document.set_borders(0, 1.0, 3.0)

    (number,) = document.segments[0].words
    assert (number.start_seconds, number.end_seconds) == (1.0, 3.0)
    assert all(1.0 <= one.start_seconds <= one.end_seconds <= 3.0 for one in number.spoken_words)


def test_a_guess_gets_the_capital_and_the_mark_of_what_it_replaces() -> None:
    assert like(word("Their.", 0.0, "their"), "there") == "There."
    assert like(word("their", 0.0), "there") == "there"
    assert like(word("their,", 0.0, "their"), "there") == "there,"
