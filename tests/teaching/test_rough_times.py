from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.teaching.pieces import place_words
from asr_desktop.transcripts.document import Word


def recognised(text: str) -> list[Word]:
    return [Word(word, float(n), n + 0.5, 0.9) for n, word in enumerate(text.split())]


def starts(words: list[Word]) -> list[float]:
    return [word.start_seconds for word in words]


def test_words_that_were_recognised_keep_their_times() -> None:
    placed = place_words("The boat, came back.", recognised("the boat came back"), 5.0)
    assert starts(placed) == [0.0, 1.0, 2.0, 3.0]
    assert [word.text for word in placed] == ["The", "boat,", "came", "back."]


def test_a_word_that_replaces_another_takes_its_time() -> None:
    placed = place_words("the goat came back", recognised("the boat came back"), 5.0)
    assert starts(placed) == [0.0, 1.0, 2.0, 3.0]
    assert placed[1].end_seconds == 1.5
    assert placed[1].confidence == 0.0


def test_words_put_in_share_the_time_between_their_neighbours() -> None:
    placed = place_words("the boat of mine came", recognised("the boat came"), 5.0)
    assert placed[2].start_seconds == 1.5
    assert placed[3].end_seconds == 2.0
    assert [word.text for word in placed] == ["the", "boat", "of", "mine", "came"]


def test_words_before_the_first_and_behind_the_last() -> None:
    placed = place_words("well the boat sank", recognised("the boat"), 5.0)
    assert placed[0].end_seconds == 0.0
    assert placed[-1].start_seconds == 1.5
    assert placed[-1].end_seconds == 5.0


words = st.lists(st.sampled_from(["a", "boat", "came", "the", "Back,"]), min_size=1, max_size=30)


@given(words, words)
def test_all_words_come_in_order(text: list[str], heard: list[str]) -> None:
    placed = place_words(" ".join(text), recognised(" ".join(heard)), 40.0)
    assert [word.text for word in placed] == text
    assert all(left.start_seconds <= right.start_seconds for left, right in pairwise(placed))
