from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.audio.seekable_sound import OUTPUT_RATE, MediaSound, blocks, open_sound
from asr_desktop.audio.session import create_session
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.base.errors import MediaError
from tests.audio.measure import correlation, lag_samples
from tests.fixtures.make_media import Track, silent_film, speech_like, write, write_tracks


def heard(source: Path, start: float, seconds: float = 1.5, speed: float = 1.0) -> NDArray[np.float32]:
    """What is played, as 16 kHz mono."""
    parts: list[NDArray[np.float32]] = []
    for block in blocks(open_sound(source), start, speed):
        parts.append(block.samples)
        if sum(map(len, parts)) >= seconds * OUTPUT_RATE:
            break
    played = np.concatenate(parts)[: round(seconds * OUTPUT_RATE)].mean(axis=1)
    return np.asarray(soxr.resample(played, OUTPUT_RATE, SAMPLE_RATE), np.float32)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".mkv"])
@pytest.mark.parametrize("start", [0.0, 1.237, 6.5])
def test_a_jump_lands_where_the_transcript_counts(suffix: str, start: float, tmp_path: Path) -> None:
    rate = 48_000 if suffix == ".opus" else 44_100
    codec = "aac" if suffix == ".mkv" else None
    path = write(tmp_path / f"talk{suffix}", speech_like(9.0, rate), rate, codec)
    reference = read_all(path)[round(start * SAMPLE_RATE) :][: round(1.5 * SAMPLE_RATE)]
    played = heard(path, start)
    assert abs(lag_samples(played, reference)) <= 8  # a timestamp in whole milliseconds
    if suffix != ".mkv":
        assert correlation(played, reference) > 0.97


def test_sound_that_begins_after_the_picture_is_preceded_by_silence(tmp_path: Path) -> None:
    signal = speech_like(3.0, 48_000)
    path = write_tracks(
        tmp_path / "film.mkv", [Track(signal, 48_000, "flac", start_seconds=1.0)], video_seconds=4
    )
    assert np.abs(heard(path, 0.0, 0.9)).max() < 0.01
    reference = read_all(path)[round(1.5 * SAMPLE_RATE) :][:SAMPLE_RATE]
    assert abs(lag_samples(heard(path, 1.5, 1.0), reference)) <= 32


@pytest.mark.parametrize("channels", [3, 6, 16])
def test_channels_without_names_are_played_as_loud_as_they_are(channels: int, tmp_path: Path) -> None:
    signal = speech_like(2.0, 48_000)
    path = tmp_path / "tracks.wav"
    soundfile.write(path, np.repeat(signal[:, np.newaxis], channels, axis=1), 48_000)
    played = np.concatenate([block.samples for block in blocks(open_sound(path), 0.0)])
    assert played.shape == (len(signal), 2)
    np.testing.assert_allclose(played, np.stack([signal, signal], axis=1), atol=2e-3)


def test_a_session_plays_over_the_border_of_its_parts(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    first, second = speech_like(2.0, 16_000, seed=1), speech_like(2.0, 48_000, seed=2)
    for number, (signal, rate) in enumerate([(first, 16_000), (second, 48_000)], start=1):
        writer = WavWriter(session.part_path(number), rate, 1)
        writer.append((signal * 32_767).astype("<i2").tobytes())
        writer.close()  # without a header that knows its length, as after a crash
    sound = open_sound(session.path)
    assert sound.duration_seconds == pytest.approx(4.0)
    both = np.concatenate([first, soxr.resample(second, 48_000, SAMPLE_RATE)]).astype(np.float32)
    played = heard(session.path, 1.5, 1.0)
    assert abs(lag_samples(played, both[24_000:40_000])) <= 2
    assert correlation(played, both[24_000:40_000]) > 0.97


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.5, 2.0])
def test_another_speed_keeps_pitch_and_the_place_is_known(speed: float, tmp_path: Path) -> None:
    rate, seconds = 16_000, 8
    signal = np.zeros(rate * seconds, np.float32)
    tone = (0.5 * np.sin(np.arange(rate // 4) * 2 * np.pi * 400 / rate)).astype(np.float32)
    for second in range(1, seconds):
        signal[second * rate : second * rate + len(tone)] = tone
    path = tmp_path / "tones.wav"
    soundfile.write(path, signal, rate)
    played = list(blocks(MediaSound(path), 0.5, speed))
    assert played[-1].end_seconds == pytest.approx(seconds, abs=0.06)
    samples = np.concatenate([block.samples[:, 0] for block in played])
    places = np.concatenate(
        [b.start_seconds + np.arange(len(b.samples)) * b.speed / OUTPUT_RATE for b in played]
    )
    for second in range(1, seconds - 1):
        near = (places > second - 0.3) & (places < second + 0.6)
        envelope = np.convolve(np.abs(samples[near]), np.ones(480) / 480, "same")
        sounding = places[near][envelope > 0.1]
        assert (sounding[0] + sounding[-1]) / 2 == pytest.approx(second + 0.125, abs=0.025)
        middle = samples[near][(places[near] > second + 0.05) & (places[near] < second + 0.2)]
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 16))
        assert spectrum.argmax() * OUTPUT_RATE / (1 << 16) == pytest.approx(400, abs=12)


def test_beyond_the_end_there_is_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "talk.wav", speech_like(1.0, 16_000), 16_000)
    assert sum(len(block.samples) for block in blocks(open_sound(path), 5.0)) == 0


def test_what_cannot_be_played_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no audio"):
        open_sound(tmp_path)
    with pytest.raises(MediaError, match="video without an audio track"):
        open_sound(silent_film(tmp_path / "film.mp4"))
