from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.teaching.dataset import DataError, TrainingUtterance, read_speech, sound_seconds
from tests.fixtures.make_media import CODECS, speech_like, write

RATE = 16_000


def test_a_16_khz_recording_is_read_as_it_is(tmp_path: Path) -> None:
    sound = speech_like(1.0, RATE)
    soundfile.write(tmp_path / "a.wav", sound, RATE, subtype="FLOAT")
    np.testing.assert_array_equal(read_speech(tmp_path / "a.wav"), sound)


@pytest.mark.parametrize("other", [0.0, 1.0, -1.0])
def test_two_channels_become_one(other: float, tmp_path: Path) -> None:
    """A dead channel does not make the voice softer, and one that is turned round does not take it away."""
    sound = speech_like(0.5, RATE)
    soundfile.write(tmp_path / "a.wav", np.stack([sound, other * sound], 1), RATE, subtype="FLOAT")
    np.testing.assert_allclose(read_speech(tmp_path / "a.wav"), sound, atol=1e-6)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".opus", ".webm"])
def test_any_format_and_rate_comes_as_16_khz(suffix: str, tmp_path: Path) -> None:
    rate = CODECS[suffix][1]
    path = write(tmp_path / f"a{suffix}", speech_like(2.0, rate), rate)
    samples = read_speech(path)
    assert len(samples) / RATE == pytest.approx(2.0, abs=0.06)
    assert sound_seconds(path) == pytest.approx(2.0, abs=0.1)
    # The same voice, in the same place. soundfile and FFmpeg may differ by an encoder's delay.
    wanted = speech_like(2.0, rate)
    import soxr

    wanted = soxr.resample(wanted, rate, RATE)[: len(samples)]
    spectrum = np.fft.rfft(samples[: len(wanted)]) * np.conj(np.fft.rfft(wanted))
    shift = int(np.fft.irfft(spectrum).argmax())
    assert min(shift, len(wanted) - shift) < 0.01 * RATE


@pytest.mark.parametrize("suffix", [".wav", ".m4a"])
def test_a_stretch_is_cut_out_where_it_lies(suffix: str, tmp_path: Path) -> None:
    rate = CODECS[suffix][1]
    path = write(tmp_path / f"a{suffix}", speech_like(3.0, rate), rate)
    whole = read_speech(path)
    piece = TrainingUtterance(path, None, 1.0, "x", start_seconds=1.25, end_seconds=2.25).samples()
    assert len(piece) == pytest.approx(RATE, abs=1)
    wanted = whole[round(1.25 * RATE) :][: len(piece)]
    # Resampled by itself, a stretch rings a little at its two ends.
    np.testing.assert_allclose(piece[400:-400], wanted[400:-400], atol=5e-3)


def test_a_file_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "a.m4a", speech_like(1.0, 44_100), 44_100)
    assert len(read_speech(path)) / RATE == pytest.approx(1.0, abs=0.1)
    write(path, speech_like(2.0, 44_100), 44_100)
    assert len(read_speech(path)) / RATE == pytest.approx(2.0, abs=0.1)


def test_what_is_no_sound_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no sound at all")
    for read in (read_speech, sound_seconds):
        with pytest.raises(DataError, match=r"a\.wav"):
            read(tmp_path / "a.wav")
        with pytest.raises(DataError, match=r"gone\.wav"):
            read(tmp_path / "gone.wav")
    soundfile.write(tmp_path / "b.wav", speech_like(0.5, RATE), RATE)
    with pytest.raises(DataError, match=r"no audio at 2\.00 s"):
        read_speech(tmp_path / "b.wav", 2.0, 3.0)
