from __future__ import annotations

import numpy as np
import pytest

from asr_desktop.recognition.text_scores import LETTERS_PER_WEIGHT, HotwordBoost


def boost(*phrases: tuple[str, float]) -> HotwordBoost:
    return HotwordBoost([(text.split(), weight) for text, weight in phrases])


def total(hotwords: HotwordBoost, text: str, *, ended: bool = True) -> float:
    """The score of a text: words, and what is not followed by a space is an unfinished word unless it
    has ended.
    """
    place, score = hotwords.start, 0.0
    words = text.split()
    unfinished = None if ended or text.endswith(" ") or not words else words.pop()
    for word in words:
        place, change = hotwords.advance(place, word)
        score += change
    if unfinished is not None:
        score += hotwords.beginning(place, unfinished)
    return score + (hotwords.end(place) if ended else 0.0)


def reward(text: str, weight: float) -> float:
    return weight * len(text.replace(" ", "")) / LETTERS_PER_WEIGHT


def test_a_whole_phrase_is_rewarded_by_its_letters_wherever_it_stands() -> None:
    hotwords = boost(("ronicky drew", 6.0))
    for text in ("ronicky drew", "old ronicky drew", "ronicky drew rode", "ronicky ronicky drew"):
        assert total(hotwords, text) == pytest.approx(reward("ronicky drew", 6.0)), text
    assert total(hotwords, "ronicky drew and ronicky drew") == pytest.approx(2 * reward("ronicky drew", 6.0))


def test_a_phrase_that_is_not_completed_is_rewarded_with_nothing() -> None:
    hotwords = boost(("ronicky drew", 6.0), ("a b c d", 3.0))
    for text in (
        "ronicky",
        "drew",
        "drew ronicky",
        "ronicky rode",
        "ronicky dre",
        "a b c",
        "a b c e",
        "",
        "x",
    ):
        assert total(hotwords, text) == pytest.approx(0.0), text


def test_the_reward_grows_letter_by_letter_and_is_taken_back() -> None:
    hotwords = boost(("ronicky drew", 2.0))
    steps = [total(hotwords, "ronicky drew"[:end], ended=False) for end in range(1, 13)]
    assert steps == sorted(steps)
    assert steps[0] == pytest.approx(reward("r", 2.0))
    assert steps[-1] == pytest.approx(reward("ronicky drew", 2.0))
    assert total(hotwords, "ronicky dx", ended=False) == pytest.approx(0.0)
    assert total(hotwords, "rx", ended=False) == pytest.approx(0.0)


def test_what_is_lent_has_no_limit_and_is_what_the_end_takes_back() -> None:
    hotwords = boost(("new york", 20.0), ("new york city hall", 20.0))
    assert total(hotwords, "new yor", ended=False) == pytest.approx(reward("newyor", 20.0))
    assert total(hotwords, "new york city hal", ended=False) == pytest.approx(reward("newyorkcityhal", 20.0))
    place, lent = hotwords.advance(hotwords.start, "new")
    assert hotwords.end(place) == pytest.approx(-lent)
    assert total(hotwords, "new york city") == pytest.approx(reward("newyork", 20.0))


def test_of_nested_hotwords_the_longest_counts_once() -> None:
    hotwords = boost(("new york", 6.0), ("york", 6.0), ("new york times", 6.0))
    assert total(hotwords, "new york") == pytest.approx(reward("new york", 6.0))
    assert total(hotwords, "new york times") == pytest.approx(reward("new york times", 6.0))
    assert total(hotwords, "new york tim") == pytest.approx(reward("new york", 6.0))
    assert total(hotwords, "york new york") == pytest.approx(reward("york new york", 6.0))
    assert total(hotwords, "new york york") == pytest.approx(reward("new york york", 6.0))


def test_a_phrase_may_begin_inside_one_that_was_given_up() -> None:
    hotwords = boost(("a b c", 6.0), ("b d", 6.0), ("b", 1.0))
    assert total(hotwords, "a b d") == pytest.approx(reward("b d", 6.0))
    assert total(hotwords, "a b x") == pytest.approx(reward("b", 1.0))
    assert total(hotwords, "a b") == pytest.approx(reward("b", 1.0))
    assert total(hotwords, "a b d", ended=False) == pytest.approx(reward("b d", 6.0))


def test_each_hotword_has_its_own_weight() -> None:
    hotwords = boost(("new york", 2.0), ("new jersey", 10.0))
    assert total(hotwords, "new york") == pytest.approx(reward("new york", 2.0))
    assert total(hotwords, "new jersey") == pytest.approx(reward("new jersey", 10.0))
    assert total(boost(("drew", 2.0), ("drew", 5.0)), "drew") == pytest.approx(reward("drew", 5.0))


def test_nothing_is_boosted_without_hotwords() -> None:
    hotwords = boost()
    assert not hotwords
    assert total(hotwords, "any text") == 0.0


def test_words_and_beginnings_are_known_for_unknown_word_handling() -> None:
    hotwords = boost(("ronicky drew", 6.0))
    assert hotwords.words == {"ronicky", "drew"}
    assert {"r", "roni", "drew"} <= hotwords.beginnings
    assert "onicky" not in hotwords.beginnings


def test_matches_are_the_leftmost_longest_ones() -> None:
    random = np.random.default_rng(5)

    def words(count: int) -> tuple[str, ...]:
        return tuple(random.choice(["a", "b", "c"], count))

    for _ in range(300):
        phrases = {words(random.integers(1, 4)): float(random.integers(1, 9)) for _ in range(4)}
        text = words(8)
        expected, position = 0.0, 0
        while position < len(text):
            matches = [phrase for phrase in phrases if text[position : position + len(phrase)] == phrase]
            longest = max(matches, key=len, default=())
            expected += reward("".join(longest), phrases[longest]) if longest else 0.0
            position += max(len(longest), 1)
        assert total(HotwordBoost(phrases.items()), " ".join(text)) == pytest.approx(expected), (
            phrases,
            text,
        )
