from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.resample import Downmixer
from tests.audio.measure import correlation, level_db
from tests.fixtures.make_media import sine, speech_like

RATE = 48_000
STEREO = ("FL", "FR")
SURROUND = ("FL", "FR", "FC", "LFE", "SL", "SR")


def mix(names: tuple[str, ...], *channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mixed in half-second blocks, as decoding delivers them."""
    mixer = Downmixer(names, RATE)
    together = np.stack(channels)
    return np.concatenate(
        [mixer.mix(together[:, at : at + RATE // 2]) for at in range(0, together.shape[1], RATE // 2)]
    )


@pytest.fixture(scope="module")
def voice() -> NDArray[np.float32]:
    return speech_like(4.0, RATE, seed=1)


@pytest.fixture(scope="module")
def other_voice() -> NDArray[np.float32]:
    return speech_like(4.0, RATE, seed=2)


def test_mono_is_passed_on(voice: NDArray[np.float32]) -> None:
    assert np.array_equal(mix(("FC",), voice), voice)


def test_equal_channels_keep_their_level(voice: NDArray[np.float32]) -> None:
    assert np.allclose(mix(STEREO, voice, voice), voice, atol=1e-6)


def test_two_speakers_on_two_channels_are_both_heard(
    voice: NDArray[np.float32], other_voice: NDArray[np.float32]
) -> None:
    assert np.allclose(mix(STEREO, voice, other_voice), (voice + other_voice) / 2, atol=1e-6)


@pytest.mark.parametrize("names", [STEREO, ("NONE", "NONE")])
def test_reversed_polarity_does_not_cancel(names: tuple[str, ...], voice: NDArray[np.float32]) -> None:
    assert np.allclose(np.abs(mix(names, voice, -voice)), np.abs(voice), atol=1e-6)


def test_reversed_polarity_with_noise_and_unequal_gain(voice: NDArray[np.float32]) -> None:
    noise = 0.01 * np.random.default_rng(0).standard_normal((2, voice.size)).astype(np.float32)
    mixed = mix(STEREO, voice + noise[0], -0.6 * voice + noise[1])
    assert abs(correlation(mixed, voice)) > 0.99
    assert level_db(mixed) > level_db(voice) - 3


def test_reversed_pair_beside_a_centre_voice(
    voice: NDArray[np.float32], other_voice: NDArray[np.float32]
) -> None:
    mixed = mix(("FL", "FR", "FC"), voice, -voice, 0.1 * other_voice)
    assert abs(correlation(mixed, voice)) > 0.95


def test_polarity_that_turns_midway_is_followed_without_a_click(voice: NDArray[np.float32]) -> None:
    half = voice.size // 2
    right = np.concatenate([voice[:half], -voice[half:]])
    mixed = mix(STEREO, voice, right)
    assert level_db(mixed[half + RATE :]) > level_db(voice[half + RATE :]) - 1
    steps = np.abs(np.diff(mixed)).max()
    assert steps <= 1.1 * np.abs(np.diff(voice)).max()


def test_silent_channels_do_not_dilute_a_voice(voice: NDArray[np.float32]) -> None:
    silent = np.zeros_like(voice)
    hiss = 1e-5 * np.random.default_rng(0).standard_normal(voice.size).astype(np.float32)
    mixed = mix(("NONE",) * 8, silent, silent, silent, voice, silent, hiss, silent, silent)
    assert level_db(mixed) == pytest.approx(level_db(voice), abs=0.1)


def test_a_second_microphone_joins_when_it_is_first_used(
    voice: NDArray[np.float32], other_voice: NDArray[np.float32]
) -> None:
    late = other_voice.copy()
    late[: voice.size // 2] = 0
    mixed = mix(("NONE", "NONE"), voice, late)
    half = voice.size // 2
    assert np.allclose(mixed[:half], voice[:half], atol=1e-6)
    assert np.allclose(mixed[half + RATE :], (voice + late)[half + RATE :] / 2, atol=1e-6)


def test_film_sound_prefers_the_centre(voice: NDArray[np.float32], other_voice: NDArray[np.float32]) -> None:
    music, silent = other_voice, np.zeros_like(voice)
    mixed = mix(SURROUND, music, music, voice, silent, music, music)
    plain_average = np.mean([music, music, voice, silent, music, music], axis=0)
    assert correlation(mixed, voice) > correlation(plain_average, voice)


def test_rumble_in_the_effects_channel_is_left_out(voice: NDArray[np.float32]) -> None:
    silent, rumble = np.zeros_like(voice), sine(45, 4.0, RATE, 0.9)
    assert correlation(mix(SURROUND, silent, silent, voice, rumble, silent, silent), voice) > 0.999


def test_a_voice_in_the_effects_channel_is_a_mislabelled_microphone(voice: NDArray[np.float32]) -> None:
    silent = np.zeros_like(voice)
    mixed = mix(SURROUND, silent, silent, silent, voice, silent, silent)
    assert level_db(mixed) == pytest.approx(level_db(voice), abs=0.5)


def test_nothing_can_clip() -> None:
    full = np.ones(RATE, np.float32) * np.sign(np.random.default_rng(0).standard_normal(RATE)).astype(
        np.float32
    )
    for names in (STEREO, SURROUND, ("NONE",) * 8):
        assert np.abs(mix(names, *([full] * len(names)))).max() <= 1.0 + 1e-6


def test_silence_stays_silence() -> None:
    silent = np.zeros(RATE, np.float32)
    assert not mix(SURROUND, *([silent] * 6)).any()
