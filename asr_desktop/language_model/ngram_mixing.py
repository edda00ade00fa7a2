"""Mixes several language models into one by linear interpolation of their probabilities, n-gram by n-gram.

The mixture has every n-gram of every model, each with the weighted mean of all models' probabilities (with
back-off where a model lacks it), and its own back-off weights. The result is an ordinary model, as SRILM's
`-mix-lm` makes it. The weights come from held-out text by expectation maximisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from asr_desktop.language_model.backoff_model import (
    IMPOSSIBLE,
    BackoffModel,
    BackoffTable,
    find_rows,
    with_backoffs,
)
from asr_desktop.language_model.ngram_counts import BEGIN, UNKNOWN, Rows, WordIds, pack

LEAST_WEIGHT = 0.001
_ROUNDS = 100
_CLOSE_ENOUGH = 1e-5


def mix(models: Sequence[BackoffModel], weights: Sequence[float]) -> BackoffModel:
    """The mixture; weights are normalised to one. A word outside a model's vocabulary has probability 0 in
    that model."""
    shares = np.array(weights, dtype=np.float64) / sum(weights)
    ids = WordIds(word for model in models for word in model.words)
    words = tuple(ids)
    parts = [_Part(model, ids) for model in models]
    word = np.arange(len(words), dtype=np.int32)
    nothing = np.zeros(len(words), dtype=np.int32)
    tables = [_table(nothing, word, nothing, parts, shares)]
    tables[0].log_prob[BEGIN] = IMPOSSIBLE
    for length in range(2, max(model.order for model in models) + 1):
        ngrams = [part.ngrams(length) for part in parts if length <= part.model.order]
        prefixes, last_words, suffixes = (np.concatenate(column) for column in zip(*ngrams, strict=True))
        keys, first = np.unique(pack(prefixes, last_words, len(words)), return_index=True)
        prefix, word, suffix = prefixes[first], last_words[first], suffixes[first]
        for part in parts:
            part.go_up(length, prefix, word, suffix, keys)
        tables.append(_table(prefix, word, suffix, parts, shares))
    return with_backoffs(words, tuple(tables))


def tune_weights(models: Sequence[BackoffModel], lines: Iterable[str]) -> tuple[float, ...]:
    """The weights with the highest likelihood of held-out text; words that no model knows are left out."""
    lines = list(lines)
    likelihoods = np.stack([_likelihoods(model, lines) for model in models])
    likelihoods = likelihoods[:, likelihoods.any(axis=0)]
    weights = np.full(len(models), 1.0 / len(models))
    for _ in range(_ROUNDS):
        shares = weights[:, None] * likelihoods
        new = np.maximum((shares / shares.sum(axis=0)).mean(axis=1), LEAST_WEIGHT)
        new /= new.sum()
        moved = np.abs(new - weights).max()
        weights = new
        if moved < _CLOSE_ENOUGH:
            break
    return tuple(float(weight) for weight in weights)


def _likelihoods(model: BackoffModel, lines: Sequence[str]) -> NDArray[np.float64]:
    """Probability of each word and sentence end; 0 for words that the model does not know."""
    text = np.concatenate([*WordIds(model.words).encode(lines)])
    log_prob, counts = model.log_probs(text)
    return np.where(text == UNKNOWN, 0.0, np.exp(log_prob))[counts]


class _Part:
    """One model while the mixture grows order by order.

    rows: the mixture's row of each of the model's n-grams. own_rows: the model's row of each of the mixture's
    n-grams, -1 for none. probability: the model's probability of each of the mixture's n-grams.
    """

    def __init__(self, model: BackoffModel, ids: WordIds) -> None:
        self.model = model
        self._mixed_word = np.array([ids[word] for word in model.words], dtype=np.int32)
        self._own_word = np.full(len(ids), -1, dtype=np.int32)
        self._own_word[self._mixed_word] = np.arange(len(model.words), dtype=np.int32)
        self.rows = self._mixed_word
        self.own_rows = self._own_word
        log_prob = model.tables[0].log_prob[self._own_word]
        self.probability = np.where(self._own_word >= 0, np.exp(log_prob, dtype=np.float64), 0.0)

    def ngrams(self, length: int) -> tuple[Rows, Rows, Rows]:
        """Prefix, word and suffix of the model's n-grams, as the mixture's rows and words."""
        table = self.model.tables[length - 1]
        return self.rows[table.prefix], self._mixed_word[table.word], self.rows[table.suffix]

    def go_up(self, length: int, prefix: Rows, word: Rows, suffix: Rows, keys: NDArray[np.int64]) -> None:
        """Advance to the mixture's n-grams of this length; `keys` are their packed prefixes and words."""
        context = self.own_rows[prefix]
        below = self.probability[suffix]
        if length > self.model.order:  # its highest order has no back-offs
            self.probability = below
            self.own_rows = np.full(len(word), -1, dtype=np.int32)
            return
        backoff = np.exp(self.model.tables[length - 2].log_backoff, dtype=np.float64)
        self.probability = below * np.where(context >= 0, backoff[context], 1.0)
        mine = self.ngrams(length)
        self.rows = np.searchsorted(keys, pack(mine[0], mine[1], len(self._own_word))).astype(np.int32)
        own_word = self._own_word[word]
        context = np.where(own_word >= 0, context, -1).astype(np.int32)
        table = self.model.tables[length - 1]
        self.own_rows = find_rows(table, len(self.model.words), context, own_word)
        found = self.own_rows >= 0
        self.probability[found] = np.exp(table.log_prob[self.own_rows[found]])


def _table(
    prefix: Rows, word: Rows, suffix: Rows, parts: Sequence[_Part], shares: NDArray[np.float64]
) -> BackoffTable:
    mean = sum(share * part.probability for share, part in zip(shares, parts, strict=True))
    log_prob = np.log(np.maximum(mean, np.exp(IMPOSSIBLE))).astype(np.float32)
    return BackoffTable(prefix, word, suffix, log_prob, np.zeros(len(word), dtype=np.float32))
