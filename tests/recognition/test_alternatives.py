from __future__ import annotations

import pytest

from asr_desktop.recognition.alternatives import Alternative, counterpart, word_alternatives
from asr_desktop.recognition.beam_search import BeamSearchDecoder, GreedyDecoder
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

TEXT = "THE WEATHER WAS FINE THAT DAY"


@pytest.mark.parametrize(
    ("words", "others", "index", "expected"),
    [
        ("the whether was fine", "the weather was fine", 1, "weather"),
        ("the whether was fine", "the weather was fine", 3, "fine"),
        ("The whether, was FINE", "the weather was fine", 2, "was"),
        ("allot of it", "a lot of it", 0, "a lot"),
        ("a lot of it", "allot of it", 1, "allot"),
        ("a lot of it", "allot of it", 2, "of"),
        ("we went out there", "we went there", 2, ""),
        ("we went there", "we went out there", 2, "there"),
        ("i scream so loud", "ice cream is loud", 1, "cream"),
        ("one", "", 0, ""),
    ],
)
def test_what_stands_in_a_words_place(words: str, others: str, index: int, expected: str) -> None:
    assert counterpart(words.split(), others.split(), index) == expected


def test_what_was_heard_unclearly_has_alternatives() -> None:
    labels = english_labels()
    said = emissions_from_text(TEXT, labels, seed=5, unclear=0.5)
    decoder = BeamSearchDecoder(labels)
    recognised = decoder.decode(said.log_probs).split()
    found = [word_alternatives(decoder, said.log_probs, recognised, i) for i in range(len(recognised))]
    assert any(found)
    for word, alternatives in zip(recognised, found, strict=True):
        shares = [alternative.probability for alternative in alternatives]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1.0
        assert word not in [alternative.text for alternative in alternatives]
        assert len({alternative.text for alternative in alternatives}) == len(alternatives) <= 6


def test_a_word_that_was_misheard_on_purpose_is_found_again() -> None:
    labels = english_labels()
    said = emissions_from_text(TEXT, labels, seed=1)
    words = TEXT.split()
    words[1] = "Whether,"
    (first, *_) = word_alternatives(BeamSearchDecoder(labels), said.log_probs, words, 1)
    assert first.text == "WEATHER"
    assert first.probability > 0.5


def test_greedy_decoding_knows_no_others() -> None:
    labels = english_labels()
    said = emissions_from_text(TEXT, labels, seed=1)
    assert word_alternatives(GreedyDecoder(labels), said.log_probs, TEXT.split(), 1) == []
    assert word_alternatives(
        GreedyDecoder(labels), said.log_probs, ["THE", "WETHER", *TEXT.split()[2:]], 1
    ) == [Alternative("WEATHER", 1.0)]
