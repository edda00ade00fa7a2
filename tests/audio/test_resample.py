from __future__ import annotations

import numpy as np
import pytest

from asr_desktop.audio.resample import StreamResampler
from tests.audio.measure import level_db
from tests.fixtures.make_media import sine


def resample(signal: np.ndarray, rate: int, block: int = 5_000) -> np.ndarray:
    resampler = StreamResampler(rate, 16_000)
    parts = [resampler.accept(signal[start : start + block]) for start in range(0, signal.size, block)]
    return np.concatenate([*parts, resampler.flush()])


@pytest.mark.parametrize("rate", [22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
def test_tones_above_8_khz_do_not_come_back_as_others(rate: int) -> None:
    """Every tone that 16 kHz cannot carry is at least 100 dB below where it was."""
    top = min(rate // 2 - 300, 20_000)
    for frequency in np.linspace(8_600, top, 12):
        out = resample(sine(float(frequency), 1.0, rate), rate)[2_000:-2_000]
        assert level_db(out) < level_db(sine(440, 1.0, rate)) - 100, frequency


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_speech_frequencies_pass_unchanged(rate: int) -> None:
    """From 50 Hz to 0.9 of the band: within 0.05 dB, and not moved in time."""
    for frequency in np.linspace(50, 0.9 * min(rate, 16_000) / 2, 12):
        out = resample(sine(float(frequency), 1.0, rate), rate)
        expected = sine(float(frequency), 1.0, 16_000)
        middle = slice(2_000, 14_000)
        assert level_db(out[middle]) == pytest.approx(level_db(expected[middle]), abs=0.05)
        assert level_db(out[middle] - expected[: out.size][middle]) < -55, frequency


@pytest.mark.parametrize("rate", [8_000, 11_025, 12_345, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("count", [1, 100, 44_101, 100_003])
def test_the_number_of_samples_is_exact(rate: int, count: int) -> None:
    assert abs(resample(np.zeros(count, np.float32), rate).size - count * 16_000 / rate) <= 1


def test_block_lengths_do_not_matter() -> None:
    signal = np.random.default_rng(0).standard_normal(50_000).astype(np.float32) * 0.1
    whole = resample(signal, 44_100, block=50_000)
    assert np.allclose(whole, resample(signal, 44_100, block=777), atol=1e-6)


def test_the_same_rate_is_left_alone() -> None:
    signal = np.random.default_rng(0).standard_normal(5_000).astype(np.float32)
    assert np.array_equal(resample(signal, 16_000), signal)
