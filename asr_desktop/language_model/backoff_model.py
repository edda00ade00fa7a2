"""A back-off n-gram language model in NumPy, shared by estimation, pruning, mixing and the file formats.

Rows are as in `ngram_counts`: sorted by prefix and word, with the suffix's row beside them. A model is
closed: every n-gram's prefix and suffix are in it too. All logarithms here are natural.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from asr_desktop.language_model.columns import Column
from asr_desktop.language_model.ngram_counts import BEGIN, UNKNOWN, RowColumn, Rows, WordIds, pack

Logs = NDArray[np.float32]

IMPOSSIBLE = -99.0 * np.log(10.0)  # how ARPA files write the probability of <s>, which is never predicted


@dataclass(frozen=True)
class BackoffTable:
    """The n-grams of one order as columns [n-grams].

    log_prob: of the last word given the others. log_backoff: weight of the shorter context's probabilities
    for words that do not follow this n-gram in the next longer table; 0 where none follows it.
    """

    prefix: Rows
    word: Rows
    suffix: Rows
    log_prob: Logs
    log_backoff: Logs

    def __len__(self) -> int:
        return len(self.word)


@dataclass(frozen=True)
class StoredTable:
    """The same columns in files."""

    prefix: RowColumn
    word: RowColumn
    suffix: RowColumn
    log_prob: Column[np.float32]
    log_backoff: Column[np.float32]

    def __len__(self) -> int:
        return len(self.word)

    def load(self) -> BackoffTable:
        return BackoffTable(
            self.prefix[:], self.word[:], self.suffix[:], self.log_prob[:], self.log_backoff[:]
        )


Table = TypeVar("Table", BackoffTable, StoredTable)


@dataclass(frozen=True)
class _Model(Generic[Table]):
    """tables[k] holds the (k+1)-grams; the unigrams' rows are the word ids, words[id] the word."""

    words: tuple[str, ...]
    tables: tuple[Table, ...]

    @property
    def order(self) -> int:
        return len(self.tables)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(table) for table in self.tables)


class StoredModel(_Model[StoredTable]):
    """An estimated model in files, of any size, to be written in another format or loaded."""

    def load(self) -> BackoffModel:
        """Load all of it into memory: 20 bytes per n-gram."""
        return BackoffModel(self.words, tuple(table.load() for table in self.tables))


class BackoffModel(_Model[BackoffTable]):
    """A model in memory."""

    def find(self, length: int, prefix: Rows, word: Rows) -> Rows:
        """The rows of n-grams of `length` words with these prefixes and last words; -1 for none."""
        return find_rows(self.tables[length - 1], len(self.words), prefix, word)

    def log_probs(self, text: Rows) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """(log-probability of every position of an encoded text, mask of the positions that count).

        Everything but <s> counts; unknown words count too, with the probability of <unk>.
        """
        ends_in = text.astype(np.int32)
        log_prob = self.tables[0].log_prob[text].astype(np.float64)
        in_sentence = 1 + np.flatnonzero(text[1:] != BEGIN)
        for length in range(2, self.order + 1):
            context = ends_in[in_sentence - 1]
            row = self.find(length, context, text[in_sentence])
            backoff = np.where(context >= 0, self.tables[length - 2].log_backoff[context], 0.0)
            log_prob[in_sentence] = np.where(
                row >= 0, self.tables[length - 1].log_prob[row] if len(self.tables[length - 1]) else 0.0,
                backoff + log_prob[in_sentence],
            )  # fmt: skip
            ends_in = np.full_like(ends_in, -1)
            ends_in[in_sentence] = row
        return log_prob, text != BEGIN

    def perplexity(self, lines: Iterable[str]) -> tuple[float, float]:
        """(perplexity per known word and sentence end, share of words that are unknown)."""
        blocks = list(WordIds(self.words).encode(lines))
        text = np.concatenate(blocks)
        log_prob, counts = self.log_probs(text)
        known = counts & (text != UNKNOWN)
        sentences = int(np.count_nonzero(text == BEGIN))
        words = max(1, int(np.count_nonzero(counts)) - sentences)
        unknown = int(np.count_nonzero(text == UNKNOWN)) / words
        return float(np.exp(-log_prob[known].mean())), unknown


def find_rows(table: BackoffTable, vocabulary_size: int, prefix: Rows, word: Rows) -> Rows:
    """Rows of `table` with these prefixes and last words, -1 where there is none or the prefix is -1."""
    if len(table) == 0:
        return np.full(len(word), -1, dtype=np.int32)
    keys = pack(table.prefix, table.word, vocabulary_size)
    wanted = pack(prefix, word, vocabulary_size)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1).astype(np.int32)


def with_backoffs(words: tuple[str, ...], tables: tuple[BackoffTable, ...]) -> BackoffModel:
    """The same probabilities, with back-off weights that normalise every context to one."""
    finished = []
    for table, longer in zip(tables, (*tables[1:], None), strict=True):
        log_backoff = np.zeros(len(table), dtype=np.float32)
        if longer is not None and len(longer):
            left, left_shorter = unseen_mass(longer, table)
            followed = np.bincount(longer.prefix, minlength=len(table)) > 0
            log_backoff[followed] = np.log(left[followed] / left_shorter[followed])
        finished.append(BackoffTable(table.prefix, table.word, table.suffix, table.log_prob, log_backoff))
    return BackoffModel(words, tuple(finished))


def unseen_mass(
    longer: BackoffTable, shorter: BackoffTable
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each context (row of `shorter`): the total probability of all words that do not follow it in
    `longer`, by its own and by the shorter context's distribution. Both are always above 0.
    """
    own = np.bincount(
        longer.prefix, weights=np.exp(longer.log_prob, dtype=np.float64), minlength=len(shorter)
    )
    below = np.bincount(
        longer.prefix,
        weights=np.exp(shorter.log_prob[longer.suffix], dtype=np.float64),
        minlength=len(shorter),
    )
    least = 1e-7  # rounding may give a negative value
    return np.maximum(1.0 - own, least), np.maximum(1.0 - below, least)


def assemble(
    words: Sequence[str],
    ngrams: Sequence[Rows],
    log_probs: Sequence[NDArray[np.floating[Any]]],
    log_backoffs: Sequence[NDArray[np.floating[Any]]],
) -> BackoffModel:
    """A model from unsorted n-grams: for each length, indices into `words` [n-grams, length] and their
    columns.

    Raises ValueError, naming the n-gram, where its prefix or suffix is missing.
    """
    ids = WordIds(words)
    id_of = np.array([ids[word] for word in words], dtype=np.int32)
    nothing = np.zeros(len(ids), dtype=np.int32)
    unigrams = BackoffTable(
        nothing,
        np.arange(len(ids), dtype=np.int32),
        nothing,
        np.full(len(ids), IMPOSSIBLE, dtype=np.float32),
        np.zeros(len(ids), dtype=np.float32),
    )
    unigrams.log_prob[id_of[ngrams[0][:, 0]]] = log_probs[0]
    unigrams.log_backoff[id_of[ngrams[0][:, 0]]] = log_backoffs[0]
    tables = [unigrams]
    for indices, log_prob, log_backoff in zip(ngrams[1:], log_probs[1:], log_backoffs[1:], strict=True):
        matrix = id_of[indices]
        prefix, suffix = _rows(tables, matrix[:, :-1], len(ids)), _rows(tables, matrix[:, 1:], len(ids))
        orphans = np.flatnonzero((prefix < 0) | (suffix < 0))
        if len(orphans):
            orphan = " ".join(words[index] for index in indices[orphans[0]])
            raise ValueError(f"the n-gram “{orphan}” is present without its prefix or suffix")
        by_key = np.lexsort((matrix[:, -1], prefix))
        tables.append(
            BackoffTable(
                prefix[by_key],
                matrix[:, -1][by_key],
                suffix[by_key],
                log_prob.astype(np.float32)[by_key],
                log_backoff.astype(np.float32)[by_key],
            )
        )
    return BackoffModel(tuple(ids), tuple(tables))


def _rows(tables: Sequence[BackoffTable], ngrams: Rows, vocabulary_size: int) -> Rows:
    """Rows of n-grams given as word ids [n-grams, length]."""
    row = ngrams[:, 0]
    for length in range(2, ngrams.shape[1] + 1):
        row = find_rows(tables[length - 1], vocabulary_size, row, ngrams[:, length - 1])
    return row
