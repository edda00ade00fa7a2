"""The search itself, against adding up every path there is, and against pyctcdecode."""

from __future__ import annotations

import gc
import itertools
import logging
import math
import weakref
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.recognition import prefix_beam
from asr_desktop.recognition.beam_search import CtcBeamSearch
from asr_desktop.recognition.ctc import collapse, printed_labels
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModel, LanguageModelWeights, load_language_model
from asr_desktop.recognition.model_folder import LanguageModelFiles
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.recognition.text_scores import HotwordBoost
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

SMALL = Labels(("<pad>", "|", "A", "B"), 0, "|", frozenset({0}))
PIECES = Labels(("▁a", "b", "▁", "▁ab", "<blank>"), 4, None, frozenset({4}))
ENGLISH = english_labels()
SENTENCES = (
    "THE OLD MAN RODE DOWN THE VALLEY WITH HIS MEN AND A HORSE",
    "ALL THE MEN OF THE VALLEY KNEW THAT HE STOOD ALONE",
    "THE HORSE STOOD ALONE AND THE OLD MAN KNEW THAT",
)


def random_emissions(seed: int, frames: int, labels: Labels, sharpness: float = 2.0) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0.0, sharpness, (frames, len(labels)))
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def small_language_model(folder: Path, words: dict[str, float], bigrams: dict[str, float]) -> LanguageModel:
    unigrams = ["-9\t<s>\t-0.2", "-1\t</s>\t0", "-3\t<unk>\t0"]
    unigrams += [f"{score}\t{word}\t-0.2" for word, score in words.items()]
    lines = [
        "\\data\\",
        f"ngram 1={len(unigrams)}",
        f"ngram 2={len(bigrams)}",
        "",
        "\\1-grams:",
        *unigrams,
        "",
    ]
    lines += ["\\2-grams:", *(f"{score}\t{pair}" for pair, score in bigrams.items()), "", "\\end\\", ""]
    (folder / "lm.arpa").write_text("\n".join(lines), encoding="utf-8")
    (folder / "unigrams.txt").write_text("\n".join(words), encoding="utf-8")
    labels = ENGLISH if any(len(word) > 2 for word in words) else SMALL
    files = LanguageModelFiles.load(folder)
    return load_language_model(files, Spelling(labels), LanguageModelWeights(beta=1.0))[0]


def every_path(
    log_probs: np.ndarray, labels: Labels, model: LanguageModel | None, hotwords: HotwordBoost
) -> dict[str, float]:
    """The score of every text that the emissions may be, from all paths of labels."""
    printed = printed_labels(labels)
    probability: dict[str, float] = defaultdict(float)
    for path in itertools.product(range(len(labels)), repeat=len(log_probs)):
        text = " ".join("".join(printed[label] for label in collapse(path, labels.blank_id)).split())
        probability[text] += math.exp(sum(log_probs[frame, label] for frame, label in enumerate(path)))
    scores = {}
    for text, value in probability.items():
        score, place = math.log(value), hotwords.start
        state = model.start() if model else None
        for word in text.split():
            place, change = hotwords.advance(place, word)
            score += change
            if model:
                change, state = model.score(state, word, is_hotword=word in hotwords.words)
                score += change
        scores[text] = score + hotwords.end(place) + (model.end(state) if model else 0.0)
    return scores


def search_all(search: CtcBeamSearch, log_probs: np.ndarray) -> list[tuple[str, float]]:
    """A search that leaves next to nothing out."""
    return search.search(log_probs, beam_width=5000, beam_prune_logp=-200.0, token_min_logp=-90.0, count=5000)


@pytest.fixture
def nothing_is_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    next_word = prefix_beam.PrefixBeam._next_word

    def unmerged(beam: prefix_beam.PrefixBeam, *arguments: object) -> object:
        beam._newest.clear()
        return next_word(beam, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(prefix_beam.PrefixBeam, "_next_word", unmerged)


@pytest.mark.usefixtures("nothing_is_merged")
@pytest.mark.parametrize("labels", [SMALL, PIECES], ids=["letters", "pieces"])
@pytest.mark.parametrize("seed", range(4))
def test_a_text_has_the_probability_of_all_its_paths(labels: Labels, seed: int) -> None:
    log_probs = random_emissions(seed, 5, labels)
    expected = every_path(log_probs, labels, None, HotwordBoost())
    found = search_all(CtcBeamSearch(labels, None), log_probs)
    assert dict(found) == pytest.approx(expected, abs=1e-4)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@pytest.fixture
def everything_is_audible(monkeypatch: pytest.MonkeyPatch) -> None:
    """All paths count, also those of hotwords that nobody could hear."""
    monkeypatch.setattr(prefix_beam, "AUDIBLE", 0.0)


@pytest.mark.usefixtures("nothing_is_merged", "everything_is_audible")
@pytest.mark.parametrize("seed", range(4))
def test_scores_are_of_sound_language_model_and_hotwords(tmp_path: Path, seed: int) -> None:
    model, hotwords = scorers(tmp_path)
    log_probs = random_emissions(seed, 6, SMALL)
    search = CtcBeamSearch(SMALL, model)
    search.set_hotwords(hotwords)
    assert dict(search_all(search, log_probs)) == pytest.approx(
        every_path(log_probs, SMALL, model, hotwords), abs=1e-4
    )


@pytest.mark.usefixtures("everything_is_audible")
@pytest.mark.parametrize("seed", range(4))
def test_merged_texts_have_the_probability_of_all_of_them(tmp_path: Path, seed: int) -> None:
    model, hotwords = scorers(tmp_path)
    log_probs = random_emissions(seed, 6, SMALL, sharpness=4.0)
    expected = every_path(log_probs, SMALL, model, hotwords)
    search = CtcBeamSearch(SMALL, model)
    search.set_hotwords(hotwords)
    found = dict(search_all(search, log_probs))
    best = max(expected, key=lambda text: expected[text])
    assert max(found, key=lambda text: found[text]) == best
    assert found[best] == pytest.approx(expected[best], abs=0.2)
    assert sum(map(math.exp, found.values())) == pytest.approx(
        sum(map(math.exp, expected.values())), rel=1e-3
    )


def scorers(folder: Path) -> tuple[LanguageModel, HotwordBoost]:
    model = small_language_model(folder, {"A": -0.7, "AB": -1.5, "BA": -0.9}, {"A AB": -0.2, "BA A": -0.3})
    return model, HotwordBoost([(("B", "A"), 3.0), (("BA",), 2.0)])


def test_texts_of_one_end_are_told_apart(tmp_path: Path) -> None:
    # Two words are unclear, and what follows them is clear: four texts that end alike.
    model = small_language_model(tmp_path, {"A": -1.0, "B": -1.0, "AB": -1.0}, {"A B": -0.4})
    uncertain = {2: 0.6, 3: 0.4}
    frames = [uncertain, {1: 1.0}, uncertain, {1: 1.0}, {2: 1.0}, {3: 1.0}]
    probabilities = np.full((len(frames), len(SMALL)), 1e-9)
    for row, frame in zip(probabilities, frames, strict=True):
        for label, probability in frame.items():
            row[label] = probability
    log_probs = np.log(probabilities)
    expected = every_path(log_probs, SMALL, model, HotwordBoost())
    found = CtcBeamSearch(SMALL, model).search(
        log_probs, beam_width=100, beam_prune_logp=-10.0, token_min_logp=-5.0, count=4
    )
    assert {text for text, _ in found} == {"A A AB", "A B AB", "B A AB", "B B AB"}
    for text, score in found:
        assert score == pytest.approx(expected[text], abs=1e-3), text


@pytest.mark.parametrize("with_model", [False, True], ids=["without language model", "with language model"])
def test_it_finds_what_pyctcdecode_finds(tmp_path: Path, with_model: bool) -> None:
    pyctcdecode = pytest.importorskip("pyctcdecode")
    logging.getLogger("pyctcdecode").setLevel(logging.ERROR)
    words = sorted({word for text in SENTENCES for word in text.split()})
    model = oracle_model = None
    if with_model:
        import kenlm

        model = small_language_model(tmp_path, dict.fromkeys(words, -1.5), {"OLD MAN": -0.3, "THE OLD": -0.5})
        oracle_model = pyctcdecode.LanguageModel(
            kenlm.Model(str(tmp_path / "lm.arpa")), words, alpha=0.5, beta=1.0, unk_score_offset=-10.0
        )
    columns = [i for i in range(len(ENGLISH)) if i == ENGLISH.blank_id or i not in ENGLISH.special_ids]
    shown = {"<pad>": "", "|": " "}
    alphabet = pyctcdecode.Alphabet([shown.get(ENGLISH.tokens[i], ENGLISH.tokens[i]) for i in columns], False)
    oracle = pyctcdecode.BeamSearchDecoderCTC(alphabet, oracle_model)
    search = CtcBeamSearch(ENGLISH, model)
    for seed, sentence in enumerate(SENTENCES * 3):
        log_probs = emissions_from_text(sentence, ENGLISH, unclear=0.2, seed=seed).log_probs
        ((text, score),) = search.search(
            log_probs, beam_width=100, beam_prune_logp=-10.0, token_min_logp=-5.0, count=1
        )
        beams = oracle.decode_beams(log_probs[:, columns], prune_history=False)
        of_same_text = [beam[-1] for beam in beams if beam[0] == text]
        assert of_same_text, text
        assert of_same_text[0] == pytest.approx(beams[0][-1], abs=0.1)
        assert score == pytest.approx(of_same_text[0], abs=0.5)


def test_probabilities_beyond_what_a_float_can_hold(tmp_path: Path) -> None:
    log_probs = np.concatenate([random_emissions(seed, 40, SMALL, 0.1) for seed in range(40)])
    assert math.exp(log_probs.max(axis=1).sum()) == 0.0
    search = CtcBeamSearch(SMALL, None)
    options = {"beam_width": 50, "beam_prune_logp": -10.0, "token_min_logp": -5.0, "count": 3}
    assert all(math.isfinite(score) for _, score in search.search(log_probs, **options))
    search.set_hotwords(HotwordBoost([(("AB",), 50.0), (("BA", "AB", "BA", "AB") * 12, 50.0)]))
    assert all(math.isfinite(score) for _, score in search.search(log_probs, **options))


def test_emissions_may_be_impossible_or_no_numbers() -> None:
    log_probs = random_emissions(0, 12, SMALL)
    log_probs[3:5] = -np.inf
    log_probs[7, 1] = np.nan
    found = CtcBeamSearch(SMALL, None).search(
        log_probs, beam_width=10, beam_prune_logp=-10.0, token_min_logp=-5.0, count=3
    )
    assert all(math.isfinite(score) for _, score in found)


def test_a_search_leaves_nothing_for_the_garbage_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[prefix_beam.PrefixBeam]] = []
    plain = prefix_beam.Prefix

    class Watched(plain):  # type: ignore[misc, valid-type]
        __slots__ = ("__weakref__",)

        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            made.append(weakref.ref(self))

    monkeypatch.setattr(prefix_beam, "Prefix", Watched)
    search = CtcBeamSearch(ENGLISH, None)
    log_probs = emissions_from_text(SENTENCES[0], ENGLISH, unclear=0.2).log_probs
    gc.disable()
    try:
        search.search(log_probs, beam_width=20, beam_prune_logp=-10.0, token_min_logp=-5.0, count=5)
        assert not gc.isenabled()
        assert made
        assert all(reference() is None for reference in made)
    finally:
        gc.enable()
    search.search(log_probs, beam_width=20, beam_prune_logp=-10.0, token_min_logp=-5.0, count=5)
    assert gc.isenabled()
