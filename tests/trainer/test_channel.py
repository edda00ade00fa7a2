from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from trainer import augmentation
from trainer.augmentation import SAMPLE_RATE, Samples

Change = Callable[[Samples, np.random.Generator], Samples]
CHANGES: dict[str, Change] = {
    "colour": lambda samples, generator: augmentation.colour(samples, 12.0, generator),
    "mask_band": augmentation.mask_band,
    "telephone": lambda samples, generator: augmentation.telephone(samples),
    "clip": augmentation.clip,
    "codec": augmentation.through_codec,
}


def noise(seconds: float = 1.0) -> Samples:
    return (np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE)) * 0.1).astype(np.float32)


def level_db(samples: Samples, low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(samples.size, 1 / SAMPLE_RATE)
    return float(10 * np.log10(spectrum[(hz >= low_hz) & (hz < high_hz)].mean() + 1e-12))


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("seconds", [0.05, 1.0, 3.3])
def test_length_and_type_stay_and_the_same_draw_gives_the_same_sound(name: str, seconds: float) -> None:
    samples = noise(seconds)
    one = CHANGES[name](samples, np.random.default_rng(7))
    assert one.shape == samples.shape
    assert one.dtype == np.float32
    assert np.isfinite(one).all()
    np.testing.assert_array_equal(one, CHANGES[name](samples, np.random.default_rng(7)))
    assert np.abs(one - samples).max() > 1e-3


@pytest.mark.parametrize("name", CHANGES)
def test_silence_stays_silent(name: str) -> None:
    silence = np.zeros(8000, np.float32)
    assert np.abs(CHANGES[name](silence, np.random.default_rng(2))).max() < 1e-4


def test_a_telephone_lets_nothing_through_below_300_and_above_3400_hz() -> None:
    heard = augmentation.telephone(noise(4.0))
    inside = level_db(heard, 400, 3300)
    assert inside - level_db(heard, 20, 250) > 20
    assert inside - level_db(heard, 3700, 8000) > 20


def test_a_microphones_colour_is_smooth_and_bounded() -> None:
    samples = noise(8.0)
    heard = augmentation.colour(samples, 12.0, np.random.default_rng(3))
    for low in np.geomspace(100, 6000, 12):
        change = level_db(heard, low, low * 1.2) - level_db(samples, low, low * 1.2)
        assert abs(change) < 12.5


def test_clipping_flattens_peaks_only() -> None:
    samples = noise()
    heard = augmentation.clip(samples, np.random.default_rng(5))
    limit = np.abs(heard).max()
    assert limit < np.abs(samples).max()
    quiet = np.abs(samples) < limit
    np.testing.assert_array_equal(heard[quiet], samples[quiet])
