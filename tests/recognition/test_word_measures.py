from __future__ import annotations

import math

import numpy as np
import pytest

from asr_desktop.base.errors import DecoderError
from asr_desktop.recognition.alignment import align
from asr_desktop.recognition.beam_search import Hypothesis
from asr_desktop.recognition.confidence import WordMeasures, measure_words
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

LABELS = english_labels()


def measured(
    text: str, log_probs: np.ndarray, alternatives: list[Hypothesis] | None = None
) -> list[WordMeasures]:
    measures = measure_words(log_probs, align(log_probs, text, LABELS), LABELS, alternatives or [])
    assert all(measure is not None for measure in measures)
    return [measure for measure in measures if measure is not None]


def test_a_word_that_was_not_said_measures_lower_than_one_that_was() -> None:
    log_probs = emissions_from_text("THE HORSE STOOD ALONE", LABELS).log_probs
    right = measured("THE HORSE STOOD ALONE", log_probs)[1]
    wrong = measured("THE HOUSE STOOD ALONE", log_probs)[1]
    assert wrong.path_margin < right.path_margin - 1
    assert wrong.least_posterior < right.least_posterior - 1
    assert wrong.posterior < right.posterior


def test_undecided_frames_lower_the_certainty_of_their_word_only() -> None:
    said = emissions_from_text("THE HORSE STOOD", LABELS)
    undecided = said.log_probs.copy()
    start, end = said.word_frames[1]
    undecided[start:end] = np.log(np.exp(undecided[start:end]) * 0.5 + 0.5 / len(LABELS))
    before, after = measured("THE HORSE STOOD", said.log_probs), measured("THE HORSE STOOD", undecided)
    assert after[1].certainty < before[1].certainty - 1
    assert after[1].least_certainty <= after[1].certainty
    assert after[0] == before[0]
    assert after[2] == before[2]


def test_certainty_is_one_for_a_certain_frame_and_nothing_for_an_even_one() -> None:
    certain = np.full((1, len(LABELS)), -np.inf)
    certain[0, LABELS.tokens.index("A")] = 0.0
    even = np.full((1, len(LABELS)), -math.log(len(LABELS)))
    limit = math.log(1e-4 / (1 - 1e-4))
    assert measured("A", certain)[0].certainty == pytest.approx(-limit)
    assert measured("A", even)[0].certainty == pytest.approx(limit)
    assert measured("A", even)[0].path_margin == pytest.approx(0.0)


def test_alternatives_agree_word_by_word() -> None:
    log_probs = emissions_from_text("THE OLD HORSE STOOD ALONE", LABELS).log_probs
    texts = [
        ("THE OLD HORSE STOOD ALONE", 0.5),
        ("THE OLD HOUSE STOOD ALONE", 0.25),
        ("THE HOUSE STOOD ALONE", 0.125),
        ("THE GOLD HORSES TOOD ALONE", 0.125),
    ]
    alternatives = [Hypothesis(text, -40.0 + math.log(share)) for text, share in texts]
    shares = [1 / (1 + math.exp(-word.agreement)) for word in measured(texts[0][0], log_probs, alternatives)]
    assert shares == pytest.approx([1.0, 0.75, 0.5, 0.875, 1.0], abs=1e-3)


def test_without_alternatives_all_agree() -> None:
    log_probs = emissions_from_text("THE HORSE", LABELS).log_probs
    assert {round(word.agreement, 3) for word in measured("THE HORSE", log_probs)} == {9.21}


def test_what_was_not_heard_has_no_measures() -> None:
    log_probs = emissions_from_text("THE HORSE", LABELS).log_probs
    words = align(log_probs, "the — 42", LABELS)
    measures = measure_words(log_probs, words, LABELS)
    assert [measure is None for measure in measures] == [False, True, True]
    assert measure_words(log_probs, [], LABELS) == []


def test_measures_are_finite_where_labels_are_impossible() -> None:
    log_probs = emissions_from_text("THE HORSE", LABELS).log_probs.copy()
    log_probs[:, LABELS.tokens.index("Z")] = -np.inf
    for word in measured("THE HORZE", log_probs):
        assert all(math.isfinite(value) for value in (word.posterior, word.least_posterior, word.path_margin))


def test_emissions_of_another_vocabulary_are_refused() -> None:
    words = align(emissions_from_text("A", LABELS).log_probs, "A", LABELS)
    with pytest.raises(DecoderError, match="does not match its vocabulary"):
        measure_words(np.zeros((9, 40)), words, LABELS)
