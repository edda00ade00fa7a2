"""Word confidence: the probability that a recognised word is right, 0…1.

A logistic function combines the measures of a word (word_measures). Its weights are fitted by
benchmarks/confidence.py on real speech that no benchmark reports on. How confident a network is when it is
wrong depends on its training, so a model folder may have its own weights in `confidence.json`:
{"bias": number, "weights": {measure: number, …}}.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.json_object import read_json_object, read_value
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.alignment import WILDCARD, AlignedWord
from asr_desktop.recognition.beam_search import Hypothesis
from asr_desktop.recognition.ctc import check_emissions
from asr_desktop.recognition.labels import Labels

# Common beginnings and ends of two texts of the same sound


def common_ends(words: Sequence[str], others: Sequence[str]) -> tuple[int, int]:
    """How many words both begin with, and how many of the rest both end with.

    >>> common_ends("we came back late".split(), "we went back late".split())
    (1, 2)
    """
    shorter = min(len(words), len(others))
    before = 0
    while before < shorter and words[before] == others[before]:
        before += 1
    after = 0
    while after < shorter - before and words[-1 - after] == others[-1 - after]:
        after += 1
    return before, after


# Measures that separate right words from wrong ones.
#
# Each is larger for words that are more likely right. They come from the word's frames and from the
# alternative texts of beam search; `Calibration` combines them.

_TSALLIS_ALPHA = 1 / 3
_FLOOR = 1e-4  # probabilities closer to 0 or 1 than this are treated as equal


@dataclass(frozen=True, slots=True)
class WordMeasures:
    """The measures of one word, as logarithms or logits.

    certainty: 1 - Tsallis entropy (α = 1/3, in shares of the largest possible; Laptev & Ginsburg 2022), mean
        over the frames of the word's labels. least_certainty: the same of the least certain frame.
    posterior: the probability of a label in its best frame, mean over the labels. least_posterior: that of
        the label heard worst.
    path_margin: how much less probable the word's path is than the best path through its frames, for each
        label.
    agreement: the share of the alternative texts, by their probability, that have the word in its place.
    length: the number of labels.
    """

    certainty: float
    least_certainty: float
    posterior: float
    least_posterior: float
    path_margin: float
    agreement: float
    length: float


def measure_words(
    log_probs: NDArray[np.floating],
    words: Sequence[AlignedWord],
    labels: Labels,
    alternatives: Sequence[Hypothesis] = (),
) -> list[WordMeasures | None]:
    """The measures of each of `words`, aligned to `log_probs` [frames, labels]; None for one not heard.

    alternatives: what beam search found, the text of `words` among them; without any, all agree.
    """
    if not words:
        return []
    check_emissions(log_probs, labels)
    certainty = _certainty(log_probs)
    log_probs = np.maximum(log_probs, math.log(_FLOOR))
    shortfall = log_probs.max(axis=1, keepdims=True) - log_probs
    agreement = _agreement([word.text for word in words], alternatives)
    measures: list[WordMeasures | None] = []
    for word, share in zip(words, agreement, strict=True):
        # A character that the vocabulary cannot write says nothing; it was matched with whatever was heard.
        tokens = [token for token in word.tokens if token.label_id != WILDCARD]
        if not tokens:
            measures.append(None)
            continue
        frames = np.concatenate([np.arange(token.start_frame, token.end_frame) for token in tokens])
        posteriors = [
            float(log_probs[token.start_frame : token.end_frame, token.label_id].max()) for token in tokens
        ]
        path = np.full(word.end_frame - word.start_frame, labels.blank_id)
        for token in tokens:
            path[token.start_frame - word.start_frame : token.end_frame - word.start_frame] = token.label_id
        margin = shortfall[np.arange(word.start_frame, word.end_frame), path].sum()
        measures.append(
            WordMeasures(
                certainty=_logit(float(certainty[frames].mean())),
                least_certainty=_logit(float(certainty[frames].min())),
                posterior=float(np.mean(posteriors)),
                least_posterior=min(posteriors),
                path_margin=-float(margin) / len(tokens),
                agreement=_logit(share),
                length=math.log(len(tokens)),
            )
        )
    return measures


def _certainty(log_probs: NDArray[np.floating]) -> NDArray[np.floating]:
    """1 - normalised Tsallis entropy of each frame, [frames]."""
    most = log_probs.shape[1] ** (1 - _TSALLIS_ALPHA)
    spread = np.exp(_TSALLIS_ALPHA * log_probs).sum(axis=1)
    return (most - spread) / (most - 1)


def _agreement(words: Sequence[str], alternatives: Sequence[Hypothesis]) -> list[float]:
    """For each word the share of the alternatives, weighted by their probability, that have it in its
    place.
    """
    if not alternatives:
        return [1.0] * len(words)
    best = max(alternative.score for alternative in alternatives)
    agreeing = np.zeros(len(words))
    total = 0.0
    for alternative in alternatives:
        probability = math.exp(alternative.score - best)
        total += probability
        for start, end in _common_stretches(words, alternative.text.split()):
            agreeing[start:end] += probability
    return [float(share) for share in agreeing / total]


def _common_stretches(words: Sequence[str], others: Sequence[str]) -> list[tuple[int, int]]:
    """The stretches [start, end) of `words` that `others` has too, in the same order."""
    # Alternatives differ in a word or two, so nearly all is told by their common beginning and end.
    before, after = common_ends(words, others)
    stretches = [(0, before), (len(words) - after, len(words))]
    middle, other_middle = words[before : len(words) - after], others[before : len(others) - after]
    if middle and other_middle:
        matcher = SequenceMatcher(None, middle, other_middle, autojunk=False)
        stretches += [(before + m.a, before + m.a + m.size) for m in matcher.get_matching_blocks()]
    return stretches


def _logit(share: float) -> float:
    share = min(max(share, _FLOOR), 1 - _FLOOR)
    return math.log(share / (1 - share))


CALIBRATION_FILE = "confidence.json"

ALTERNATIVES = 50
"""Number of alternative texts used to measure agreement."""

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
        bias = read_value(content.get("bias"), float | None, "bias", path)
        weights = content.get("weights")
        if bias is None or not isinstance(weights, dict) or not set(weights) <= set(_MEASURES):
            raise ModelFolderError(
                Sentence(
                    "{path} must contain a bias and weights for some of {names}; fix or delete it.",
                    path=path,
                    names=", ".join(_MEASURES),
                )
            )
        stated = read_value(weights, dict[str, float | None], "weights", path)
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
