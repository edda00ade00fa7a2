from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.figures import paired_difference, rate_interval


def test_the_interval_is_that_of_the_normal_approximation_where_that_holds() -> None:
    generator = np.random.default_rng(1)
    words = np.full(400, 10)
    errors = generator.binomial(10, 0.2, size=400)
    interval = rate_interval(errors.tolist(), words.tolist())
    half = 1.96 * errors.std() / 10 / np.sqrt(400)
    assert interval.value == pytest.approx(errors.sum() / 4000)
    assert interval.low == pytest.approx(interval.value - half, abs=0.001)
    assert interval.high == pytest.approx(interval.value + half, abs=0.001)


def test_long_utterances_count_by_their_words() -> None:
    interval = rate_interval([0, 50], [100, 100])
    assert (interval.value, interval.low, interval.high) == (0.25, 0.0, 0.5)


def test_pairing_finds_a_small_difference_between_utterances_of_very_different_difficulty() -> None:
    generator = np.random.default_rng(2)
    words = np.full(200, 20)
    old = generator.integers(0, 20, size=200)  # some are hopeless, some are easy
    new = np.maximum(0, old - (generator.random(200) < 0.4))
    change = paired_difference(old.tolist(), new.tolist(), words.tolist())
    assert change.value < 0
    assert change.high < 0
    assert change.probability_better > 0.999
    # Unpaired, the two intervals overlap widely.
    assert rate_interval(new.tolist(), words.tolist()).high > rate_interval(old.tolist(), words.tolist()).low


def test_equal_models_are_no_better_than_a_coin() -> None:
    change = paired_difference([3, 1, 2], [3, 1, 2], [9, 9, 9])
    assert (change.value, change.low, change.high, change.probability_better) == (0.0, 0.0, 0.0, 0.5)


def test_the_same_figures_come_out_every_time() -> None:
    assert rate_interval([1, 2, 3], [5, 6, 7]) == rate_interval([1, 2, 3], [5, 6, 7])
