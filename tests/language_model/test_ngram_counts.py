from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.language_model.ngram_counts import BYTES_A_POSITION, UNKNOWN, WordIds, count_ngrams
from tests.language_model.texts import counts_of, ngrams_of, sentences


def counted_by_hand(lines: list[str], order: int, vocabulary: set[str]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        words = ["<s>", *(word if word in vocabulary else "<unk>" for word in line.split()), "</s>"]
        for length in range(1, order + 1):
            found.update(tuple(words[start : start + length]) for start in range(len(words) - length + 1))
    return found


@pytest.mark.parametrize("positions_a_part", [2, 7, 50, 4_000_000])
def test_every_ngram_is_counted(tmp_path: Path, positions_a_part: int) -> None:
    lines = ["w0", *sentences(80, seed=1), "w1 unheard w2"]
    vocabulary = {word for line in lines[:-1] for word in line.split()}
    counts = count_ngrams(lines, vocabulary, 4, tmp_path, positions_a_part * BYTES_A_POSITION)
    by_hand = counted_by_hand(lines, 4, vocabulary)
    for length, table in enumerate(counts.tables, start=1):
        found = dict(zip(ngrams_of(counts, length), table.count[:].tolist(), strict=True))
        assert {ngram: count for ngram, count in found.items() if count} == {
            ngram: count for ngram, count in by_hand.items() if len(ngram) == length
        }


def test_rows_are_sorted_and_suffixes_are_the_ngrams_without_their_first_word(tmp_path: Path) -> None:
    counts = counts_of(sentences(60, seed=2), tmp_path, order=4)
    for length in range(2, 5):
        table = counts.tables[length - 1]
        keys = table.prefix[:].astype(np.int64) * len(counts.words) + table.word[:]
        assert (np.diff(keys) > 0).all()
        shorter = ngrams_of(counts, length - 1)
        suffixes = [shorter[row] for row in table.suffix[:]]
        assert suffixes == [ngram[1:] for ngram in ngrams_of(counts, length)]


def test_many_words_and_ngrams_do_not_overflow(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    words = [f"v{number}" for number in range(60_000)]
    lines = [" ".join(words[number] for number in draw.integers(0, 60_000, 50)) for _ in range(2_000)]
    counts = count_ngrams(lines, words, 3, tmp_path)
    # Nearly every bigram of so many words is new, and its row times the vocabulary is beyond 32 bits.
    assert len(counts.tables[1]) > 90_000
    assert (counts.tables[2].prefix[:] >= 0).all()
    assert counts.tables[2].count[:].sum() == 2_000 * 50


def test_lines_without_words_leave_no_trace(tmp_path: Path) -> None:
    assert [block.tolist() for block in WordIds(["a"]).encode(["", " a ", "  ", "b"])] == [
        [1, 3, 2, 1, UNKNOWN, 2]
    ]
    counts = count_ngrams([], ["a"], 3, tmp_path)
    assert [len(table) for table in counts.tables] == [4, 0, 0]
