from __future__ import annotations

import numpy as np
import pytest

from trainer.augmentation import Augmentation, WaveformAugmenter, shift_pitch, stretch_time, synthetic_room

RATE = 16_000
TONE = np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE).astype(np.float32)


def loudest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(np.argmax(spectrum)) * RATE / samples.size


@pytest.mark.parametrize("factor", [0.8, 0.95, 1.1, 1.25])
def test_stretching_keeps_pitch_and_level_and_changes_the_length(factor: float) -> None:
    stretched = stretch_time(TONE, factor)
    assert stretched.dtype == np.float32
    assert stretched.size == round(TONE.size / factor)
    assert loudest_hz(stretched) == pytest.approx(440, abs=2)
    assert np.std(stretched[1000:-1000]) == pytest.approx(np.std(TONE), rel=0.05)


def test_events_move_with_the_time() -> None:
    clicks = np.zeros(RATE, dtype=np.float32)
    clicks[[4000, 12_000]] = 1.0
    stretched = np.abs(stretch_time(clicks, 0.8))
    for wanted in (5000, 15_000):
        nearby = stretched[wanted - 600 : wanted + 600]
        assert nearby.max() > 0.4


@pytest.mark.parametrize("semitones", [-3.0, 2.0, 5.0])
def test_shifting_the_pitch_keeps_the_length(semitones: float) -> None:
    shifted = shift_pitch(TONE, semitones)
    assert abs(shifted.size - TONE.size) < 0.1 * TONE.size
    assert loudest_hz(shifted) == pytest.approx(440 * 2 ** (semitones / 12), rel=0.02)


@pytest.mark.parametrize("size", [0, 1, 500, 1279, 1280])
def test_what_is_too_short_to_stretch_comes_out_whole(size: int) -> None:
    out = stretch_time(TONE[:size], 0.9)
    assert np.isfinite(out).all()
    assert out.size >= size


def test_a_synthetic_room_begins_with_the_direct_sound_and_dies_away() -> None:
    room = synthetic_room(np.random.default_rng(3))
    assert int(np.argmax(np.abs(room))) == 0
    assert np.abs(room[-100:]).max() < 1e-3
    assert 0.15 * RATE <= room.size <= 0.5 * RATE


def test_gain_changes_the_level_and_nothing_else() -> None:
    options = Augmentation(
        speed=(1.0, 1.0), noise_probability=0.0, room_probability=0.0, gain_db=(-6.0, -6.0)
    )
    quieter = WaveformAugmenter(options, [], []).variant(TONE, 1, np.random.default_rng(1))
    np.testing.assert_allclose(quieter, TONE * 10 ** (-6 / 20), rtol=1e-4)


def test_what_is_switched_off_leaves_the_other_draws_as_they_were() -> None:
    plain = Augmentation()
    assert "gain_db" not in plain.settings_that_matter()
    assert "pitch_semitones" not in plain.settings_that_matter()
    assert "pitch_semitones" in Augmentation(pitch_probability=0.1).settings_that_matter()
    other = Augmentation(pitch_semitones=(-5.0, 5.0), stretch=(0.5, 2.0))  # both still at probability zero
    one, two = (
        WaveformAugmenter(options, [], []).variant(TONE, 1, np.random.default_rng(2))
        for options in (plain, other)
    )
    np.testing.assert_array_equal(one, two)


def test_rooms_are_made_up_where_the_folder_has_none() -> None:
    options = Augmentation(speed=(1.0, 1.0), noise_probability=0.0, room_probability=1.0)
    dry = WaveformAugmenter.from_folder(options, None).variant(TONE, 1, np.random.default_rng(2))
    wet = WaveformAugmenter.with_synthetic_rooms(options, None).variant(TONE, 1, np.random.default_rng(2))
    np.testing.assert_array_equal(dry, TONE)
    assert not np.allclose(wet, TONE, atol=0.01)
