from __future__ import annotations

import jiwer
import numpy as np
import pytest

from asr_desktop.teaching.scoring import edit_counts, score


def test_each_kind_of_error_is_counted() -> None:
    assert edit_counts(["a", "b", "c", "d"], ["a", "x", "c", "d", "e"]) == (1, 0, 1)
    assert edit_counts(["a", "b", "c"], []) == (0, 3, 0)
    assert edit_counts([], ["a"]) == (0, 0, 1)


def test_rates_agree_with_jiwer_on_random_sentences() -> None:
    generator = np.random.default_rng(5)
    words = ["ka", "ki", "ku", "no", "na"]
    references = [" ".join(generator.choice(words, size=generator.integers(1, 12))) for _ in range(60)]
    hypotheses = [" ".join(generator.choice(words, size=generator.integers(1, 12))) for _ in range(60)]
    ours, theirs = score(references, hypotheses), jiwer.process_words(references, hypotheses)
    assert ours.wer == pytest.approx(theirs.wer)
    assert ours.cer == pytest.approx(jiwer.cer(references, hypotheses))
    # Several cheapest alignments may exist, so only what all of them share is compared.
    assert ours.insertions - ours.deletions == theirs.insertions - theirs.deletions
