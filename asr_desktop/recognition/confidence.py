"""How sure the recogniser is of each word: the probability that the word is right, 0…1.

A logistic function weighs the measures of a word together (word_measures). Its weights come from real
speech that no benchmark reports on; benchmarks/confidence.py fits them, and measures what they are
worth. How sure a network sounds when it is wrong depends on its training, so a model folder may bring
weights of its own in `confidence.json`: {"bias": number, "weights": {measure: number, …}}.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.alignment import AlignedWord
from asr_desktop.recognition.beam_search import Hypothesis
from asr_desktop.recognition.json_object import optional_number, read_json_object
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.word_measures import WordMeasures, measure_words

CALIBRATION_FILE = "confidence.json"

ALTERNATIVES = 50
"""How many alternatives of an utterance it takes to see on which words they agree."""

_MEASURES = tuple(measure.name for measure in fields(WordMeasures))


@dataclass(frozen=True)
class Calibration:
    """The logistic function: probability of a right word = 1 / (1 + exp(-(bias + Σ weight · measure)))."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, measures: WordMeasures) -> float:
        total = self.bias + sum(weight * getattr(measures, name) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-min(max(total, -30.0), 30.0)))

    @classmethod
    def of(cls, folder: Path) -> Calibration:
        """What the model folder's confidence.json says, else DEFAULT_CALIBRATION; raises ModelFolderError."""
        path = folder / CALIBRATION_FILE
        if not path.is_file():
            return DEFAULT_CALIBRATION
        content = read_json_object(path)
        bias = optional_number(content, "bias", path)
        weights = content.get("weights")
        if bias is None or not isinstance(weights, dict) or not set(weights) <= set(_MEASURES):
            raise ModelFolderError(
                Sentence(
                    "{path} must contain a bias and weights for some of {names}; fix or delete it.",
                    path=path,
                    names=", ".join(_MEASURES),
                )
            )
        stated = {name: optional_number(weights, name, path) for name in weights}
        return cls(bias, {name: weight for name, weight in stated.items() if weight is not None})


# For models without a calibration of their own: the two measures that mean the same for every network,
# weighed as in starter-en's, and a bias as of one that is right more often than not.
DEFAULT_CALIBRATION = Calibration(bias=1.0, weights={"agreement": 0.12, "path_margin": 1.9})


def word_confidences(
    log_probs: NDArray[np.floating],
    words: Sequence[AlignedWord],
    labels: Labels,
    alternatives: Sequence[Hypothesis] = (),
    calibration: Calibration = DEFAULT_CALIBRATION,
) -> list[float]:
    """The probability, 0…1, that each of the aligned `words` of `log_probs` [frames, labels] is right.

    alternatives: what beam search found for the utterance (ALTERNATIVES of them), the recognised text
    first. A word that was not heard at all, such as one of punctuation alone, has 0.
    """
    return [
        0.0 if measures is None else calibration.probability(measures)
        for measures in measure_words(log_probs, words, labels, alternatives)
    ]
