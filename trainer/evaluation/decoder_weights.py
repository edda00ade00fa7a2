"""Tunes the language model's weights (alpha, beta and the offset of unknown words) on transcribed speech.

A model that was trained on a voice needs different weights than before. On ten minutes of speech the search
takes a minute or two: the network runs once, and only the decoder is repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import DecoderError
from asr_desktop.base.installation import pip, stated
from asr_desktop.base.json_object import read_optional_json_object
from asr_desktop.recognition.beam_search import BeamSearchDecoder
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.language_model import (
    LanguageModel,
    LanguageModelWeights,
    kenlm_is_installed,
    load_language_model,
    stated_weights,
)
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.teaching.data.splits import evenly
from asr_desktop.teaching.scoring import Score, comparable, score
from trainer.evaluation.recognise import Spoken

BEAM_WIDTH = 50
"""Beam width of the search; it finds the same weights as the app's 100 in half the time."""


SEARCHED = ("alpha", "beta", "unk_score_offset")
"""The fields of `LanguageModelWeights` that are tuned; sentence boundaries do not depend on the voice."""

Steps = Mapping[str, float]
"""First step of each weight; a weight with 0 or without an entry is not changed."""

STEPS: Steps = {"alpha": 0.2, "beta": 0.6, "unk_score_offset": 3.0}

_MOST_SECONDS = 600.0
"""Seconds of speech that `weigh` uses, sampled evenly: a minute or two of decoding."""
_VOICE_STEPS: Steps = {"alpha": 0.15, "beta": 0.5}
_LEAST_GAIN = 0.003
_LEAST_WORDS = 2.0
"""Minimum number of errors that a move must save: as a share of the words, and in words."""


@dataclass(frozen=True)
class HeardUtterance:
    """The network's log-probabilities ``[frames, labels]`` for an utterance, and its reference text."""

    log_probs: NDArray[np.float32]
    text: str


@dataclass
class WeightSearch:
    """Pattern search (R. Hooke and T. Jeeves, 1961): steps along each weight while errors fall, then the step
    is halved.

    folder: a model with a language model. steps: the first step of each weight. least_gain: minimum reduction
    of errors for a move, as a share of the words, which prevents overfitting to little speech. report: called
    for each trial.
    """

    folder: ModelFolder
    heard: Sequence[HeardUtterance]
    steps: Steps = field(default_factory=lambda: STEPS)
    halvings: int = 2
    least_gain: float = 0.0
    report: Callable[[LanguageModelWeights, Score], None] = lambda weights, found: None
    cancelled: Callable[[], bool] = lambda: False
    _known: dict[LanguageModelWeights, Score] = field(default_factory=dict)

    def errors(self, weights: LanguageModelWeights) -> Score:
        """Errors of beam search with these weights (cached)."""
        if weights not in self._known:
            labels = self.folder.labels
            self._language_model.weights = weights
            options = BeamSearchOptions(beam_width=BEAM_WIDTH)
            decoder = BeamSearchDecoder(labels, self._language_model, options, spelling=self._spelling)
            recognised = [comparable(decoder.decode(heard.log_probs), labels) for heard in self.heard]
            self._known[weights] = score(self._said, recognised)
            self.report(weights, self._known[weights])
        return self._known[weights]

    @cached_property
    def _said(self) -> list[str]:
        return [comparable(heard.text, self.folder.labels) for heard in self.heard]

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self.folder.labels)

    @cached_property
    def _language_model(self) -> LanguageModel:
        """The language model, opened once; beam search reads its weights again for each run."""
        if self.folder.language_model is None:
            raise ValueError(f"{self.folder.path} has no language model to tune")
        model, _ = load_language_model(self.folder.language_model, self._spelling, LanguageModelWeights())
        return model

    def run(self, weights: LanguageModelWeights) -> LanguageModelWeights:
        """The best weights found, starting from these; also when cancelled."""
        for halving in range(self.halvings + 1):
            moved = True
            while moved:
                moved = False
                for name, direction in product(self.steps, (1, -1)):
                    step = direction * self.steps[name] / 2**halving
                    tried = replace(weights, **{name: round(getattr(weights, name) + step, 4)})
                    if not step or tried.alpha <= 0 or tried.unk_score_offset > 0:
                        continue
                    if self.cancelled():
                        return weights
                    if self.errors(tried).wer < self.errors(weights).wer - self.least_gain:
                        weights, moved = tried, True
        return weights


@dataclass(frozen=True)
class Weighed:
    """The best weights found, the previous ones, and the errors of beam search with each."""

    weights: LanguageModelWeights
    errors: Score
    before: LanguageModelWeights
    errors_before: Score

    def __str__(self) -> str:
        return (
            f"{described(self.weights)}: {self.errors.wer:.1%} of {self.errors.words} words wrong "
            f"({self.errors_before.wer:.1%} with {described(self.before)})"
        )


def weigh(
    folder: ModelFolder,
    utterances: Sequence[Spoken],
    *,
    providers: Sequence[str] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Weighed | None:
    """Tune the weights of a model's language model on at most ten minutes of speech; None where the model has
    no language model, or when cancelled.

    :raises AsrDesktopError: the network or a recording cannot be used.
    """
    if folder.language_model is None:
        return None
    if not kenlm_is_installed():
        raise DecoderError(
            "Tuning the language model needs the Python package kenlm-ex; install it with: "
            + pip("install", stated("kenlm-ex"))
        )
    emissions = load_emissions(folder, providers=providers)
    heard = []
    for utterance in thinned(utterances, _MOST_SECONDS):
        if cancelled():
            return None
        heard.append(HeardUtterance(emissions(utterance.samples()), utterance.transcript))
    words = sum(len(one.text.split()) for one in heard)
    least_gain = max(_LEAST_GAIN, _LEAST_WORDS / max(1, words))
    search = WeightSearch(folder, heard, _VOICE_STEPS, 0, least_gain, cancelled=cancelled)
    before = stated_weights(folder.language_model)
    found = search.run(before)
    return Weighed(found, search.errors(found), before, search.errors(before))


def searched(weights: LanguageModelWeights) -> dict[str, float]:
    """The tuned weights by name."""
    return {name: getattr(weights, name) for name in SEARCHED}


def described(weights: LanguageModelWeights) -> str:
    return "  ".join(f"{name} {value:g}" for name, value in searched(weights).items())


def thinned(utterances: Sequence[Spoken], most_seconds: float) -> list[Spoken]:
    """An even sample of the utterances with about this many seconds in total."""
    seconds = sum(utterance.seconds for utterance in utterances)
    return evenly(utterances, max(1, round(len(utterances) * min(1.0, most_seconds / max(seconds, 1e-9)))))


def write_weights(folder: Path, weights: LanguageModelWeights) -> Path:
    """Write the weights to the attrs.json of a ``language_model`` folder, keeping its other entries; returns
    its path."""
    path = folder / "attrs.json"
    attributes = read_optional_json_object(path) or {"score_boundary": True}
    attributes |= searched(weights)
    write_text(path, json.dumps(attributes, indent=1) + "\n")
    return path
