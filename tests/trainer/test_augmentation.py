from __future__ import annotations

import numpy as np
import pytest

from trainer.augmentation import (
    Augmentation,
    WaveformAugmenter,
    add_noise,
    add_room,
    change_speed,
)

RATE = 16_000


def tone(frequency_hz: float, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * RATE)) / RATE).astype(np.float32)


def loudest_hz(samples: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * RATE / samples.size)


@pytest.mark.parametrize("factor", [0.85, 0.93, 1.0, 1.07, 1.2])
def test_speed_changes_length_and_pitch_alike_and_keeps_the_level(factor: float) -> None:
    original = tone(500)
    changed = change_speed(original, factor)
    assert changed.size == pytest.approx(original.size / factor, rel=0.03)
    # Length and pitch must move by the very same factor, or the transcript's rhythm would not fit the voice.
    assert loudest_hz(changed) / 500 == pytest.approx(original.size / changed.size, rel=0.01)
    middle = slice(changed.size // 4, 3 * changed.size // 4)
    assert np.std(changed[middle]) == pytest.approx(np.std(original), rel=0.05)


def test_noise_is_added_at_the_ratio_asked_for() -> None:
    generator = np.random.default_rng(1)
    speech, noise = tone(300), generator.standard_normal(3000).astype(np.float32)
    noisy = add_noise(speech, noise, 10.0, generator)
    ratio_db = 10 * np.log10(np.mean(speech**2) / np.mean((noisy - speech) ** 2))
    assert ratio_db == pytest.approx(10.0, abs=0.3)


def test_a_room_leaves_length_and_the_direct_sound_in_place() -> None:
    response = np.zeros(4000, dtype=np.float32)
    response[700], response[1500] = 1.0, 0.4
    click = np.zeros(RATE, dtype=np.float32)
    click[2000] = 1.0
    wet = add_room(click, response)
    assert wet.size == click.size
    assert np.argmax(np.abs(wet)) == 2000
    assert abs(wet[2800]) == pytest.approx(0.4 * wet[2000], rel=0.05)


def test_variant_zero_is_the_recording_and_others_repeat_with_their_seed() -> None:
    augmenter = WaveformAugmenter(Augmentation(noise_probability=1.0), [tone(50)], [])
    speech = tone(440)
    assert augmenter.variant(speech, 0, np.random.default_rng(1)) is speech
    first = augmenter.variant(speech, 1, np.random.default_rng(9))
    again = augmenter.variant(speech, 1, np.random.default_rng(9))
    other = augmenter.variant(speech, 1, np.random.default_rng(10))
    np.testing.assert_array_equal(first, again)
    assert other.size != first.size or not np.allclose(other, first)
