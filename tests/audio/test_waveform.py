from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio import waveform as waveform_module
from asr_desktop.audio.session import create_session
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.audio.waveform import BINS_PER_SECOND, Waveform, waveform_of
from asr_desktop.base.errors import CancelledError, MediaError
from tests.fixtures.make_media import write


def bursts(seconds: int, rate: int = 16_000) -> np.ndarray:
    """A quarter second of tone at each whole second, the louder the later."""
    signal = np.zeros(seconds * rate, np.float32)
    for second in range(seconds):
        tone = np.sin(np.arange(rate // 4) * 2 * np.pi * 300 / rate) * (second + 1) / seconds * 0.9
        signal[second * rate : second * rate + len(tone)] = tone
    return signal


@pytest.mark.parametrize("columns", [5, 40, 400, 4000])
def test_every_resolution_shows_the_same_sound(columns: int, tmp_path: Path) -> None:
    path = write(tmp_path / "bursts.wav", bursts(20), 16_000)
    waveform = waveform_of(path)
    assert waveform.duration_seconds == pytest.approx(20.0)
    times, low, high = waveform.outline(0.0, 20.0, columns)
    assert len(times) <= max(8 * columns + 3, 2000)
    assert high.max() == pytest.approx(0.9, abs=0.02)
    assert low.min() == pytest.approx(-0.9, abs=0.02)
    assert np.all(low <= high)


def test_a_part_lies_where_it_sounds(tmp_path: Path) -> None:
    waveform = waveform_of(write(tmp_path / "bursts.wav", bursts(8), 16_000))
    times, _, high = waveform.outline(4.5, 6.5, 2000)
    loud = times[high > 0.1]
    assert loud.min() == pytest.approx(5.0, abs=0.02)
    assert loud.max() == pytest.approx(6.25, abs=0.02)
    assert not ((loud > 5.27) & (loud < 5.98)).any()
    assert len(waveform.outline(100.0, 200.0, 10)[0]) <= 3


def test_it_is_computed_once_until_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.wav", bursts(3), 16_000)
    first = waveform_of(path)

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    with monkeypatch.context() as patch:
        patch.setattr(waveform_module, "read_blocks", fail)
        again = waveform_of(path)
        assert np.array_equal(again.levels[0], first.levels[0])
        assert again.duration_seconds == first.duration_seconds
        write(path, bursts(5), 16_000)
        with pytest.raises(AssertionError, match="computed again"):
            waveform_of(path)
    assert waveform_of(path).duration_seconds == pytest.approx(5.0)


def test_a_damaged_cache_is_computed_again(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", bursts(2), 16_000)
    waveform_of(path, cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:150])
    assert waveform_of(path, cache=tmp_path / "cache").duration_seconds == pytest.approx(2.0)


def test_a_session_has_one_too(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    writer = WavWriter(session.part_path(1), 16_000, 1)
    writer.append((bursts(3) * 32_767).astype("<i2").tobytes())
    writer.close()
    assert waveform_of(session).duration_seconds == pytest.approx(3.0)
    assert waveform_of(session.path).duration_seconds == pytest.approx(3.0)


def test_it_shows_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    path = write(tmp_path / "long.flac", np.tile(bursts(10), 13), 16_000)
    seen: list[Waveform] = []
    waveform_of(path, progress=seen.append)
    assert [round(waveform.duration_seconds / 60) for waveform in seen] == [1, 2]
    with pytest.raises(CancelledError):
        waveform_of(path, cancelled=lambda: True, cache=tmp_path / "other")


def test_a_file_without_sound_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        waveform_of(tmp_path / "missing.wav")


def test_an_hour_takes_less_than_a_megabyte() -> None:
    finest = np.zeros((3600 * BINS_PER_SECOND, 2), np.int8)
    assert sum(level.nbytes for level in Waveform.of(finest, 3600.0).levels) < 1_000_000
