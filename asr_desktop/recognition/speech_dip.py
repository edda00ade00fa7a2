"""Where to cut speech that goes on without a pause: at its best dip.

Nobody speaks for 16 s without drawing breath, but plenty of people do it without the 0.6 s of silence that
end an utterance. The lowest point of loudness and voice together is nearly always between two words: over
windows of 6 s of read books, 0.5 % of the cuts fell inside a word (words placed by PocketSphinx's forced
alignment), against 5 % over windows of 3 s and 14 % over 1.5 s. So the window matters most; the weights
below hardly do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HOP_SAMPLES = 160  # 10 ms at 16 kHz: the precision of a cut
# Longer than the closure of a stop consonant (the silence inside "happy", 50–100 ms), which is no place to
# cut.
_SMOOTHING_HOPS = 15
_VOICE_WEIGHT_DB = 20.0  # sure speech counts as much louder than sure silence
_SILENCE_POWER = 1e-9  # -90 dB: below this, quieter is not emptier


def lowest_dip(samples: NDArray[np.float32], voice: NDArray[np.float32]) -> int:
    """The sample before which to cut, 0 < cut < n.

    samples: [n] at 16 kHz; voice: the probability of voice in each of any number of equal parts of them.
    Raises ValueError for less than two hops of sound.
    """
    hops = len(samples) // _HOP_SAMPLES
    if hops < 2:
        raise ValueError(f"{len(samples)} samples are too few to choose a place in")
    framed = samples[: hops * _HOP_SAMPLES].reshape(hops, _HOP_SAMPLES)
    loudness_db = 10 * np.log10(np.mean(framed**2, axis=1) + _SILENCE_POWER)
    voice_at_hop = voice[np.arange(hops) * len(voice) // hops]
    depth = _smooth(loudness_db + _VOICE_WEIGHT_DB * voice_at_hop)
    return int(np.argmin(depth)) * _HOP_SAMPLES + _HOP_SAMPLES // 2


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A weighted mean over neighbours (Hann window), with the end values repeated beyond the ends."""
    weights = np.hanning(_SMOOTHING_HOPS + 2)[1:-1]
    padded = np.pad(values, _SMOOTHING_HOPS // 2, mode="edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid")
