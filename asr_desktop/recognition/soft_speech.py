"""Live speech that is far too soft, heard and raised without waiting for what comes after it.

A file is looked at a minute ahead before it is raised (`audio/soft_sound`); a live stream cannot wait. So two
segmenters hear every block. One hears the sound as it is. The voice detector of the other hears it raised, by
the gain that the loudest half second of the last ten seconds needs. Its utterances count while the sound is
soft, until somebody has spoken at an ordinary level; from then on the stream is cut as a file is, to the
sample.

Noise alone, raised to the level of speech, is not taken for speech: Silero VAD found none in a minute each of
white, pink and brown noise, mains hum, a running tap and an exercise bike, nor in the pauses of 100
utterances, and 0.9 s in 95 s of dishes (all at -65 dBFS).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.soft_sound import RAISED_TO_DBFS, SOFT_BELOW_DBFS, dbfs, is_soft, loudest_dbfs, raised
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.segmenter import (
    CHUNK_SAMPLES,
    SAMPLE_RATE,
    Segmenter,
    SegmenterOptions,
    Utterance,
    VoiceActivityDetector,
)

LOOK_BACK_SECONDS = 10.0
ORDINARY_FROM_DBFS = SOFT_BELOW_DBFS + 5.0
"""The loudest half second of speech after which nothing is raised; a voice wavers by some dB."""
TOLD_AFTER_SECONDS = 3.0
"""Of soft speech; one utterance of it may be somebody in the next room."""
_WINDOW_CHUNKS = round(0.5 * SAMPLE_RATE / CHUNK_SAMPLES)
WINDOW_SAMPLES = _WINDOW_CHUNKS * CHUNK_SAMPLES
"""Half a second of whole chunks, in which the level is measured."""


class SoftSpeechSegmenter:
    """Cuts one live stream of mono 16 kHz sound into utterances, like Segmenter, and raises soft ones.

    `Utterance.gain_db` says by how much one was raised. ordinary_heard: whether somebody has spoken at an
    ordinary level in this recording before, so that nothing more is raised.
    """

    def __init__(self, options: SegmenterOptions | None = None, *, ordinary_heard: bool = False) -> None:
        self._was_ordinary = ordinary_heard
        self._as_it_is = Segmenter(options)
        self._detector = _RaisingDetector()
        self._raised = Segmenter(options, self._detector)
        self._begin_stream()

    def accept(self, block: NDArray[np.float32]) -> list[Utterance]:
        """Take the next samples of the stream, [n] of any n, and give the utterances that they completed."""
        completed: list[Utterance] = []
        # In pieces, so that how the stream was divided decides nothing.
        samples = np.asarray(block, np.float32)
        for start in range(0, len(samples), CHUNK_SAMPLES):
            completed += self._take(samples[start : start + CHUNK_SAMPLES])
        return completed

    def flush(self) -> list[Utterance]:
        """End the stream: give what is still open. The next block begins a new stream at sample 0."""
        given = self._given(self._as_it_is.flush(), self._raised.flush())
        self._begin_stream()
        return given

    def open_utterance(self) -> Utterance | None:
        """See Segmenter."""
        return self._placed(self._counting.open_utterance())

    def ending_utterance(self) -> Utterance | None:
        """See Segmenter."""
        return self._placed(self._counting.ending_utterance())

    def set_hangover(self, hangover_ms: float) -> None:
        """See Segmenter."""
        self._as_it_is.set_hangover(hangover_ms)
        self._raised.set_hangover(hangover_ms)

    def end_soon(self, from_sample: int) -> None:
        """See Segmenter."""
        self._as_it_is.end_soon(from_sample)
        self._raised.end_soon(from_sample)

    def _begin_stream(self) -> None:
        self._ordinary_heard = self._was_ordinary
        self._given_until = 0
        self._is_soft = False

    @property
    def _counting(self) -> Segmenter:
        return self._raised if self._is_soft else self._as_it_is

    def _take(self, piece: NDArray[np.float32]) -> list[Utterance]:
        ordinary = self._as_it_is.accept(piece)
        if self._ordinary_heard:
            return self._given(ordinary, [])
        soft = self._raised.accept(piece)
        if not self._detector.is_soft:
            speaking = self._as_it_is.open_utterance()
            if speaking is not None and loudest_dbfs(speaking.samples, WINDOW_SAMPLES) >= ORDINARY_FROM_DBFS:
                self._ordinary_heard = True
        completed = self._given(ordinary, soft)
        if self._ordinary_heard:
            self._is_soft = False
        elif self._detector.is_soft:
            self._is_soft = True
        elif self._raised.open_utterance() is None:
            self._is_soft = False  # a knock in the midst of soft speech does not take that away
        return completed

    def _given(self, ordinary: list[Utterance], soft: list[Utterance]) -> list[Utterance]:
        found = soft if self._is_soft and not self._ordinary_heard else ordinary
        given = [placed for placed in map(self._placed, found) if placed is not None]
        if given:
            self._given_until = given[-1].end_sample
        return given

    def _placed(self, utterance: Utterance | None) -> Utterance | None:
        """Raised if it is soft, and without what was given before by the other segmenter."""
        if utterance is None or utterance.end_sample <= self._given_until:
            return None
        missing = max(0, self._given_until - utterance.start_sample)
        if missing:
            utterance = replace(
                utterance, start_sample=self._given_until, samples=utterance.samples[missing:]
            )
        return _raised(utterance) if self._is_soft else utterance


class QuietInput:
    """Decides when somebody should be told that the input is too quiet: once in a recording."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._gain_db = 0.0
        self._has_words = False
        self._is_told = False

    def heard(self, utterance: Utterance, *, has_words: bool) -> Sentence | None:
        """Takes an utterance that was recognised; gives what should be told."""
        if self._is_told or utterance.gain_db == 0.0:
            return None
        self._seconds += utterance.duration_seconds
        self._gain_db = max(self._gain_db, utterance.gain_db)
        self._has_words = self._has_words or has_words
        if self._seconds < TOLD_AFTER_SECONDS:
            return None
        self._is_told = True
        if not self._has_words:
            return Sentence(
                "The microphone is too quiet to recognise words: set a higher input level or move closer "
                "to it."
            )
        return Sentence(
            "The microphone is very quiet, so speech is amplified by {gain:.0f} dB: set a higher input level "
            "or move closer to it.",
            gain=self._gain_db,
        )


class _RaisingDetector(VoiceActivityDetector):
    """Silero VAD on soft sound that is raised for it alone."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    @property
    def is_soft(self) -> bool:
        """Whether the last ten seconds hold sound, and none at an ordinary level."""
        return is_soft(self._loudest)

    def probability(self, chunk: NDArray[np.float32]) -> float:
        self._measure(chunk)
        if self.is_soft:
            chunk = raised(chunk, self._loudest)
        return super().probability(chunk)

    def reset(self) -> None:
        super().reset()
        self._loudest = -math.inf
        self._chunk = 0
        self._sums: deque[tuple[float, float]] = deque(maxlen=_WINDOW_CHUNKS)  # of samples, of squares
        self._falling: deque[tuple[int, float]] = deque()  # chunk, level: the loudest first

    def _measure(self, chunk: NDArray[np.float32]) -> None:
        wide = chunk.astype(np.float64)
        self._sums.append((float(wide.sum()), float(np.square(wide).sum())))
        count = CHUNK_SAMPLES * len(self._sums)
        mean = sum(total for total, _ in self._sums) / count
        level = dbfs(sum(squares for _, squares in self._sums) / count - mean**2)
        while self._falling and self._falling[-1][1] <= level:
            self._falling.pop()
        self._falling.append((self._chunk, level))
        self._chunk += 1
        while (self._chunk - self._falling[0][0]) * CHUNK_SAMPLES > LOOK_BACK_SECONDS * SAMPLE_RATE:
            self._falling.popleft()
        self._loudest = self._falling[0][1]


def _raised(utterance: Utterance) -> Utterance:
    loudest = loudest_dbfs(utterance.samples, WINDOW_SAMPLES)
    if not is_soft(loudest):
        return utterance
    return replace(utterance, samples=raised(utterance.samples, loudest), gain_db=RAISED_TO_DBFS - loudest)
