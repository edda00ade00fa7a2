"""How much the language model counts beside the sound: alpha, beta and the unknown words' offset, found on
transcribed speech.

A model that hears a voice well needs other ones than it needed for strangers. On ten minutes of speech the
search is a matter of a minute or two: the network runs once, and only the decoder again and again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.language_model import LanguageModelWeights
from asr_desktop.recognition.model_folder import LanguageModelFiles, ModelFolder
from trainer.evaluation.texts import comparable
from trainer.scoring import Score, score

BEAM_WIDTH = 50
"""While searching: the best weights are the same as with the app's 100, in half the time."""


class DecoderWeights(NamedTuple):
    """pyctcdecode's settings, see `asr_desktop.recognition.language_model.LanguageModelWeights`."""

    alpha: float
    beta: float
    unk_score_offset: float

    @classmethod
    def of(cls, files: LanguageModelFiles) -> DecoderWeights:
        """Those that a language model states, or the defaults."""
        defaults = LanguageModelWeights()
        stated = ((getattr(files, name), getattr(defaults, name)) for name in cls._fields)
        return cls(*(default if value is None else value for value, default in stated))

    def options(self, beam_width: int = BEAM_WIDTH) -> BeamSearchOptions:
        return BeamSearchOptions(
            beam_width=beam_width, alpha=self.alpha, beta=self.beta, unk_score_offset=self.unk_score_offset
        )

    def __str__(self) -> str:
        return "  ".join(f"{name} {value:g}" for name, value in self._asdict().items())


STEPS = DecoderWeights(alpha=0.2, beta=0.6, unk_score_offset=3.0)


@dataclass(frozen=True)
class Heard:
    """An utterance as the network hears it, log-probabilities ``[frames, labels]``, and what was said."""

    log_probs: NDArray[np.float32]
    text: str


@dataclass
class WeightSearch:
    """Pattern search (R. Hooke and T. Jeeves, 1961): a step along each weight while errors fall, then half
    the step.

    steps: the first step of each weight; 0 leaves it as it is. least_gain: the share of the words by which
    errors have to fall for a move; little speech is told by luck else. report: hears each try.
    """

    folder: ModelFolder
    heard: Sequence[Heard]
    steps: DecoderWeights = STEPS
    halvings: int = 2
    least_gain: float = 0.0
    report: Callable[[DecoderWeights, Score], None] = lambda weights, found: None
    cancelled: Callable[[], bool] = lambda: False
    _known: dict[DecoderWeights, Score] = field(default_factory=dict)

    def errors(self, weights: DecoderWeights) -> Score:
        """Of beam search with these weights; each is tried once."""
        if weights not in self._known:
            decoder, _ = make_decoder(self.folder, "beam", options=weights.options())
            labels = self.folder.labels
            self._known[weights] = score(
                [comparable(heard.text, labels) for heard in self.heard],
                [comparable(decoder.decode(heard.log_probs), labels) for heard in self.heard],
            )
            self.report(weights, self._known[weights])
        return self._known[weights]

    def run(self, weights: DecoderWeights) -> DecoderWeights:
        """The best that was found from these on, also where it was cancelled."""
        for halving in range(self.halvings + 1):
            moved = True
            while moved:
                moved = False
                for name, direction in product(DecoderWeights._fields, (1, -1)):
                    step = direction * getattr(self.steps, name) / 2**halving
                    tried = weights._replace(**{name: round(getattr(weights, name) + step, 4)})
                    if not step or tried.alpha <= 0 or tried.unk_score_offset > 0:
                        continue
                    if self.cancelled():
                        return weights
                    if self.errors(tried).wer < self.errors(weights).wer - self.least_gain:
                        weights, moved = tried, True
        return weights


def write_weights(folder: Path, weights: DecoderWeights) -> Path:
    """Into the attrs.json of a ``language_model`` folder, beside what else it states; gives its path."""
    path = folder / "attrs.json"
    attributes = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"score_boundary": True}
    attributes |= weights._asdict()
    path.write_text(json.dumps(attributes, indent=1) + "\n", encoding="utf-8")
    return path
