from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_desktop.language_model.arpa import read_arpa
from asr_desktop.language_model.backoff_model import BackoffModel
from asr_desktop.language_model.kneser_ney import FALLBACK_DISCOUNTS, Discounts, estimate, estimate_discounts
from asr_desktop.language_model.ngram_counts import BEGIN, WordIds, count_ngrams
from tests.language_model.texts import WORDS, counts_of, model_of, ngrams_of, sentences

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
    model = estimate(counts, (0, 1, 1)).load()
    for length in (2, 3):
        occurrences = counts.tables[length - 1].count[:].tolist()
        counted = dict(zip(ngrams_of(counts, length), occurrences, strict=True))
        kept, shorter = set(ngrams_of(model, length)), set(ngrams_of(model, length - 1))
        assert kept == {ngram for ngram, count in counted.items() if count > 1}
        assert {ngram[1:] for ngram in kept} | {ngram[:-1] for ngram in kept} <= shorter


def test_unknown_words_are_in_no_longer_ngram(tmp_path: Path) -> None:
    model = model_of(sentences(100, seed=5), tmp_path, order=3, words=WORDS[:20])
    assert all("<unk>" not in ngram for length in (2, 3) for ngram in ngrams_of(model, length))
    assert 0 < probability(model, "<s>", "w25") < probability(model, "<s>", "w1")


@pytest.mark.parametrize("memory", [700, 5_000, 40_000])
@pytest.mark.parametrize("prune", [(0,), (0, 0, 1), (0, 1, 2)])
def test_little_memory_makes_no_difference(tmp_path: Path, memory: int, prune: tuple[int, ...]) -> None:
    assert_memory_makes_no_difference(sentences(60, seed=6), tmp_path, memory, prune)


@settings(max_examples=25, deadline=None)
@given(
    lines=st.lists(st.lists(st.sampled_from(WORDS[20:]), min_size=1, max_size=9), min_size=1, max_size=12),
    memory=st.integers(200, 4_000),
    threshold=st.integers(0, 1),
)
def test_no_text_makes_a_difference_either(lines: list[list[str]], memory: int, threshold: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        texts = [" ".join(line) for line in lines]
        assert_memory_makes_no_difference(texts, Path(folder), memory, (0, 0, threshold))


def assert_memory_makes_no_difference(
    lines: list[str], folder: Path, memory: int, prune: tuple[int, ...]
) -> None:
    models = []
    for name, limit in (("much", 1_000_000_000), ("little", memory)):
        (folder / name).mkdir()
        counts = count_ngrams(lines, WORDS[:28], 4, folder / name, limit)
        models.append(estimate(counts, prune, WORDS[:25]).load())
    much, little = models
    assert little.words == much.words
    for a, b in zip(little.tables, much.tables, strict=True):
        for column in ("prefix", "word", "suffix"):
            np.testing.assert_array_equal(getattr(a, column), getattr(b, column))
        np.testing.assert_allclose(a.log_prob, b.log_prob, rtol=1e-6)
        np.testing.assert_allclose(a.log_backoff, b.log_backoff, rtol=1e-6)


def test_discounts_come_from_the_counts_of_counts() -> None:
    counts = np.repeat([1, 2, 3, 4], [100, 40, 20, 10])
    discounts = estimate_discounts([counts])
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
    assert estimate_discounts([np.array([1, 1, 2, 3])]) == Discounts(*FALLBACK_DISCOUNTS)
    assert estimate_discounts([np.repeat([1, 2, 3, 4], [2, 1, 90, 90])]) == Discounts(*FALLBACK_DISCOUNTS)


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
    ours = estimate(counts_of(lines, tmp_path / "ours", order=4), prune, set(WORDS[:limit])).load()
    assert ours.words == theirs.words
    assert ours.sizes == theirs.sizes
    assert ours.perplexity(held_out)[0] == pytest.approx(theirs.perplexity(held_out)[0], rel=0.001)
    for our_table, their_table in zip(ours.tables, theirs.tables, strict=True):
        without_begin = our_table.word != BEGIN
        np.testing.assert_allclose(
            our_table.log_prob[without_begin], their_table.log_prob[without_begin], atol=2e-3
        )
