"""How alike two signals are, and how far one lies behind the other."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Normalised correlation at zero lag over the common length; 1.0 is the same wave."""
    count = min(one.size, other.size)
    one, other = one[:count].astype(np.float64), other[:count].astype(np.float64)
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def lag_samples(late: NDArray[np.float32], reference: NDArray[np.float32]) -> int:
    """By how many samples `late` lies behind `reference` where they match best."""
    size = 1 << int(np.ceil(np.log2(late.size + reference.size)))
    spectrum = np.fft.rfft(late, size) * np.conj(np.fft.rfft(reference, size))
    peak = int(np.argmax(np.fft.irfft(spectrum, size)))
    return peak if peak < late.size else peak - size


def at_16_khz(signal: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """The reference: resampled in one piece at the highest quality, with none of the code under test."""
    return np.asarray(soxr.resample(signal, sample_rate, SAMPLE_RATE, quality="VHQ"), dtype=np.float32)


def level_db(signal: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(signal.astype(np.float64) ** 2) + 1e-30))
