"""Settings of beam search, in a module without numpy for commands and the live protocol to import."""

from __future__ import annotations

import math
from dataclasses import dataclass

from asr_desktop.base.errors import DecoderError

WIDEST_BEAM = 10_000
"""A hundred times the usual; far beyond it, seconds of speech take hours."""


@dataclass(frozen=True, slots=True)
class BeamSearchOptions:
    """How wide to search, and how the language model counts.

    beam_width: hypotheses kept after each frame. beam_prune_logp: a hypothesis this much (natural
    logarithm) worse than the best one is dropped. token_min_logp: labels less probable than this in a
    frame are not tried, but for the frame's most probable one. alpha, beta, unk_score_offset, score_boundary:
    see LanguageModelWeights; None is what the language model's own attrs.json says, or the default.
    """

    beam_width: int = 100
    beam_prune_logp: float = -12.0
    token_min_logp: float = -8.0
    alpha: float | None = None
    beta: float | None = None
    unk_score_offset: float | None = None
    score_boundary: bool | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.beam_width <= WIDEST_BEAM:
            raise DecoderError(
                f"The beam width is {self.beam_width}; it has to be 1 to {WIDEST_BEAM} (100 is usual)."
            )
        if self.beam_prune_logp >= 0 or self.token_min_logp >= 0:
            raise DecoderError("beam_prune_logp and token_min_logp are logarithms and have to be negative.")
        if self.alpha is not None and not 0 <= self.alpha < math.inf:
            raise DecoderError(
                f"alpha is {self.alpha:g}; the weight of the language model has to be a number from 0 on."
            )
        if self.beta is not None and not math.isfinite(self.beta):
            raise DecoderError(f"beta is {self.beta:g}; the bonus for each word has to be a number.")
