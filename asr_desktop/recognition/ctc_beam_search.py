"""Prefix beam search over CTC emissions: the likeliest texts by sound, language model and hotwords together.

What a frame's labels do to the texts is `prefix_beam`'s business, what a text's words are worth that of
`text_scores`. Here each frame is reduced to the labels that are worth trying, and frames in which nothing
but the blank is probable, nearly half of them with a good network, are passed over: they change no text's
rank. A label that is too improbable to be tried is tried where it carries a hotword forward, if the
hotword's reward makes up for that.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.ctc import check_emissions, printed_labels
from asr_desktop.recognition.hotword_boost import HotwordBoost
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModel
from asr_desktop.recognition.prefix_beam import PrefixBeam, Tried
from asr_desktop.recognition.text_scores import TextScores

_LEAST_LOGIT = -100.0  # emissions may hold -inf


class CtcBeamSearch:
    """Beam search over the emissions of `labels`; the hotwords may be exchanged between two searches."""

    def __init__(self, labels: Labels, language_model: LanguageModel | None) -> None:
        self._labels = labels
        self._language_model = language_model
        printed = printed_labels(labels)
        self._silent = [i for i, text in enumerate(printed) if not text and i != labels.blank_id]
        # Without spaces every label is a word of its own, for the language model and for hotwords.
        self._joins_words = not any(text.startswith(" ") for text in printed)
        self._begins_word = [bool(text) and (self._joins_words or text[0] == " ") for text in printed]
        self._letters = tuple(text.removeprefix(" ") for text in printed)
        self.set_hotwords(HotwordBoost())

    def set_hotwords(self, hotwords: HotwordBoost) -> None:
        """Use `hotwords` from the next search on."""
        self._scores = TextScores(self._language_model, hotwords, self._letters)

    def search(
        self,
        log_probs: NDArray[np.floating[Any]],
        *,
        beam_width: int,
        beam_prune_logp: float,
        token_min_logp: float,
        count: int,
    ) -> list[tuple[str, float]]:
        """(text, score) of up to `count` hypotheses for `log_probs` [frames, labels], best first; [("", 0)]
        for no frames.

        Scores are natural logarithms, of sound, language model and hotwords together.
        """
        if log_probs.shape[0] == 0:
            return [("", 0.0)]
        check_emissions(log_probs, self._labels)
        probabilities = self._probabilities(log_probs)
        least = math.exp(token_min_logp)
        scores = self._scores
        with _no_garbage_collection():
            beam = PrefixBeam(scores, beam_width, math.exp(beam_prune_logp), least)
            self._hear(beam, probabilities, least, least / scores.most_wanted)
            found = beam.texts(count)
            beam.clear()
        return [(text.replace(" ", "") if self._joins_words else text[1:], score) for text, score in found]

    def _probabilities(self, log_probs: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """exp(log_probs), special tokens left out and their probability shared out among the others."""
        # fmax: what is not a number counts as impossible.
        logits = np.fmax(log_probs.astype(np.float32, copy=False), _LEAST_LOGIT)
        logits[:, self._silent] = -np.inf
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float32] = exponentials / exponentials.sum(axis=1, keepdims=True)
        return probabilities

    def _hear(
        self, beam: PrefixBeam, probabilities: NDArray[np.float32], least: float, least_wanted: float
    ) -> None:
        """Take `beam` through all frames. Labels of the probability `least` are tried, and each frame's best
        one; those of `least_wanted` where a hotword wants them."""
        tried = probabilities >= np.minimum(probabilities.max(axis=1, keepdims=True), least)
        looked_at = tried | (probabilities >= least_wanted) if least_wanted < least else tried
        frames, label_ids = np.nonzero(looked_at)
        candidates = zip(
            label_ids.tolist(),
            probabilities[frames, label_ids].tolist(),
            tried[frames, label_ids].tolist(),
            strict=True,
        )
        blank_id = self._labels.blank_id
        begins_word = self._begins_word
        for frame, count in enumerate(looked_at.sum(axis=1).tolist()):
            blank = 0.0
            beginning: Tried = []
            continuing: Tried = []
            if_wanted: Tried = []
            for _ in range(count):
                label, probability, is_tried = next(candidates)
                if label == blank_id:
                    blank = probability
                elif begins_word[label]:
                    if is_tried:
                        beginning.append((label, probability))
                elif is_tried:
                    continuing.append((label, probability))
                else:
                    if_wanted.append((label, probability))
            if count == 1 and blank:
                beam.hear_silence(blank)
            else:
                beam.hear(frame, blank, beginning, continuing, if_wanted)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep Python from looking for unreachable cycles meanwhile. A search makes many small objects in a short
    time, and the looking took longer than the search; `PrefixBeam.clear` leaves no cycles behind.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
