from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.language_model.texts import WORDS, counts_of, model_of, ngrams_of, sentences
from trainer.language_model import kneser_ney
from trainer.language_model.arpa import read_arpa
from trainer.language_model.backoff_model import BackoffModel
from trainer.language_model.kneser_ney import FALLBACK_DISCOUNTS, Discounts, estimate, estimate_discounts
from trainer.language_model.ngram_counts import BEGIN, WordIds

LMPLZ = shutil.which("lmplz") or shutil.which(
    str(Path(__file__).parents[3] / "build" / "kenlm-tools" / "bin" / "lmplz")
)


def probability(model: BackoffModel, *words: str) -> float:
    """Of the last word after the others, which begin a sentence if the first is <s>."""
    ids = WordIds(model.words)
    log_prob, _ = model.log_probs(np.array([ids[word] for word in words], dtype=np.int32))
    return float(np.exp(log_prob[-1]))


def test_a_text_small_enough_to_calculate_by_hand(tmp_path: Path) -> None:
    # Bigrams: <s>a 2, <s>b 1, aa 1, ab 1, a</s> 1, b</s> 2: too few for discounts of their own.
    model = model_of(["a a b", "a", "b"], tmp_path, order=2)
    d1, d2, _ = FALLBACK_DISCOUNTS
    # Different words before: a 2 (<s> a), b 2 (<s> a), </s> 2 (a b).
    unigram_gamma = 3 * d2 / 6
    unigram = (2 - d2) / 6 + unigram_gamma / 4  # four words to predict: <unk> </s> a b
    # After a: a 1, b 1, </s> 1.
    after_a = 3 * d1 / 3
    assert probability(model, "<s>", "a", "b") == pytest.approx((1 - d1) / 3 + after_a * unigram, rel=1e-5)
    # After b: </s> 2; a back-off of d2 / 2.
    assert probability(model, "<s>", "b", "a") == pytest.approx(d2 / 2 * unigram, rel=1e-5)
    assert probability(model, "<unk>") == pytest.approx(unigram_gamma / 4, rel=1e-5)


def test_the_probabilities_after_every_context_add_up_to_one(tmp_path: Path) -> None:
    for prune in ((0,), (0, 1, 2)):
        model = model_of(sentences(300, seed=3), tmp_path, order=3, prune=prune)
        for context in [("<s>", "w1"), ("w1", "w2"), ("w5", "w1"), ("w29", "w29")]:
            total = sum(probability(model, *context, word) for word in model.words if word != "<s>")
            assert total == pytest.approx(1.0, abs=1e-5)


def test_pruned_ngrams_are_gone_and_none_is_left_without_prefix_or_suffix(tmp_path: Path) -> None:
    counts = counts_of(sentences(200, seed=4), tmp_path, order=3)
    model = estimate(counts, (0, 1, 1))
    for length in (2, 3):
        counted = dict(zip(ngrams_of(counts, length), counts.tables[length - 1].count.tolist(), strict=True))
        kept, shorter = set(ngrams_of(model, length)), set(ngrams_of(model, length - 1))
        assert kept == {ngram for ngram, count in counted.items() if count > 1}
        assert {ngram[1:] for ngram in kept} | {ngram[:-1] for ngram in kept} <= shorter


def test_unknown_words_are_in_no_longer_ngram(tmp_path: Path) -> None:
    model = model_of(sentences(100, seed=5), tmp_path, order=3, words=WORDS[:20])
    assert all("<unk>" not in ngram for length in (2, 3) for ngram in ngrams_of(model, length))
    assert 0 < probability(model, "<s>", "w25") < probability(model, "<s>", "w1")


def test_blocks_of_rows_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = counts_of(sentences(100, seed=6), tmp_path)
    whole = estimate(counts)
    monkeypatch.setattr(kneser_ney, "ROWS_A_BLOCK", 7)
    in_blocks = estimate(counts)
    for a, b in zip(whole.tables, in_blocks.tables, strict=True):
        np.testing.assert_allclose(a.log_prob, b.log_prob, rtol=1e-5)
        np.testing.assert_allclose(a.log_backoff, b.log_backoff, rtol=1e-5)


def test_discounts_come_from_the_counts_of_counts() -> None:
    counts = np.repeat([1, 2, 3, 4], [100, 40, 20, 10])
    discounts = estimate_discounts(counts)
    y = 100 / 180
    assert discounts.one == pytest.approx(1 - 2 * y * 40 / 100)
    assert discounts.two == pytest.approx(2 - 3 * y * 20 / 40)
    assert discounts.many == pytest.approx(3 - 4 * y * 10 / 20)
    assert discounts.of(np.array([0, 1, 3, 9])).tolist() == [
        0.0,
        discounts.one,
        discounts.many,
        discounts.many,
    ]


def test_few_counts_or_strange_ones_get_the_fallback_discounts() -> None:
    assert estimate_discounts(np.array([1, 1, 2, 3])) == Discounts(*FALLBACK_DISCOUNTS)
    assert estimate_discounts(np.repeat([1, 2, 3, 4], [2, 1, 90, 90])) == Discounts(*FALLBACK_DISCOUNTS)


@pytest.mark.skipif(
    LMPLZ is None, reason="KenLM's lmplz is not here; make it with scripts/build_kenlm_tools.sh"
)
@pytest.mark.parametrize("limit", [30, 22])
@pytest.mark.parametrize("prune", [(0, 0, 0, 0), (0, 0, 1, 2)])
def test_lmplz_makes_the_same_model(tmp_path: Path, prune: tuple[int, ...], limit: int) -> None:
    vocabulary = tmp_path / "vocabulary"
    vocabulary.write_text("\n".join(WORDS[:limit]))
    lines, held_out = sentences(3_000, seed=7), sentences(200, seed=8)
    arpa = tmp_path / "lmplz.arpa"
    subprocess.run(
        [str(LMPLZ), "-o", "4", "-S", "200M", "-T", str(tmp_path), "--discount_fallback", "--arpa", str(arpa),
         "--limit_vocab_file", str(vocabulary), "--prune", *map(str, prune)],
        input="\n".join(lines) + "\n", text=True, capture_output=True, check=True,
    )  # fmt: skip
    theirs = read_arpa(arpa)
    ours = estimate(counts_of(lines, tmp_path / "ours", order=4), prune, set(WORDS[:limit]))
    assert ours.words == theirs.words
    assert ours.sizes == theirs.sizes
    assert ours.perplexity(held_out)[0] == pytest.approx(theirs.perplexity(held_out)[0], rel=0.001)
    for our_table, their_table in zip(ours.tables, theirs.tables, strict=True):
        without_begin = our_table.word != BEGIN
        np.testing.assert_allclose(
            our_table.log_prob[without_begin], their_table.log_prob[without_begin], atol=2e-3
        )
