from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.recognition.alignment import align
from asr_desktop.recognition.beam_search import BeamSearchDecoder
from asr_desktop.recognition.confidence import (
    ALTERNATIVES,
    DEFAULT_CALIBRATION,
    Calibration,
    WordMeasures,
    word_confidences,
)
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

LABELS = english_labels()
SENTENCES = (
    "THE OLD MAN RODE DOWN THE VALLEY WITH HIS MEN AND A HORSE",
    "RONICKY DREW STOOD ALONE AND WATCHED THE HORSE GO DOWN",
    "ALL THE MEN OF THE VALLEY KNEW THAT HE STOOD ALONE",
)


def test_wrong_words_are_less_sure_than_right_ones() -> None:
    decoder = BeamSearchDecoder(LABELS)
    right: list[float] = []
    wrong: list[float] = []
    for seed, sentence in enumerate(SENTENCES * 2):
        log_probs = emissions_from_text(sentence, LABELS, unclear=0.12, seed=seed).log_probs
        alternatives = decoder.decode_alternatives(log_probs, ALTERNATIVES)
        words = align(log_probs, alternatives[0].text, LABELS)
        confidences = word_confidences(log_probs, words, LABELS, alternatives)
        assert all(0.0 <= confidence <= 1.0 for confidence in confidences)
        if len(words) == len(sentence.split()):
            for word, said, confidence in zip(words, sentence.split(), confidences, strict=True):
                (right if word.text == said else wrong).append(confidence)
    assert len(wrong) > 5
    below = np.mean([w < r for w in wrong for r in right])
    assert below > 0.8


def test_clear_words_are_sure_and_doubtful_ones_are_not() -> None:
    clear = emissions_from_text(SENTENCES[0], LABELS).log_probs
    words = align(clear, SENTENCES[0], LABELS)
    assert min(word_confidences(clear, words, LABELS)) > 0.8
    muddled = np.log(np.exp(clear) * 0.3 + 0.7 / len(LABELS))
    other = align(muddled, SENTENCES[1], LABELS)
    assert max(word_confidences(muddled, other, LABELS)) < 0.5


def test_a_word_that_was_not_heard_has_no_confidence() -> None:
    log_probs = emissions_from_text("THE HORSE", LABELS).log_probs
    assert word_confidences(log_probs, align(log_probs, "the —", LABELS), LABELS)[1] == 0.0
    assert word_confidences(log_probs, [], LABELS) == []


def test_a_model_folder_may_bring_its_own_calibration(tmp_path: Path) -> None:
    assert Calibration.of(tmp_path) is DEFAULT_CALIBRATION
    own = {"bias": 1.5, "weights": {"agreement": 2, "length": -0.5}}
    (tmp_path / "confidence.json").write_text(json.dumps(own), encoding="utf-8")
    calibration = Calibration.of(tmp_path)
    assert calibration == Calibration(1.5, {"agreement": 2.0, "length": -0.5})
    sure = WordMeasures(0.0, 0.0, 0.0, 0.0, 0.0, agreement=3.0, length=1.0)
    assert calibration.probability(sure) == pytest.approx(1 / (1 + np.exp(-7.0)))


def test_extreme_measures_do_not_overflow() -> None:
    calibration = Calibration(0.0, {"path_margin": 1.0})
    assert calibration.probability(WordMeasures(0, 0, 0, 0, -1e6, 0, 0)) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{",
        '{"bias": 1}',
        '{"weights": {}}',
        '{"bias": 0, "weights": {"mood": 1}}',
        '{"bias": "a", "weights": {}}',
    ],
)
def test_a_calibration_that_cannot_be_used_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "confidence.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelFolderError, match=r"confidence\.json"):
        Calibration.of(tmp_path)
