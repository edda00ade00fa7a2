"""The caption of the utterance that is still being spoken.

It is recognised repeatedly while it grows. Acoustic models of the wav2vec2 family need the whole input at
once (group norm takes its statistics over the whole length, attention is bidirectional), so emissions
cannot be computed incrementally. Recognising the whole utterance each time would cost more with every
second. So each pass encodes a window: the part that is not committed yet, with enough committed speech
before it as context. Captions are committed about a second behind the speaker, so the window stays at a few
seconds however long the utterance becomes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.live_events import CaptionOptions
from asr_desktop.recognition.local_agreement import LocalAgreement
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import SAMPLE_RATE, Utterance
from asr_desktop.transcripts.document import Word


class OpenUtterance:
    """The committed and open words of one utterance. `recogniser` has a decoder that is fast enough to be
    asked again and again."""

    def __init__(self, recogniser: Recogniser, options: CaptionOptions | None = None) -> None:
        self.recogniser = recogniser
        self._options = options or CaptionOptions()
        self._agreement = LocalAgreement(self._options.agreement)
        self.words: tuple[Word, ...] = ()
        self.committed_words = 0

    def listen(self, utterance: Utterance) -> None:
        """Recognise the utterance as far as it is recorded now."""
        start = self._window_start(utterance)
        offset_seconds = start / SAMPLE_RATE
        samples = utterance.samples[start - utterance.start_sample :]
        self._take(self.recogniser.words(samples, offset_seconds), utterance.end_seconds)

    def take(self, log_probs: NDArray[np.float32], utterance: Utterance) -> None:
        """The same, from existing emissions of the whole utterance."""
        words = self.recogniser.decode(log_probs, len(utterance.samples), utterance.start_seconds)
        self._take(words, utterance.end_seconds)

    def _take(self, hypothesis: Sequence[Word], heard_until_seconds: float) -> None:
        agreement = self._agreement.update(hypothesis, heard_until_seconds=heard_until_seconds)
        overdue_before = heard_until_seconds - self._options.longest_window_seconds
        overdue = [word for word in agreement.open if word.start_seconds < overdue_before]
        if overdue:
            # Agreement with itself settles them.
            for words in (overdue, overdue, agreement.open):
                agreement = self._agreement.update(words, heard_until_seconds=heard_until_seconds)
        self.words = agreement.words
        self.committed_words = len(agreement.committed)

    def _window_start(self, utterance: Utterance) -> int:
        """The first sample to encode: the start of a committed word, so that no word is cut."""
        latest = (self._agreement.committed_until_seconds or 0.0) - self._options.left_context_seconds
        starts = [word.start_seconds for word in self._agreement.committed if word.start_seconds <= latest]
        if not starts:
            return utterance.start_sample
        # A little earlier: a word's first sound begins before its first letter is certain.
        return max(utterance.start_sample, round((starts[-1] - 0.1) * SAMPLE_RATE))
