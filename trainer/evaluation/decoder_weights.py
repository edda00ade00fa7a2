"""How much the language model counts beside the sound: alpha, beta and the unknown words' offset, found on
transcribed speech.

A model that hears a voice well needs other ones than it needed for strangers. On ten minutes of speech the
search is a matter of a minute or two: the network runs once, and only the decoder again and again.
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
from asr_desktop.base.json_object import read_optional_json_object
from asr_desktop.base.requirements import pip, stated
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
"""While searching: the best weights are the same as with the app's 100, in half the time."""


SEARCHED = ("alpha", "beta", "unk_score_offset")
"""What of `LanguageModelWeights` is found on speech; whether sentences begin and end is none of a voice's."""

Steps = Mapping[str, float]
"""How far the first step along each of these goes; 0, or none, leaves it as it is."""

STEPS: Steps = {"alpha": 0.2, "beta": 0.6, "unk_score_offset": 3.0}

_MOST_SECONDS = 600.0
"""Of speech that `weigh` looks at, evenly taken from all: a minute or two of decoding."""
_VOICE_STEPS: Steps = {"alpha": 0.15, "beta": 0.5}
_LEAST_GAIN = 0.003
_LEAST_WORDS = 2.0
"""A move has to save more errors than that: as a share of the words, and in words."""


@dataclass(frozen=True)
class HeardUtterance:
    """An utterance as the network hears it, log-probabilities ``[frames, labels]``, and what was said."""

    log_probs: NDArray[np.float32]
    text: str


@dataclass
class WeightSearch:
    """Pattern search (R. Hooke and T. Jeeves, 1961): a step along each weight while errors fall, then half
    the step.

    folder: a model with a language model. steps: the first step of each weight. least_gain: the share of the
    words by which errors have to fall for a move; little speech is told by luck else. report: hears each try.
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
        """Of beam search with these weights; each is tried once."""
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
        """Opened once; beam search asks it anew how its answers count."""
        if self.folder.language_model is None:
            raise ValueError(f"{self.folder.path} has no language model to tune")
        model, _ = load_language_model(self.folder.language_model, self._spelling, LanguageModelWeights())
        return model

    def run(self, weights: LanguageModelWeights) -> LanguageModelWeights:
        """The best that was found from these on, also where it was cancelled."""
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
    """The best weights that were found, those before, and the errors of beam search with each."""

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
    """Weigh a model's language model for the speech of a few people, ten minutes of it at most; None where
    the model has none, or where it was cancelled.

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
    """Those that are found on speech, by name."""
    return {name: getattr(weights, name) for name in SEARCHED}


def described(weights: LanguageModelWeights) -> str:
    return "  ".join(f"{name} {value:g}" for name, value in searched(weights).items())


def thinned(utterances: Sequence[Spoken], most_seconds: float) -> list[Spoken]:
    """Evenly taken, so that there are about so many seconds of them."""
    seconds = sum(utterance.seconds for utterance in utterances)
    return evenly(utterances, max(1, round(len(utterances) * min(1.0, most_seconds / max(seconds, 1e-9)))))


def write_weights(folder: Path, weights: LanguageModelWeights) -> Path:
    """Into the attrs.json of a ``language_model`` folder, beside what else it states; gives its path."""
    path = folder / "attrs.json"
    attributes = read_optional_json_object(path) or {"score_boundary": True}
    attributes |= searched(weights)
    write_text(path, json.dumps(attributes, indent=1) + "\n")
    return path
