from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_desktop.language_model.backoff_model import BackoffModel
from asr_desktop.language_model.ngram_mixing import mix, tune_weights
from tests.language_model.texts import WORDS, model_of, ngrams_of, sentences

OTHER_WORDS = [f"w{number}" for number in range(20, 45)]  # ten of WORDS, and fifteen of its own


@pytest.fixture
def one(tmp_path: Path) -> BackoffModel:
    return model_of(sentences(200, seed=1), tmp_path / "one", order=3)


@pytest.fixture
def other(tmp_path: Path) -> BackoffModel:
    return model_of(sentences(150, seed=2, words=OTHER_WORDS), tmp_path / "other", order=2)


def log_prob(model: BackoffModel, *words: str) -> float:
    text = np.array([model.words.index(word) for word in words], dtype=np.int32)
    return float(model.log_probs(text)[0][-1])


def test_the_mixture_has_everybodys_ngrams_with_the_mean_of_their_probabilities(
    one: BackoffModel, other: BackoffModel
) -> None:
    mixture = mix([one, other], [3, 1])
    assert set(mixture.words) == set(one.words) | set(other.words)
    assert set(ngrams_of(mixture, 2)) == set(ngrams_of(one, 2)) | set(ngrams_of(other, 2))
    assert set(ngrams_of(mixture, 3)) == set(ngrams_of(one, 3))
    both = set(WORDS) & set(OTHER_WORDS)
    shared = [ngram for ngram in ngrams_of(mixture, 2) if both.issuperset(ngram)]
    assert len(shared) > 20
    for ngram in shared:
        mean = 0.75 * np.exp(log_prob(one, *ngram)) + 0.25 * np.exp(log_prob(other, *ngram))
        assert np.exp(log_prob(mixture, *ngram)) == pytest.approx(mean, rel=1e-4)
    # A word that only the other model knows counts by its share.
    assert np.exp(log_prob(mixture, "w40")) == pytest.approx(0.25 * np.exp(log_prob(other, "w40")), rel=1e-4)


def test_trigrams_of_one_model_are_mixed_with_the_other_ones_bigrams(
    one: BackoffModel, other: BackoffModel
) -> None:
    mixture = mix([one, other], [0.5, 0.5])
    both = set(WORDS) & set(OTHER_WORDS)
    trigrams = [ngram for ngram in ngrams_of(one, 3) if both.issuperset(ngram)]
    assert trigrams
    for ngram in trigrams:
        mean = (np.exp(log_prob(one, *ngram)) + np.exp(log_prob(other, *ngram[1:]))) / 2
        assert np.exp(log_prob(mixture, *ngram)) == pytest.approx(mean, rel=1e-4)


def test_the_mixtures_probabilities_add_up_to_one(one: BackoffModel, other: BackoffModel) -> None:
    mixture = mix([one, other], [0.3, 0.7])
    words = [word for word in mixture.words if word != "<s>"]
    for context in (("w1", "w2"), ("w24", "w25"), ("w41", "w40"), ("w1", "w40")):
        assert sum(np.exp(log_prob(mixture, *context, word)) for word in words) == pytest.approx(1, abs=1e-4)


def test_a_model_mixed_with_itself_is_itself(one: BackoffModel) -> None:
    held_out = sentences(50, seed=3)
    assert mix([one, one], [0.4, 0.6]).perplexity(held_out)[0] == pytest.approx(
        one.perplexity(held_out)[0], rel=1e-4
    )


def test_weights_follow_the_held_out_text(one: BackoffModel, other: BackoffModel) -> None:
    held_out = sentences(100, seed=4) + sentences(25, seed=5, words=OTHER_WORDS)
    weights = tune_weights([one, other], held_out)
    assert sum(weights) == pytest.approx(1.0)
    assert 0.6 < weights[0] < 0.9
    tuned = mix([one, other], weights).perplexity(held_out)[0]
    for elsewhere in (0.3, 0.5, 0.97):
        assert mix([one, other], [elsewhere, 1 - elsewhere]).perplexity(held_out)[0] > tuned


def test_a_model_of_no_use_keeps_a_little_weight(one: BackoffModel, other: BackoffModel) -> None:
    text = sentences(100, seed=1, words=WORDS[:15])
    assert 0 < tune_weights([one, other], text)[1] < 0.05
