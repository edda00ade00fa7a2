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


def share_heard(
    heard: NDArray[np.float32], played: NDArray[np.float32], piece_seconds: float = 0.25
) -> float:
    """How much of the sound that was played is in what was heard, both at 16 kHz: the share of its pieces of
    a quarter of a second that are found somewhere, pieces of silence left out.

    A busy machine's sound server stutters while it plays: what follows comes a little later than it should,
    and what it did not play, no recorder can hear. So the whole is not compared at one lag.
    """
    size = round(piece_seconds * SAMPLE_RATE)
    pieces = [played[start : start + size] for start in range(0, played.size - size + 1, size)]
    powers = [float(np.mean(piece.astype(np.float64) ** 2)) for piece in pieces]
    audible = [piece for piece, power in zip(pieces, powers, strict=True) if power > 1e-3 * max(powers)]
    found = 0
    for piece in audible:
        lag = max(0, lag_samples(heard, piece))
        match = heard[lag : lag + size]
        found += match.size == size and bool(match.any()) and correlation(match, piece) > 0.9
    return found / len(audible)


def at_16_khz(signal: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """The reference: resampled in one piece at the highest quality, with none of the code under test."""
    return np.asarray(soxr.resample(signal, sample_rate, SAMPLE_RATE, quality="VHQ"), dtype=np.float32)


def level_db(signal: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(signal.astype(np.float64) ** 2) + 1e-30))
