"""One utterance from sound to words: emissions → text → word times → confidence.

The same object serves finished files and live input. It has no state between utterances.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.beam_search import Decoder
from asr_desktop.recognition.confidence import ALTERNATIVES, Calibration, word_confidences
from asr_desktop.recognition.emissions import SAMPLE_RATE, BatchEmissionsModel, EmissionsModel
from asr_desktop.recognition.local_agreement import CLEARLY_BETTER, most_kept
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.segmenter import Utterance
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.transcripts.document import Word


class Recogniser:
    """An acoustic model combined with a decoder.

    decoder: made for the labels of `emissions.folder`. Raises ModelFolderError for a damaged confidence.json.
    """

    def __init__(self, emissions: EmissionsModel, decoder: Decoder) -> None:
        self.emissions = emissions
        self.decoder = decoder
        self._spelling = Spelling(emissions.folder.labels)
        self._calibration = Calibration.of(emissions.folder.path)

    @property
    def folder(self) -> ModelFolder:
        """The acoustic model's folder."""
        return self.emissions.folder

    @property
    def ahead_seconds(self) -> float:
        """Seconds of speech that `words_of` should get at once for best speed."""
        return self.emissions.ahead_seconds if isinstance(self.emissions, BatchEmissionsModel) else 0.0

    def words_of(self, utterances: Sequence[Utterance]) -> Iterator[list[Word]]:
        """The words of one utterance after the other; taken together where that is faster."""
        if self.ahead_seconds and isinstance(self.emissions, BatchEmissionsModel):
            found = self.emissions.batch([utterance.samples for utterance in utterances])
            for utterance, log_probs in zip(utterances, found, strict=True):
                yield self.decode(log_probs, len(utterance.samples), utterance.start_seconds)
        else:
            for utterance in utterances:
                yield self.words(utterance.samples, utterance.start_seconds)

    def words(self, samples: NDArray[np.float32], offset_seconds: float = 0.0) -> list[Word]:
        """The words of one utterance: mono 16 kHz samples [n] that begin `offset_seconds` into the source."""
        return self.decode(self.emissions(samples), len(samples), offset_seconds)

    def decode(
        self,
        log_probs: NDArray[np.float32],
        sample_count: int,
        offset_seconds: float = 0.0,
        committed: Sequence[str] = (),
        clearly_better: float = CLEARLY_BETTER,
    ) -> list[Word]:
        """The words of an utterance of `sample_count` samples at 16 kHz, from its emissions.

        committed, clearly_better: the words with which its caption began, and what changes them (see
        kept_words).
        """
        alternatives = self.decoder.decode_alternatives(log_probs, ALTERNATIVES)
        best = most_kept(alternatives, committed, clearly_better)
        alternatives = [alternatives[best], *alternatives[:best], *alternatives[best + 1 :]]
        labels = self.folder.labels
        aligned = align(log_probs, alternatives[0].text, labels, self._spelling)
        if not aligned:
            return []
        times = word_times(aligned, self.folder.frame_timing, sample_count / SAMPLE_RATE)
        confidences = word_confidences(log_probs, aligned, labels, alternatives, self._calibration)
        return [
            Word(word.text, offset_seconds + start, offset_seconds + end, confidence)
            for word, (start, end), confidence in zip(aligned, times, confidences, strict=True)
        ]
