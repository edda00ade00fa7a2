"""Entropy pruning: makes a model smaller with little loss in prediction.

Stolcke 1998, "Entropy-based pruning of backoff language models": an n-gram is removed if the relative entropy
between the model with and without it is small. The context probability in that formula is taken from the
text's counts if given, because Kneser-Ney's lower orders are a poor estimate of it (Chelba et al. 2010,
"Study on interaction between entropy pruning and Kneser-Ney smoothing").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from asr_desktop.language_model.backoff_model import (
    BackoffModel,
    BackoffTable,
    unseen_mass,
    with_backoffs,
)
from asr_desktop.language_model.ngram_counts import BEGIN, END, NGramCounts, WordIds, pack

Losses = list[NDArray[np.float32]]  # by order from the bigrams on, [n-grams]

_BYTES_A_ROW = 64
_ROUNDS = 40  # of the bisection for a threshold: to a trillionth


def prune_to_size(model: BackoffModel, ngrams: int, counts: NGramCounts | None = None) -> BackoffModel:
    """The model with at most `ngrams` n-grams of two or more words, those with the greatest effect.

    Prefixes and suffixes of kept n-grams are kept. counts: those that the model was estimated from, if
    available.
    """
    losses = entropy_losses(model, counts)
    if sum(len(loss) for loss in losses) <= ngrams:
        return model
    positive = np.concatenate([loss[loss > 0] for loss in losses])
    low, high = float(np.log(positive.min())), float(np.log(positive.max())) + 1.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if sum(int(keep.sum()) for keep in _kept(model, losses, float(np.exp(middle)))) > ngrams:
            low = middle
        else:
            high = middle
    return _select(model, _kept(model, losses, float(np.exp(high))))


def entropy_losses(model: BackoffModel, counts: NGramCounts | None = None) -> Losses:
    """Relative entropy (nats per word of text) of removing each n-gram alone."""
    context_probability = _joint_probabilities(model) if counts is None else _relative_counts(model, counts)
    losses = []
    for shorter, table, context in zip(model.tables, model.tables[1:], context_probability, strict=False):
        left, left_shorter = (mass[table.prefix] for mass in unseen_mass(table, shorter))
        log_below = shorter.log_prob[table.suffix].astype(np.float64)
        log_prob = table.log_prob.astype(np.float64)
        probability = np.exp(log_prob)
        log_backoff = np.log(left / left_shorter)
        log_new_backoff = np.log((left + probability) / (left_shorter + np.exp(log_below)))
        change = probability * (log_below + log_new_backoff - log_prob) + left * (
            log_new_backoff - log_backoff
        )
        losses.append((-context[table.prefix] * change).astype(np.float32))
    return losses


def _joint_probabilities(model: BackoffModel) -> list[NDArray[np.float64]]:
    """Probability of each n-gram by the model; <s> is as probable as </s>."""
    log_joint = model.tables[0].log_prob.astype(np.float64)
    log_joint[BEGIN] = log_joint[END]
    joint = [np.exp(log_joint)]
    for table in model.tables[1:-1]:
        log_joint = log_joint[table.prefix] + table.log_prob
        joint.append(np.exp(log_joint))
    return joint


def _relative_counts(model: BackoffModel, counts: NGramCounts) -> list[NDArray[np.float64]]:
    """Probability of each n-gram by its relative frequency in the text."""
    unigrams = counts.tables[0].count[:]
    positions = float(unigrams.sum(dtype=np.int64))
    ids = WordIds(counts.words)
    words = np.array([ids[word] for word in model.words], dtype=np.int32)
    rows = words
    relative = [unigrams[words] / positions]
    for table, counted in zip(model.tables[1:-1], counts.tables[1:], strict=False):
        # Ascending, as both tables are sorted by prefix and word and the words of both by their letters.
        keys = pack(rows[table.prefix], words[table.word], len(counts.words))
        rows = np.empty(len(table), dtype=np.int32)
        occurrences = np.empty(len(table), dtype=np.int32)
        most = counts.space.rows(_BYTES_A_ROW)
        for start in range(0, len(counted), most):
            part = slice(start, start + most)
            counted_keys = pack(counted.prefix[part], counted.word[part], len(counts.words))
            low, high = np.searchsorted(keys, [counted_keys[0], counted_keys[-1] + 1])
            found = np.searchsorted(counted_keys, keys[low:high])
            rows[low:high] = start + found
            occurrences[low:high] = counted.count[part][found]
        relative.append(occurrences / positions)
    return relative


def _kept(model: BackoffModel, losses: Losses, threshold: float) -> list[NDArray[np.bool_]]:
    """From the bigrams on: which n-grams have a loss above the threshold or are needed by a longer one."""
    keeps: list[NDArray[np.bool_]] = []
    for length in range(model.order, 1, -1):
        keep = losses[length - 2] >= threshold
        if keeps:
            longer = model.tables[length]
            keep[longer.prefix[keeps[-1]]] = True
            keep[longer.suffix[keeps[-1]]] = True
        keeps.append(keep)
    return keeps[::-1]


def _select(model: BackoffModel, keeps: list[NDArray[np.bool_]]) -> BackoffModel:
    tables = [model.tables[0]]
    new_rows = np.arange(len(model.words))
    for table, keep in zip(model.tables[1:], keeps, strict=True):
        kept = np.flatnonzero(keep)
        tables.append(
            BackoffTable(
                prefix=new_rows[table.prefix[kept]].astype(np.int32),
                word=table.word[kept],
                suffix=new_rows[table.suffix[kept]].astype(np.int32),
                log_prob=table.log_prob[kept],
                log_backoff=table.log_backoff[kept],
            )
        )
        new_rows = np.cumsum(keep) - 1
    return with_backoffs(model.words, tuple(tables))
