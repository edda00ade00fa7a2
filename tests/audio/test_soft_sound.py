from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.soft_sound import LOOK_AHEAD_SECONDS, RAISED_TO_DBFS, SoftSoundRaiser
from tests.fixtures.make_media import speech_like

BLOCK = SAMPLE_RATE // 2


def at_level(seconds: float, dbfs: float) -> NDArray[np.float32]:
    """Speech of this level in the mean, as a 16-bit file holds it."""
    voice = speech_like(seconds, SAMPLE_RATE)
    scaled = voice * 10 ** (dbfs / 20) / np.sqrt(np.mean(voice**2))
    return (np.rint(scaled * 32768) / 32768).astype(np.float32)


def raised(sound: NDArray[np.float32]) -> tuple[NDArray[np.float32], SoftSoundRaiser]:
    raiser = SoftSoundRaiser()
    blocks = [sound[start : start + BLOCK] for start in range(0, len(sound), BLOCK)]
    out = list(raiser.raise_soft(blocks))
    assert [len(block) for block in out] == [len(block) for block in blocks]
    return np.concatenate(out), raiser


def test_ordinary_sound_passes_as_it_is_with_its_pauses() -> None:
    noise = 1e-4 * np.random.default_rng(0).standard_normal(20 * SAMPLE_RATE).astype(np.float32)
    sound = np.concatenate([noise, at_level(3.0, -30.0), noise, at_level(3.0, -72.0)])
    heard, raiser = raised(sound)
    np.testing.assert_array_equal(heard, sound)
    assert raiser.notice("talk.wav", has_words=False) is None


@pytest.mark.parametrize("dbfs", [-60.0, -72.0, -78.0])
def test_soft_speech_is_raised_to_the_level_of_speech(dbfs: float) -> None:
    sound = at_level(8.0, dbfs)
    heard, raiser = raised(sound)
    np.testing.assert_allclose(heard / heard.max(), sound / sound.max(), atol=1e-6)
    halves = [heard[start : start + BLOCK] for start in range(0, len(heard), BLOCK)]
    assert 20 * np.log10(max(np.std(half) for half in halves)) == pytest.approx(RAISED_TO_DBFS, abs=0.1)
    assert "is very quiet and was amplified by" in str(raiser.notice("talk.wav", has_words=True))
    assert "it is too quiet" in str(raiser.notice("talk.wav", has_words=False))


def test_what_is_loud_later_is_left_alone_and_what_is_soft_long_before_is_raised() -> None:
    soft, loud = at_level(90.0, -72.0), at_level(2.0, -25.0)
    heard, _ = raised(np.concatenate([soft, loud, soft[: 5 * SAMPLE_RATE]]))
    border = round((90.0 - LOOK_AHEAD_SECONDS) * SAMPLE_RATE)
    assert np.abs(heard[: border - SAMPLE_RATE]).max() > 30 * np.abs(soft).max()
    np.testing.assert_array_equal(heard[border + SAMPLE_RATE : len(soft)], soft[border + SAMPLE_RATE :])
    np.testing.assert_array_equal(heard[len(soft) :], np.concatenate([loud, soft[: 5 * SAMPLE_RATE]]))


@pytest.mark.parametrize("offset", [0.0, 0.1])
def test_digital_silence_and_dither_stay_silent(offset: float) -> None:
    random = np.random.default_rng(0)
    dither = np.rint(random.random(4 * SAMPLE_RATE) - random.random(4 * SAMPLE_RATE)) / 32768
    for sound in (np.zeros(4 * SAMPLE_RATE, np.float32), dither.astype(np.float32)):
        heard, raiser = raised(sound + np.float32(offset))
        np.testing.assert_array_equal(heard, sound + np.float32(offset))
        assert raiser.notice("talk.wav", has_words=False) is None
