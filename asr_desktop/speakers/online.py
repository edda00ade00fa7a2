"""Diarization of a stream, utterance by utterance, with a final pass over the whole stream.

    speakers = OnlineSpeakers(networks, SpeakerCount())
    for utterance in utterances:
        turns = speakers.hear(samples, start_sample)
    turns = speakers.refined().turns

Each stretch of speech joins the most similar voice, or starts a new one if none is similar. These decisions
are never revised, so errors are most frequent at the start of a conversation; at the end the clustering of
the whole recording (`clustering`) replaces them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asr_desktop.speakers.diarizer import SpeechWindows, seconds_of_frame
from asr_desktop.speakers.networks import SAMPLE_RATE, WINDOW_SAMPLES, SpeakerNetworks
from asr_desktop.speakers.turns import MOST_SPEAKERS, FoundSpeakers, SpeakerCount, Turn
from asr_desktop.speakers.voices import RememberedVoice, recognised

NEW_VOICE_BELOW = 0.25
"""A stretch whose dot product with every voice is below this is a new speaker."""
NEW_VOICE_SECONDS = 1.5
"""A stretch with less speech than this never starts a new speaker."""
TEACHES_SECONDS = 0.75
"""A stretch with less speech than this does not update the voice that it joins."""
MOST_COUNTED_SECONDS = 5.0


class OnlineSpeakers:
    """Diarizes one stream. Not thread-safe.

    remembered: voices with known names.
    """

    def __init__(
        self, networks: SpeakerNetworks, count: SpeakerCount, remembered: Sequence[RememberedVoice] = ()
    ) -> None:
        self._windows = SpeechWindows(networks)
        self._count = count
        self._remembered = remembered
        self._sums: list[NDArray[np.float32]] = []

    def hear(self, samples: NDArray[np.float32], start_sample: int) -> tuple[Turn, ...]:
        """The turns in an utterance: samples [n], 16 kHz mono, which begin at `start_sample` of the
        stream."""
        turns = []
        parts = max(1, math.ceil(len(samples) / WINDOW_SAMPLES))
        borders = np.linspace(0, len(samples), parts + 1).astype(int)
        for begin, end in pairwise(borders.tolist()):
            found = self._windows.add(samples[begin:end], start_sample + begin)
            offset = (start_sample + begin) / SAMPLE_RATE
            for stretch in sorted(found, key=lambda stretch: stretch.begin):
                voice, similar = self._voice_of(stretch.voiceprint, stretch.seconds)
                start, stop = (offset + seconds_of_frame(frame) for frame in (stretch.begin, stretch.end))
                turns.append(Turn(start, stop, voice + 1, max(0.0, min(1.0, similar))))
        return tuple(turns)

    @property
    def names(self) -> dict[int, str]:
        """Names by speaker number, for speakers so far whose voices are remembered."""
        return FoundSpeakers((), recognised(self._voices(), self._remembered)).names

    def refined(self) -> FoundSpeakers:
        """The final turns, from the whole stream."""
        found = self._windows.diarization(self._count)
        return FoundSpeakers(found.turns, recognised(found.voices, self._remembered))

    def _voice_of(self, voiceprint: NDArray[np.float32], seconds: float) -> tuple[int, float]:
        """Index of the voice that the voiceprint joins, and its similarity."""
        voice, similar = 0, 1.0
        if self._sums:
            products = np.stack(self._voices()) @ voiceprint
            voice = int(products.argmax())
            similar = float(products[voice])
        is_new = similar < NEW_VOICE_BELOW and seconds >= NEW_VOICE_SECONDS
        if not self._sums or (is_new and len(self._sums) < (self._count.highest or MOST_SPEAKERS)):
            self._sums.append(np.zeros_like(voiceprint))
            voice, similar = len(self._sums) - 1, 1.0
        if seconds >= TEACHES_SECONDS or not self._sums[voice].any():
            self._sums[voice] = self._sums[voice] + voiceprint * min(seconds, MOST_COUNTED_SECONDS)
        return voice, similar

    def _voices(self) -> list[NDArray[np.float32]]:
        return [total / max(float(np.linalg.norm(total)), 1e-6) for total in self._sums]
