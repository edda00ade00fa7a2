"""Interpolated modified Kneser-Ney smoothing.

Chen & Goodman 1998, "An empirical study of smoothing techniques for language modeling", with the details of
Heafield et al. 2013 ("Scalable modified Kneser-Ney language model estimation", KenLM's lmplz): n-grams that
begin with <s> keep their counts in the lower orders, the unigrams are interpolated with the uniform
distribution, and what pruning takes away is given to the shorter context.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.language_model.backoff_model import IMPOSSIBLE, BackoffModel, BackoffTable
from trainer.language_model.ngram_counts import BEGIN, SPECIAL_WORDS, UNKNOWN, NGramCounts, Rows

FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)
ROWS_A_BLOCK = 4_000_000  # what is summed up at once: bounds the memory


@dataclass(frozen=True, slots=True)
class Discounts:
    """Taken off counts of one, of two, and of three or more."""

    one: float
    two: float
    many: float

    def of(self, counts: NDArray[np.integer]) -> NDArray[np.float64]:
        return np.array([0.0, self.one, self.two, self.many])[np.minimum(counts, 3)]


def estimate(
    counts: NGramCounts, prune: Sequence[int] = (0,), vocabulary: Container[str] | None = None
) -> BackoffModel:
    """The model of these counts.

    prune: n-grams that occur this often or less are left out, one number an order from the unigrams on, the
    last one holding for all higher orders (lmplz's --prune). Unigrams always stay, and n-grams with an
    unknown word never do. vocabulary: the only words to know (lmplz's --limit_vocab_file); the others still
    count as what comes before a word, which one <unk> for them all would not.
    """
    known = np.array([vocabulary is None or word in vocabulary for word in counts.words])
    known[: len(SPECIAL_WORDS)] = True
    keeps = _kept(counts, prune, known)
    adjusted = [_adjusted_counts(counts, length) for length in range(1, counts.order + 1)]
    new_rows = [np.cumsum(keep, dtype=np.int32) - 1 for keep in keeps[:-1]]  # nothing extends the longest

    tables: list[BackoffTable] = []
    probability = _unigram_probabilities(adjusted[0], known)
    tables.append(_table(counts, 1, keeps[0], new_rows, probability))
    for length in range(2, counts.order + 1):
        table, keep, count = counts.tables[length - 1], keeps[length - 1], adjusted[length - 1]
        discounts = estimate_discounts(count)
        contexts = len(counts.tables[length - 2])
        total, freed = _sums_by_context(table.prefix, count, keep, discounts, contexts)
        share = np.divide(freed, total, out=np.ones(contexts), where=total > 0)  # of the shorter context
        kept = np.flatnonzero(keep)
        prefix, kept_count = table.prefix[kept], count[kept]
        # The lower order's probabilities stand in its kept rows; a kept n-gram's suffix is kept too.
        below = probability[new_rows[length - 2][table.suffix[kept]]]
        probability = (kept_count - discounts.of(kept_count)) / total[prefix] + share[prefix] * below
        tables[-1] = _with_backoff(tables[-1], share[np.flatnonzero(keeps[length - 2])])
        tables.append(_table(counts, length, keep, new_rows, probability))
    words = tuple(word for word, is_known in zip(counts.words, known, strict=True) if is_known)
    return BackoffModel(words, tuple(tables))


def _sums_by_context(
    prefix: Rows, count: Rows, keep: NDArray[np.bool_], discounts: Discounts, contexts: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each context: all counts, and what of them discounts and pruning free for the shorter context."""
    total, freed = np.zeros(contexts), np.zeros(contexts)
    for start in range(0, len(prefix), ROWS_A_BLOCK):
        rows = slice(start, start + ROWS_A_BLOCK)
        first, last = int(prefix[rows][0]), int(prefix[rows][-1])  # rows are sorted by prefix
        context = prefix[rows] - first
        total[first : last + 1] += np.bincount(context, weights=count[rows])
        free = np.where(keep[rows], discounts.of(count[rows]), count[rows])
        freed[first : last + 1] += np.bincount(context, weights=free)
    return total, freed


def estimate_discounts(counts: NDArray[np.integer]) -> Discounts:
    """From how many n-grams count one, two, three, four; the fallback where the text is too short to tell."""
    n = [int(np.count_nonzero(counts == count)) for count in range(5)]
    if min(n[1:]) > 0:
        y = n[1] / (n[1] + 2 * n[2])
        one, two, many = (i - (i + 1) * y * n[i + 1] / n[i] for i in (1, 2, 3))
        if 0 <= one <= 1 and 0 <= two <= 2 and 0 <= many <= 3:
            return Discounts(one, two, many)
    return Discounts(*FALLBACK_DISCOUNTS)


def _kept(counts: NGramCounts, prune: Sequence[int], known: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    keeps = [known]
    extends = known.copy()  # what may be prefix or suffix of a kept n-gram
    extends[UNKNOWN] = False
    for length in range(2, counts.order + 1):
        table = counts.tables[length - 1]
        threshold = prune[min(length, len(prune)) - 1]
        extends = (table.count > threshold) & extends[table.prefix] & extends[table.suffix]
        keeps.append(extends)
    return keeps


def _adjusted_counts(counts: NGramCounts, length: int) -> Rows:
    """Occurrences for the highest order and for n-grams that begin a sentence, else the number of different
    words that come before.
    """
    table = counts.tables[length - 1]
    if length == counts.order:
        return table.count
    adjusted = np.bincount(counts.tables[length].suffix, minlength=len(table)).astype(np.int32)
    first = _first_words(counts, length)
    adjusted[first == BEGIN] = table.count[first == BEGIN]
    if length == 1:
        adjusted[BEGIN] = 0
    return adjusted


def _first_words(counts: NGramCounts, length: int) -> Rows:
    first = counts.tables[0].word
    for table in counts.tables[1:length]:
        first = first[table.prefix]
    return first


def _unigram_probabilities(count: Rows, known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Of the known words. What is counted of others, and of <unk>, goes to the uniform distribution."""
    total = int(count.sum(dtype=np.int64))
    discounts = estimate_discounts(np.delete(count, UNKNOWN))
    count = count[known]
    taken = discounts.of(count)
    taken[UNKNOWN] = count[UNKNOWN]
    predicted = len(count) - 1  # all but <s>
    if total == 0:
        return np.full(len(count), 1.0 / predicted)
    left = (count - taken) / total
    return np.asarray(left + (1.0 - left.sum()) / predicted)


def _table(
    counts: NGramCounts,
    length: int,
    keep: NDArray[np.bool_],
    new_rows: Sequence[Rows],
    probability: NDArray[np.float64],
) -> BackoffTable:
    """The kept rows of a table with rows of the kept prefixes and suffixes."""
    table = counts.tables[length - 1]
    kept = np.flatnonzero(keep)
    below = new_rows[length - 2] if length > 1 else np.zeros(1, dtype=np.int32)
    new_words = new_rows[0]
    log_prob = np.log(probability).astype(np.float32)
    if length == 1:
        log_prob[BEGIN] = IMPOSSIBLE
    return BackoffTable(
        prefix=below[table.prefix[kept]],
        word=new_words[table.word[kept]],
        suffix=below[table.suffix[kept]],
        log_prob=log_prob,
        log_backoff=np.zeros(len(kept), dtype=np.float32),
    )


def _with_backoff(table: BackoffTable, share: NDArray[np.float64]) -> BackoffTable:
    log_backoff = np.log(np.maximum(share, 1e-30)).astype(np.float32)
    return BackoffTable(table.prefix, table.word, table.suffix, table.log_prob, log_backoff)
