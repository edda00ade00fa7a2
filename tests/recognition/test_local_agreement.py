from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_desktop.recognition.local_agreement import Agreement, AgreementOptions, LocalAgreement
from asr_desktop.transcripts.document import Word


def said(text: str, start: float = 0.0, length: float = 0.3, gap: float = 0.1) -> list[Word]:
    """Words of equal length, one after the other."""
    step = length + gap
    return [Word(w, start + i * step, start + i * step + length, 0.9) for i, w in enumerate(text.split())]


def texts(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def test_one_hypothesis_commits_nothing() -> None:
    agreement = LocalAgreement().update(said("hello there"))
    assert agreement == Agreement(committed=(), open=tuple(said("hello there")), fresh=())


def test_two_that_agree_commit_their_common_beginning() -> None:
    captions = LocalAgreement()
    captions.update(said("he surveyed the"))
    agreement = captions.update(said("he surveyed a house"))
    assert texts(agreement.committed) == "he surveyed"
    assert texts(agreement.fresh) == "he surveyed"
    assert texts(agreement.open) == "a house"
    assert texts(agreement.words) == "he surveyed a house"


def test_only_the_words_settled_just_now_are_fresh() -> None:
    captions = LocalAgreement()
    for text in ("he", "he surveyed", "he surveyed the"):
        agreement = captions.update(said(text))
    assert texts(agreement.committed) == "he surveyed"
    assert texts(agreement.fresh) == "surveyed"


def test_a_word_seen_twice_but_not_in_a_row_is_not_committed() -> None:
    captions = LocalAgreement()
    for text in ("hello", "yellow", "hello"):
        agreement = captions.update(said(text))
    assert agreement.committed == ()


def test_a_committed_word_does_not_change_when_later_hypotheses_read_it_differently() -> None:
    captions = LocalAgreement()
    for text in ("the house", "the house", "a mouse ran away", "a mouse ran away"):
        agreement = captions.update(said(text))
    assert texts(agreement.committed) == "the house ran away"


def test_the_same_word_at_another_place_is_another_word() -> None:
    captions = LocalAgreement()
    captions.update(said("yes", start=0.0))
    assert captions.update(said("yes", start=1.0)).committed == ()


def test_a_window_that_begins_inside_the_committed_part() -> None:
    whole = said("he surveyed the house from the sidewalk")
    captions = LocalAgreement()
    captions.update(whole[:5])
    captions.update(whole[:5])
    # "from" again, after half of "house", which the window's edge has garbled.
    garbled = Word("ouse", whole[3].start_seconds + 0.1, whole[3].end_seconds, 0.3)
    for end in (6, 7):
        agreement = captions.update([garbled, *whole[4:end]])
    assert agreement.words == tuple(whole)
    assert texts(agreement.committed) == "he surveyed the house from the"


def test_a_repeated_word_is_kept_and_a_re_read_one_is_not() -> None:
    words = said("no no no", length=0.15, gap=0.05)
    captions = LocalAgreement()
    captions.update(words[:1])
    captions.update(words[:1])
    shifted = [Word(w.text, w.start_seconds + 0.03, w.end_seconds + 0.03, 0.9) for w in words]
    assert texts(captions.update(shifted[:2]).words) == "no no"
    assert texts(captions.update(words).committed) == "no no"
    assert texts(captions.update(words).committed) == "no no no"


def test_the_last_committed_word_placed_later_is_not_taken_for_a_new_one() -> None:
    captions = LocalAgreement()
    captions.update([Word("so", 1.0, 1.1, 0.9)])
    captions.update([Word("so", 1.0, 1.1, 0.9)])
    assert (
        texts(captions.update([Word("so", 1.12, 1.3, 0.9), Word("then", 1.4, 1.6, 0.9)]).words) == "so then"
    )


def test_a_committed_word_that_grew_is_not_shown_twice() -> None:
    captions = LocalAgreement()
    captions.update([Word("work", 1.0, 1.2, 0.9)])
    captions.update([Word("work", 1.0, 1.2, 0.9)])
    assert texts(captions.update([Word("workshop", 1.0, 1.6, 0.9)]).words) == "work"


def test_a_committed_word_read_again_as_two_is_not_shown_twice() -> None:
    captions = LocalAgreement()
    for _ in range(2):
        captions.update([Word("house", 1.0, 1.5, 0.9)])
    reread = [Word("how", 1.0, 1.2, 0.5), Word("s", 1.3, 1.45, 0.5), Word("was", 1.6, 1.8, 0.9)]
    assert texts(captions.update(reread).words) == "house was"


def test_committed_words_never_overlap() -> None:
    captions = LocalAgreement()
    for _ in range(2):
        agreement = captions.update([Word("one", 1.0, 1.5, 0.9), Word("two", 1.4, 1.8, 0.9)])
    assert [(w.start_seconds, w.end_seconds) for w in agreement.committed] == [(1.0, 1.5), (1.5, 1.8)]


def test_a_word_at_the_end_of_what_was_heard_waits() -> None:
    captions = LocalAgreement(AgreementOptions(unsettled_seconds=0.12))
    words = [Word("hello", 0.0, 0.3, 0.9), Word("work", 0.4, 0.7, 0.9)]
    captions.update(words, heard_until_seconds=0.75)
    assert texts(captions.update(words, heard_until_seconds=0.75).committed) == "hello"
    assert texts(captions.update(words, heard_until_seconds=0.9).committed) == "hello work"


def test_a_word_of_little_confidence_waits_longer_and_those_after_it_wait_with_it() -> None:
    captions = LocalAgreement(AgreementOptions(unsettled_seconds=0.5, sure_from=0.7, doubtful_seconds=2.0))
    words = [Word("a", 0.0, 0.2, 0.9), Word("nipple", 0.3, 0.6, 0.4), Word("ultra", 0.7, 1.0, 0.9)]
    captions.update(words, heard_until_seconds=2.0)
    assert texts(captions.update(words, heard_until_seconds=2.5).committed) == "a"
    assert texts(captions.update(words, heard_until_seconds=2.7).committed) == "a nipple ultra"


def test_a_word_that_becomes_sure_need_not_wait() -> None:
    captions = LocalAgreement(AgreementOptions(unsettled_seconds=0.5, sure_from=0.7, doubtful_seconds=9.0))
    for confidence in (0.4, 0.4, 0.8):
        agreement = captions.update([Word("said", 0.0, 0.3, confidence)], heard_until_seconds=1.0)
        assert texts(agreement.committed) == ("said" if confidence >= 0.7 else "")


def test_an_empty_hypothesis_takes_back_what_is_open_and_nothing_else() -> None:
    captions = LocalAgreement()
    captions.update(said("hello there"))
    captions.update(said("hello"))
    agreement = captions.update([])
    assert (texts(agreement.committed), agreement.open) == ("hello", ())
    assert texts(captions.update(said("hello there")).committed) == "hello"


def test_the_open_part_begins_where_the_committed_one_ends() -> None:
    captions = LocalAgreement()
    assert captions.committed_until_seconds is None
    captions.update(said("hello there"))
    captions.update(said("hello"))
    assert captions.committed_until_seconds == pytest.approx(0.3)


def test_reset_begins_a_new_utterance() -> None:
    captions = LocalAgreement()
    captions.update(said("hello"))
    captions.update(said("hello"))
    captions.reset()
    assert captions.committed == ()
    assert captions.update(said("hello")).committed == ()


@pytest.mark.parametrize(
    "wrong",
    [{"time_tolerance_seconds": -0.1}, {"unsettled_seconds": float("nan")}, {"doubtful_seconds": -1.0}],
)
def test_impossible_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        AgreementOptions(**wrong)


# --- properties

VOCABULARY = st.sampled_from(["a", "the", "no", "house", "houses", "and"])


@st.composite
def hypotheses(draw: st.DrawFn, max_words: int = 8) -> list[Word]:
    """Anything a recogniser might say, overlapping words and words without length included."""
    starts = sorted(draw(st.lists(st.integers(0, 60), max_size=max_words)))
    return [
        Word(draw(VOCABULARY), start / 20, (start + draw(st.integers(0, 10))) / 20, 0.5) for start in starts
    ]


@settings(deadline=None, database=None)
@given(st.lists(hypotheses(), max_size=12), st.booleans())
def test_whatever_comes_committed_words_stay_and_are_in_order(
    stream: list[list[Word]], is_heard_to_the_end: bool
) -> None:
    captions = LocalAgreement()
    shown: tuple[Word, ...] = ()
    before: list[Word] = []
    for hypothesis in stream:
        heard = None if is_heard_to_the_end or not hypothesis else hypothesis[-1].end_seconds
        agreement = captions.update(hypothesis, heard_until_seconds=heard)
        # Nothing that was committed changes, not even its times.
        assert agreement.committed[: len(shown)] == shown
        assert agreement.committed == shown + agreement.fresh == captions.committed
        # What is committed was in both hypotheses, and what is open in this one.
        for word in agreement.fresh:
            assert word.text in {w.text for w in before}
            assert word.text in {w.text for w in hypothesis}
        assert set(agreement.open) <= set(hypothesis)
        for earlier, later in zip(agreement.committed, agreement.committed[1:], strict=False):
            assert earlier.end_seconds <= later.start_seconds
        starts = [word.start_seconds for word in agreement.open]
        assert starts == sorted(starts)
        shown, before = agreement.committed, hypothesis


@st.composite
def spoken(draw: st.DrawFn) -> list[Word]:
    """What somebody says: words of 0.1 to 0.5 s from a small vocabulary, so that words repeat."""
    words, now = [], 0.0
    for text in draw(st.lists(VOCABULARY, min_size=1, max_size=20)):
        end = now + draw(st.integers(10, 50)) / 100
        words.append(Word(text, now, end, 0.9))
        now = end + draw(st.integers(0, 40)) / 100
    return words


@settings(deadline=None, database=None, max_examples=60)
@given(spoken(), st.data())
def test_from_jittering_sliding_windows_the_captions_become_what_was_said(
    truth: list[Word], data: st.DataObject
) -> None:
    """Every hypothesis is right but for its last word, its times and a garbled word at the window's edge."""
    jitter = st.integers(-3, 3).map(lambda hundredths: hundredths / 100)
    captions = LocalAgreement()

    def heard(until: float) -> list[Word]:
        # The window begins before the last committed word, as the class asks.
        begin = captions.committed[-2].start_seconds + 0.05 if len(captions.committed) > 1 else 0.0
        words = []
        for word in truth:
            if word.end_seconds > until or word.end_seconds <= begin:
                continue
            is_cut = word.start_seconds < begin
            start = max(begin, word.start_seconds + data.draw(jitter))
            end = max(start + 0.02, word.end_seconds + data.draw(jitter))
            words.append(Word("cut" if is_cut else word.text, start, end, 0.9))
        return words

    now = 0.0
    while now < truth[-1].end_seconds + 0.5:
        now += data.draw(st.sampled_from([0.2, 0.3, 0.5]))
        hypothesis = heard(now)
        unfinished = [word for word in truth if word.start_seconds + 0.04 < now < word.end_seconds]
        if unfinished:
            guess = data.draw(st.sampled_from(["x", "y", "z", *(u.text for u in unfinished)]))
            hypothesis.append(Word(guess, unfinished[0].start_seconds, now, 0.2))
        captions.update(hypothesis, heard_until_seconds=now)
        committed = [word.text for word in captions.committed]
        assert committed == [word.text for word in truth[: len(committed)]]
    for _ in range(2):
        captions.update(heard(now))
    assert [word.text for word in captions.committed] == [word.text for word in truth]
