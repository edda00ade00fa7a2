from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.teaching.check.sound_measures import SILENCE_DBFS, measure
from tests.fixtures.make_media import speech_like

RATE = 16_000


def voice(seconds: float = 4.0, silence_seconds: float = 0.5, noise: float = 0.001) -> NDArray[np.float32]:
    silence = np.zeros(round(silence_seconds * RATE), np.float32)
    sound = np.concatenate([silence, speech_like(seconds, RATE), silence])
    return (sound + noise * np.random.default_rng(1).standard_normal(sound.size)).astype(np.float32)


def test_a_clean_recording_has_nothing_to_complain_of() -> None:
    measures = measure(voice())
    assert measures.seconds == 5.0
    assert measures.clipped_share == 0.0
    assert measures.noise_dbfs == pytest.approx(-60, abs=2)
    assert measures.signal_to_noise_db > 30
    assert measures.silence_before_seconds == pytest.approx(0.5, abs=0.3)
    assert not measures.is_cut_at_start
    assert not measures.is_cut_at_end


def test_levels_follow_the_gain() -> None:
    loud, quiet = measure(voice(noise=0.0)), measure(0.1 * voice(noise=0.0))
    assert loud.speech_dbfs - quiet.speech_dbfs == pytest.approx(20, abs=0.1)
    assert loud.peak_dbfs == pytest.approx(20 * np.log10(0.5), abs=0.1)


def test_clipping_is_seen_even_when_it_was_turned_down_afterwards() -> None:
    clipped = np.clip(5 * voice(), -1, 1)
    assert measure(clipped).clipped_share > 0.01
    assert measure(0.7 * clipped).clipped_share == pytest.approx(measure(clipped).clipped_share, rel=0.01)


def test_noise_is_measured_in_the_pauses() -> None:
    assert measure(voice(noise=0.05)).signal_to_noise_db < 15


def test_a_recording_that_begins_or_ends_in_the_midst_of_a_word_shows() -> None:
    sound = voice()
    loudest = int(np.abs(sound[RATE : 3 * RATE]).argmax()) + RATE
    assert measure(sound[loudest:]).is_cut_at_start
    assert not measure(sound[loudest:]).is_cut_at_end
    assert measure(sound[:loudest]).is_cut_at_end


@pytest.mark.parametrize("samples", [0, 5, 319, RATE])
def test_silence_and_scraps_have_measures_too(samples: int) -> None:
    measures = measure(np.zeros(samples, np.float32))
    assert measures.speech_dbfs == SILENCE_DBFS
    assert measures.clipped_share == 0.0
