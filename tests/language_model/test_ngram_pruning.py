from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.language_model.backoff_model import BackoffModel, with_backoffs
from asr_desktop.language_model.columns import Workspace
from asr_desktop.language_model.kneser_ney import estimate
from asr_desktop.language_model.ngram_counts import NGramCounts
from asr_desktop.language_model.ngram_pruning import entropy_losses, prune_to_size
from tests.language_model.texts import counts_of, ngrams_of, sentences


@pytest.fixture
def counts(tmp_path: Path) -> NGramCounts:
    return counts_of(sentences(400, seed=1), tmp_path, order=3)


@pytest.fixture
def model(counts: NGramCounts) -> BackoffModel:
    return estimate(counts).load()


def test_no_more_ngrams_than_wanted_stay_and_the_model_stays_closed(
    model: BackoffModel, counts: NGramCounts
) -> None:
    size = sum(model.sizes[1:]) // 3
    small = prune_to_size(model, size, counts)
    assert 0.9 * size < sum(small.sizes[1:]) <= size
    for length in (2, 3):
        kept, shorter = set(ngrams_of(small, length)), set(ngrams_of(small, length - 1))
        assert kept <= set(ngrams_of(model, length))
        assert {ngram[1:] for ngram in kept} | {ngram[:-1] for ngram in kept} <= shorter


def test_little_memory_makes_no_difference(model: BackoffModel, counts: NGramCounts) -> None:
    in_pieces = replace(counts, space=Workspace(counts.space.folder, memory=2_000))
    for expected, losses in zip(entropy_losses(model, counts), entropy_losses(model, in_pieces), strict=True):
        np.testing.assert_array_equal(losses, expected)


def test_a_model_that_is_small_enough_stays_as_it_is(model: BackoffModel) -> None:
    assert prune_to_size(model, sum(model.sizes)) is model


def test_probabilities_still_add_up_to_one(model: BackoffModel, counts: NGramCounts) -> None:
    small = prune_to_size(model, 200, counts)
    words = np.array([word for word in range(len(small.words)) if word != 1], dtype=np.int32)
    for context in range(3, 12):
        text = np.stack([np.full(len(words), context + 1), np.full(len(words), context), words], axis=1)
        log_prob, _ = small.log_probs(text.ravel().astype(np.int32))
        assert np.exp(log_prob[2::3]).sum() == pytest.approx(1.0, abs=1e-4)


def test_entropy_prunes_better_than_chance(model: BackoffModel, counts: NGramCounts) -> None:
    held_out = sentences(100, seed=2)
    size = sum(model.sizes[1:]) // 4
    by_entropy = prune_to_size(model, size, counts).perplexity(held_out)[0]
    draw = np.random.default_rng(0)
    losses = entropy_losses(model, counts)
    for loss in losses:
        draw.shuffle(loss)
    by_chance = _prune_with(model, losses, size)
    assert by_chance.perplexity(held_out)[0] > 1.1 * by_entropy


def test_the_loss_is_the_relative_entropy_of_the_model_without_the_ngram(
    model: BackoffModel, counts: NGramCounts
) -> None:
    """One trigram, taken out alone: its loss is the change of the mean log-probability after its context."""
    trigrams = model.tables[2]
    row = int(np.argmax(np.bincount(trigrams.prefix, minlength=len(model.tables[1]))[trigrams.prefix]))
    bigram = int(trigrams.prefix[row])
    without = with_backoffs(
        model.words,
        (*model.tables[:2], _without(trigrams, row)),
    )
    context = [int(model.tables[1].prefix[bigram]), int(model.tables[1].word[bigram])]
    before, after = (_distribution(each, context) for each in (model, without))
    expected = counts.tables[1].count[:][bigram] / counts.tables[0].count[:].sum()
    expected *= (before * (np.log(before) - np.log(after))).sum()
    assert entropy_losses(model, counts)[1][row] == pytest.approx(expected, rel=1e-2)


def _prune_with(model: BackoffModel, losses: list[np.ndarray], size: int) -> BackoffModel:
    from asr_desktop.language_model import ngram_pruning

    ranked = np.sort(losses[1])
    return ngram_pruning._select(
        model, ngram_pruning._kept(model, [np.full_like(losses[0], -1), losses[1]], ranked[-size // 3])
    )


def _without(table, row):  # type: ignore[no-untyped-def]
    columns = ("prefix", "word", "suffix", "log_prob", "log_backoff")
    return type(table)(*(np.delete(getattr(table, column), row) for column in columns))


def _distribution(model: BackoffModel, context: list[int]) -> np.ndarray:
    words = [word for word in range(len(model.words)) if word != 1]
    text = np.array([[*context, word] for word in words], dtype=np.int32)
    log_prob, _ = model.log_probs(text.ravel())
    return np.exp(log_prob[2::3])
