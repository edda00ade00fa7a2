"""Interpolated modified Kneser-Ney smoothing, processed in blocks of the tables.

Chen & Goodman 1998, "An empirical study of smoothing techniques for language modeling", with the details of
Heafield et al. 2013 ("Scalable modified Kneser-Ney language model estimation", KenLM's lmplz): n-grams that
begin with <s> keep their counts in the lower orders, the unigrams are interpolated with the uniform
distribution, and the probability of pruned n-grams is given to the shorter context.

The tables are sorted by context, so all n-grams of a context are adjacent. Values of an n-gram's suffix, one
order below, are looked up in memory if that order fits into its share, otherwise by reading that order once
for each block of this one.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.language_model.backoff_model import IMPOSSIBLE, StoredModel, StoredTable
from asr_desktop.language_model.columns import Column, ColumnWriter, Lookup
from asr_desktop.language_model.ngram_counts import (
    BEGIN,
    SPECIAL_WORDS,
    UNKNOWN,
    NGramCounts,
    NGramTable,
    RowColumn,
    Rows,
)

FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)
BYTES_A_ROW = 150
"""Memory per n-gram while its probability is computed; half of it while n-grams are only counted."""
LOOKUP_SHARE = 8
"""Each of the two lookup tables may use one part in this many of the memory."""

ZEROS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Discounts:
    """Discounts for counts of one, of two, and of three or more."""

    one: float
    two: float
    many: float

    def of(self, counts: NDArray[np.integer]) -> NDArray[np.float64]:
        return np.array([0.0, self.one, self.two, self.many])[np.minimum(counts, 3)]


def estimate(
    counts: NGramCounts, prune: Sequence[int] = (0,), vocabulary: Container[str] | None = None
) -> StoredModel:
    """The model of these counts, in files beside them.

    prune: n-grams that occur this often or less are left out: one number per order from the unigrams on, the
    last one for all higher orders (lmplz's --prune). Unigrams always stay; n-grams with an unknown word never
    do. vocabulary: restricts the known words (lmplz's --limit_vocab_file); other words still count as
    distinct predecessors, which a single <unk> would not.
    """
    known = np.array([vocabulary is None or word in vocabulary for word in counts.words])
    known[: len(SPECIAL_WORDS)] = True
    begins = counts.space.store("begins-1", counts.tables[0].word[:] == BEGIN)
    kept, below = _unigrams(counts, _adjusted_counts(counts, 1, begins)[:], known)
    tables, log_backoffs = [kept], []
    for length in range(2, counts.order + 1):
        if length < counts.order:
            begins = _begins(counts, length, begins)
        adjusted = _adjusted_counts(counts, length, begins)
        threshold = prune[min(length, len(prune)) - 1]
        kept, log_backoff, below = _longer(counts, length, adjusted, threshold, below)
        tables.append(kept)
        log_backoffs.append(log_backoff)
    with counts.space.writer("no-backoff", np.float32) as nothing:
        _append_zeros(nothing, len(kept.word))
    words = tuple(word for word, is_known in zip(counts.words, known, strict=True) if is_known)
    stored = (
        StoredTable(kept.prefix, kept.word, kept.suffix, kept.log_prob, log_backoff)
        for kept, log_backoff in zip(tables, (*log_backoffs, nothing.column), strict=True)
    )
    return StoredModel(words, tuple(stored))


@dataclass(frozen=True)
class _Kept:
    """The columns of a table of the model except its back-offs, which are computed with the next longer
    n-grams."""

    prefix: RowColumn
    word: RowColumn
    suffix: RowColumn
    log_prob: Column[np.float32]


@dataclass(frozen=True)
class _Below:
    """Values that an order takes from the one below.

    new_row, new_word: the model's rows and word ids for those of the counts; new_row is -1 for words and
    n-grams that longer n-grams must not contain. probability: of the model's rows.
    """

    new_row: RowColumn
    new_word: Rows
    probability: Column[np.float64]


def _unigrams(counts: NGramCounts, count: Rows, known: NDArray[np.bool_]) -> tuple[_Kept, _Below]:
    space = counts.space
    probability = _unigram_probabilities(count, known)
    log_prob = np.log(probability).astype(np.float32)
    log_prob[BEGIN] = IMPOSSIBLE
    nothing = space.store("kept-nothing", np.zeros(len(probability), dtype=np.int32))
    new_word = np.cumsum(known, dtype=np.int32) - 1
    extends = known.copy()
    extends[UNKNOWN] = False
    word = space.store("kept-word-1", np.arange(len(probability), dtype=np.int32))
    kept = _Kept(nothing, word, nothing, space.store("log-prob-1", log_prob))
    new_row = space.store("new-row-1", np.where(extends, new_word, -1).astype(np.int32))
    return kept, _Below(new_row, new_word, space.store("probability-1", probability))


def _longer(
    counts: NGramCounts, length: int, adjusted: RowColumn, threshold: int, below: _Below
) -> tuple[_Kept, Column[np.float32], _Below]:
    """(the n-grams of this length, the back-offs of the shorter ones, the values for the order above)"""
    space, table = counts.space, counts.tables[length - 1]
    discounts = estimate_discounts(adjusted.stretches(space.rows(BYTES_A_ROW)))
    new_rows = Lookup(below.new_row, space.rows(LOOKUP_SHARE * 4))
    probabilities = Lookup(below.probability, space.rows(LOOKUP_SHARE * 8))
    with ExitStack() as files:
        prefixes, words, suffixes, rows_above = (
            files.enter_context(space.writer(f"{name}-{length}", np.int32))
            for name in ("kept-prefix", "kept-word", "kept-suffix", "new-row")
        )
        log_probs = files.enter_context(space.writer(f"log-prob-{length}", np.float32))
        kept_probabilities = files.enter_context(space.writer(f"probability-{length}", np.float64))
        log_backoffs = files.enter_context(space.writer(f"log-backoff-{length - 1}", np.float32))
        # A context is followed by each word at most once, so a block holds at least one whole context.
        for rows in _whole_contexts(table, space.rows(BYTES_A_ROW, least=len(counts.words) + 1)):
            context, place = _contexts(table.prefix[rows])
            new_context = new_rows(context)
            suffix = new_rows(table.suffix[rows])
            keep = (table.count[rows] > threshold) & (new_context[place] >= 0) & (suffix >= 0)
            rows_above.append(np.where(keep, words.length - 1 + np.cumsum(keep, dtype=np.int32), -1))
            count = adjusted[rows]
            total = np.bincount(place, weights=count)
            freed = np.bincount(place, weights=np.where(keep, discounts.of(count), count))
            share = freed / total  # of the shorter context
            kept = np.flatnonzero(keep)
            place, count, suffix = place[kept], count[kept], suffix[kept]
            of_shorter = share[place] * probabilities(suffix)
            probability = (count - discounts.of(count)) / total[place] + of_shorter
            prefixes.append(new_context[place])
            words.append(below.new_word[table.word[rows][kept]])
            suffixes.append(suffix)
            log_probs.append(np.log(probability))
            kept_probabilities.append(probability)
            _append_backoffs(log_backoffs, new_context, share)
        _append_zeros(log_backoffs, len(below.probability))
    table_kept = _Kept(prefixes.column, words.column, suffixes.column, log_probs.column)
    above = _Below(rows_above.column, below.new_word, kept_probabilities.column)
    return table_kept, log_backoffs.column, above


def _whole_contexts(table: NGramTable, most: int) -> Iterator[slice]:
    """Blocks of rows that do not split a context."""
    start = 0
    while start < len(table):
        prefix = table.prefix[start : start + most]
        stop = start + len(prefix)
        if stop < len(table):
            stop = start + int(np.searchsorted(prefix, prefix[-1]))
        yield slice(start, stop)
        start = stop


def _contexts(prefix: Rows) -> tuple[Rows, NDArray[np.int64]]:
    """(the unique values of sorted prefixes, the index of each prefix among them)"""
    is_new = np.ones(len(prefix), dtype=bool)
    is_new[1:] = prefix[1:] != prefix[:-1]
    return prefix[is_new], np.cumsum(is_new, dtype=np.int64) - 1


def _append_backoffs(
    log_backoffs: ColumnWriter[np.float32], context: Rows, share: NDArray[np.float64]
) -> None:
    """Write the back-offs of these contexts (the model's rows, ascending; -1 for none), and 0 for rows
    between them."""
    stays = context >= 0
    if not stays.any():
        return
    row = context[stays].astype(np.int64)
    _append_zeros(log_backoffs, int(row[0]))
    log_backoff = np.zeros(int(row[-1] - row[0]) + 1, dtype=np.float32)
    log_backoff[row - row[0]] = np.log(np.maximum(share[stays], 1e-30))
    log_backoffs.append(log_backoff)


def _append_zeros(column: ColumnWriter[np.float32], until: int) -> None:
    while column.length < until:
        column.append(np.zeros(min(ZEROS_AT_ONCE, until - column.length), dtype=np.float32))


def _adjusted_counts(counts: NGramCounts, length: int, begins: Column[np.bool_]) -> RowColumn:
    """Occurrences for the highest order and for n-grams that begin a sentence, else the number of different
    words that come before. begins: which n-grams of this length begin a sentence.
    """
    table = counts.tables[length - 1]
    if length == counts.order:
        return table.count
    most = counts.space.rows(BYTES_A_ROW // 2)
    with counts.space.writer(f"adjusted-{length}", np.int32) as adjusted:
        for start in range(0, len(table), most):
            different = np.zeros(min(most, len(table) - start), dtype=np.int32)
            for suffix in counts.tables[length].suffix.stretches(most):
                here = suffix[(suffix >= start) & (suffix < start + most)] - start
                different += np.bincount(here, minlength=len(different)).astype(np.int32)
            occurrences = table.count[start : start + most]
            if length == 1:
                occurrences[:] = 0  # <s> is never predicted
            adjusted.append(np.where(begins[start : start + most], occurrences, different))
    return adjusted.column


def _begins(counts: NGramCounts, length: int, shorter: Column[np.bool_]) -> Column[np.bool_]:
    """Which n-grams of this length begin with <s>. shorter: the same for the next shorter length."""
    most = counts.space.rows(BYTES_A_ROW // 2)
    lookup = Lookup(shorter, most)
    with counts.space.writer(f"begins-{length}", np.bool_) as begins:
        for prefix in counts.tables[length - 1].prefix.stretches(most):
            begins.append(lookup(prefix))
    return begins.column


def estimate_discounts(counts: Iterable[NDArray[np.integer]]) -> Discounts:
    """Discounts from the number of n-grams with counts one to four; a fallback where the text is too
    short."""
    n = np.zeros(6, dtype=np.int64)
    for stretch in counts:
        n += np.bincount(np.minimum(stretch, 5), minlength=6)
    if min(n[1:5]) > 0:
        y = n[1] / (n[1] + 2 * n[2])
        one, two, many = (float(i - (i + 1) * y * n[i + 1] / n[i]) for i in (1, 2, 3))
        if 0 <= one <= 1 and 0 <= two <= 2 and 0 <= many <= 3:
            return Discounts(one, two, many)
    return Discounts(*FALLBACK_DISCOUNTS)


def _unigram_probabilities(count: Rows, known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probabilities of the known words. Counts of other words and of <unk> go to the uniform distribution."""
    total = int(count.sum(dtype=np.int64))
    discounts = estimate_discounts([np.delete(count, UNKNOWN)])
    count = count[known]
    taken = discounts.of(count)
    taken[UNKNOWN] = count[UNKNOWN]
    predicted = len(count) - 1  # all but <s>
    if total == 0:
        return np.full(len(count), 1.0 / predicted)
    left = (count - taken) / total
    return np.asarray(left + (1.0 - left.sum()) / predicted)
