from __future__ import annotations

from collections.abc import Sequence

import pytest

from asr_desktop.transcripts.document import Word
from asr_desktop.writing.options import (
    CAPITALS,
    MARKS,
    NUMBERS,
    PARTS,
    REPLACEMENTS,
    SPOKEN,
    Replacement,
    WritingOptions,
)
from asr_desktop.writing.writer import Writer
from tests.writing.pause_network import PauseNetwork


def said(text: str, at_seconds: float = 0.0) -> list[Word]:
    """Words of 0.3 s without silence between them; "|" is a second of it. Each is surer than the one
    before."""
    words: list[Word] = []
    now = at_seconds
    for token in text.split():
        if token == "|":
            now += 1.0
            continue
        words.append(Word(token, round(now, 3), round(now + 0.3, 3), 0.5 + 0.01 * len(words)))
        now += 0.3
    return words


def text_of(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def written(text: str, options: WritingOptions | None = None, **arguments: object) -> str:
    arguments.setdefault("marks", PauseNetwork())
    writer = Writer(options, **arguments)  # type: ignore[arg-type]
    return text_of(writer.write(said(text), closed=True).words)


def test_marks_capitals_and_numbers_together() -> None:
    assert (
        written("he came at twenty five past three | where was anna | in london")
        == "He came at 3:25. Where was Anna? In London."
    )


def test_a_written_word_keeps_what_it_was_spoken_in() -> None:
    words = said("it was twenty five per cent")

    out = Writer(marks=PauseNetwork()).write(words, closed=True).words

    assert [word.text for word in out] == ["It", "was", "25", "%."]
    assert out[1] is words[1]
    assert out[2] == Word("25", 0.6, 1.2, words[2].confidence, (words[2], words[3]))
    assert out[3].spoken_words == (words[4], words[5])
    assert [said for word in out for said in word.spoken_words] == words


def test_a_mark_alone_keeps_the_spoken_word_too() -> None:
    words = said("yes")

    (out,) = Writer(marks=PauseNetwork()).write(words, closed=True).words

    assert (out.text, out.spoken, out.confidence) == ("Yes.", (words[0],), words[0].confidence)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (MARKS, "i met Anna at 3:25 in NASA by the way I left"),
        (CAPITALS, "i met anna at 3:25 in nasa. btw i left."),
        (NUMBERS, "I met Anna at twenty five past three in NASA. Btw I left."),
        (REPLACEMENTS, "I met Anna at 3:25 in NASA. By the way I left."),
    ],
)
def test_each_part_can_be_left_out(part: str, expected: str) -> None:
    options = WritingOptions(off=(part,), replacements=(Replacement("By the way", "btw"),))
    text = "i met anna at twenty five past three in nasa | by the way i left"

    if part == MARKS:
        expected = expected.replace("by the way", "btw").replace("i met", "I met")
    assert written(text, options) == expected


def test_without_all_parts_words_stay_the_same_objects() -> None:
    words = said("i met anna at twenty five past three")

    for options in (SPOKEN, WritingOptions(off=PARTS)):
        out = Writer(options, marks=PauseNetwork()).write(words, closed=True)
        assert all(given is kept for given, kept in zip(words, out.words, strict=True))


def test_a_part_can_be_left_out_for_one_language() -> None:
    options = WritingOptions().with_part(NUMBERS, False, "en-GB")

    assert options.off == ("en:numbers",)
    assert written("ten men", options) == "Ten men."
    assert written("dreiundzwanzig leute", options, language="deu", marks=None) == "23 leute"
    assert options.with_part(NUMBERS, True, "eng") == WritingOptions()


def test_the_options_say_which_parts_are_on() -> None:
    options = WritingOptions(off=("marks", "de:all"))

    assert not options.has(MARKS, "en")
    assert options.has(CAPITALS, None)
    assert not options.has(CAPITALS, "de-CH")


# Live: a breath inside a sentence


def test_the_mark_at_the_end_is_taken_back_where_the_sentence_goes_on() -> None:
    writer = Writer(marks=PauseNetwork())

    first = writer.write(said("he came at nine"))
    second = writer.write(said("and said no", at_seconds=2.0))

    assert text_of(first.words) == "He came at nine."
    assert first.revised is None
    assert second.revised is not None
    assert text_of(second.revised) == "He came at nine"
    assert text_of(second.words) == "and said no."
    assert [word.spoken_words for word in second.revised] == [word.spoken_words for word in first.words]


def test_the_mark_stays_where_another_sentence_begins() -> None:
    writer = Writer(marks=PauseNetwork())

    writer.write(said("he came at nine"))
    second = writer.write(said("anna said no", at_seconds=2.0))

    assert second.revised is None
    assert text_of(second.words) == "Anna said no."


def test_a_mark_comes_where_it_was_missing() -> None:
    class Careful(PauseNetwork):
        def marks(self, words, gaps_seconds=None, *, closed, first=0):  # type: ignore[no-untyped-def]
            known = [*gaps_seconds[:-1], None if closed else 0.0]
            return super().marks(words, known, closed=closed, first=first)

    writer = Writer(marks=Careful())

    assert text_of(writer.write(said("he came")).words) == "He came"
    second = writer.write(said("anna left", at_seconds=3.0))
    assert second.revised is not None
    assert text_of(second.revised) == "He came."
    assert text_of(second.words) == "Anna left"
    assert text_of(writer.finish() or ()) == "Anna left."


def test_nothing_is_revised_at_the_end_where_the_mark_was_right() -> None:
    writer = Writer(marks=PauseNetwork())
    writer.write(said("he came"))

    assert writer.finish() is None


def test_only_the_last_utterance_is_revised() -> None:
    writer = Writer(marks=PauseNetwork())
    writer.write(said("he came"))
    writer.write(said("anna left", at_seconds=2.0))
    third = writer.write(said("and ran", at_seconds=4.0))

    assert text_of(third.revised or ()) == "Anna left"


def test_an_utterance_without_words_changes_nothing() -> None:
    writer = Writer(marks=PauseNetwork())
    writer.write(said("he came"))

    assert writer.write([]).words == ()
    assert text_of(writer.write(said("and left", at_seconds=2.0)).revised or ()) == "He came"


def test_the_network_is_asked_with_the_words_before() -> None:
    network = PauseNetwork()
    writer = Writer(marks=network)
    writer.write(said("one two three four five"))
    writer.write(said("six", at_seconds=2.0))

    assert network.asked == [
        (("one", "two", "three", "four", "five"), 0, False),
        (("two", "three", "four", "five", "six"), 3, False),
    ]


def test_another_writer_goes_on_where_one_stopped() -> None:
    first = Writer(marks=PauseNetwork())
    stored = first.write(said("he came at twenty past nine")).words
    second = Writer(marks=PauseNetwork())
    second.go_on_after(stored)

    after = second.write(said("and left", at_seconds=3.0))

    assert text_of(after.words) == "and left."
    assert after.revised is None


# Numbers and marks


def test_a_mark_inside_a_number_is_dropped() -> None:
    class Commas(PauseNetwork):
        def marks(self, words, gaps_seconds=None, *, closed, first=0):  # type: ignore[no-untyped-def]
            found = super().marks(words, gaps_seconds, closed=closed, first=first)
            return [
                type(one)(one.spoken, one.written, one.inner, one.mark_after or ",", False) for one in found
            ]

    assert written("nineteen eighty four", marks=Commas()) == "1984."
    assert written("may fifth nineteen forty five", marks=Commas()) == "May 5, 1945."


def test_no_number_goes_on_behind_a_sentence() -> None:
    assert written("in nineteen eighty | four men") == "In 1980. Four men."


def test_the_stop_of_an_abbreviation_ends_the_sentence_too() -> None:
    assert written("at three p m") == "At 3 p.m."
    assert written("when at three p m") == "When at 3 p.m.?"


def test_confidence_of_a_number_is_that_of_its_least_sure_word() -> None:
    words = said("twenty five")
    (out,) = Writer().write(words).words

    assert out.confidence == min(word.confidence for word in words)


# Hotwords and replacements


def test_hotwords_have_the_capitals_they_were_entered_with() -> None:
    text = "i use kubernetes in new york city on my iphone"

    assert (
        written(text, hotwords=("Kubernetes", "New York City", "iPhone", "city"))
        == "I use Kubernetes in New York City on my iPhone."
    )
    assert "kubernetes" in written(text, hotwords=("kubernetes",))
    assert written("iphone", hotwords=("iPhone",)) == "iPhone."


def test_hotwords_can_change_between_utterances() -> None:
    writer = Writer(marks=PauseNetwork())
    writer.set_hotwords(("McDonald",))

    assert text_of(writer.write(said("mcdonald")).words) == "McDonald."


@pytest.mark.parametrize(
    ("spoken", "to_write", "text", "expected"),
    [
        ("open source", "open-source", "an Open Source program", "An open-source program."),
        ("asr", "automatic speech recognition", "we do asr here", "We do automatic speech recognition here."),
        ("um", "", "um so he um came um", "So he came."),
        ("twenty five", "XXV", "twenty five men", "XXV men."),
        ("at and t", "AT&T", "at and t calls", "AT&T calls."),
        ("question mark", "?", "you came question mark", "You came?"),
        ("acme", "Acme Inc.", "i left acme", "I left Acme Inc."),
        ("btw", "by the way", "btw i left", "By the way I left."),
    ],
)
def test_replacements(spoken: str, to_write: str, text: str, expected: str) -> None:
    options = WritingOptions(replacements=(Replacement(spoken, to_write),))

    assert written(text, options) == expected


def test_the_longest_replacement_wins() -> None:
    options = WritingOptions(replacements=(Replacement("new", "N"), Replacement("new york", "NY")))

    assert written("new york is new", options) == "NY is N."


@pytest.mark.parametrize("text", ["um so he um came um", "asr is asr", "um", "at three um p m"])
def test_no_spoken_word_is_lost_by_replacements(text: str) -> None:
    options = WritingOptions(
        replacements=(Replacement("um", ""), Replacement("asr", "automatic speech recognition"))
    )
    words = said(text)

    out = Writer(options, marks=PauseNetwork()).write(words, closed=True).words

    if out:
        assert [word for one in out for word in one.spoken_words] == words
    else:
        assert text == "um"
    starts = [word.start_seconds for word in out]
    assert starts == sorted(starts)


def test_a_longer_written_form_has_words_for_which_nothing_was_said() -> None:
    words = said("asr")
    options = WritingOptions(replacements=(Replacement("asr", "automatic speech recognition"),))

    out = Writer(options).write(words).words

    assert [(word.text, word.spoken) for word in out] == [
        ("automatic", (words[0],)),
        ("speech", ()),
        ("recognition", ()),
    ]


# Other languages and models


def test_without_a_network_only_what_is_safe_is_done() -> None:
    assert (
        written("i'm here on monday in may at twenty past nine", marks=None)
        == "I'm here on Monday in may at 9:20"
    )


def test_other_languages_get_plain_numbers_only() -> None:
    assert (
        written("um drei kamen fünfundzwanzig leute und ein mann", language="de", marks=None)
        == "um drei kamen 25 leute und ein mann"
    )
    assert written("i had ten", language="xx", marks=None) == "i had ten"
    assert written("hundert leute und hunderte", language="de", marks=None) == "hundert leute und hunderte"
    assert written("der zwölfte und der fünfzehnte mai", language="de", marks=None) == (
        "der zwölfte und der fünfzehnte mai"
    )


def test_a_model_that_writes_itself_is_left_as_it_is_but_for_the_users_own() -> None:
    options = WritingOptions(replacements=(Replacement("twenty", "20"),))

    assert written("He said Twenty five, No.", options, own_marks=True) == "He said 20 five, No."


def test_a_model_in_capitals_is_written_as_any_other() -> None:
    assert written("HE CAME AT TWENTY FIVE PAST THREE") == "He came at 3:25."
    assert written("HE CAME", WritingOptions(off=(CAPITALS,))) == "HE CAME."
