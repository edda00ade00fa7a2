"""Damaged and cut-off files: what is there is read, in its place, and the loss is told."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE, probe
from asr_desktop.audio.read import read_all
from asr_desktop.base.errors import MediaError
from tests.audio.measure import at_16_khz, correlation, lag_samples
from tests.fixtures import make_media
from tests.fixtures.make_media import CODECS, Track

SECONDS = 12.0


def whole_file(folder: Path, suffix: str) -> Path:
    rate = CODECS[suffix][1]
    return make_media.write(folder / f"whole{suffix}", make_media.speech_like(SECONDS, rate), rate)


def read_with_warnings(path: Path) -> tuple[NDArray[np.float32], list[str]]:
    warnings: list[str] = []
    heard = read_all(path, on_warning=warnings.append)
    for warning in warnings:
        assert re.fullmatch(r"[^\n]+: [^\n]+\.", warning)
    return heard, warnings


def seconds(start: float, end: float) -> slice:
    return slice(int(start * SAMPLE_RATE), int(end * SAMPLE_RATE))


@pytest.mark.parametrize(
    "suffix", [".mp3", ".m4a", ".flac", ".ogg", ".opus", ".ts", ".aac", ".webm", ".mka", ".wma"]
)
@pytest.mark.parametrize("part", [0.01, 0.05])
def test_sound_behind_a_damaged_part_stays_in_its_place(suffix: str, part: float, tmp_path: Path) -> None:
    whole = whole_file(tmp_path, suffix)
    length = int(whole.stat().st_size * part)
    damaged = make_media.scratch(whole, tmp_path / f"damaged{suffix}", start=0.5, length=length)
    intact = read_all(whole)
    heard, warnings = read_with_warnings(damaged)
    assert np.array_equal(heard[seconds(0, 4)], intact[seconds(0, 4)])
    # Raw AAC has frames of varying size and no clock at all: there it is an estimate.
    allowed = 0.1 if suffix == ".aac" else 0.001
    lag = lag_samples(heard[seconds(10, 11.5)], intact[seconds(10, 11.5)])
    assert abs(lag) <= allowed * SAMPLE_RATE
    assert abs(heard.size - intact.size) <= 0.15 * SAMPLE_RATE
    if part == 0.05:
        assert len(warnings) == 1
        assert re.match(rf'"damaged{suffix}" (is damaged at|has no audio at) 0:00:0[4-7]', warnings[0])


@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".caf"])
def test_scratched_plain_samples_stay_within_full_scale(suffix: str, tmp_path: Path) -> None:
    whole = whole_file(tmp_path, suffix)
    damaged = make_media.scratch(whole, tmp_path / f"damaged{suffix}", start=0.5, length=1_500)
    heard, _ = read_with_warnings(damaged)
    assert heard.size == SECONDS * SAMPLE_RATE
    assert np.abs(heard).max() <= 1.0


@pytest.mark.parametrize(
    "suffix", [".wav", ".aiff", ".flac", ".mp3", ".opus", ".ogg", ".webm", ".mka", ".avi"]
)
@pytest.mark.parametrize("kept", [0.35, 0.8])
def test_a_cut_off_file_is_read_to_the_cut_and_says_so(suffix: str, kept: float, tmp_path: Path) -> None:
    whole = whole_file(tmp_path, suffix)
    cut = make_media.cut(whole, tmp_path / f"cut{suffix}", kept)
    intact = read_all(whole)
    heard, warnings = read_with_warnings(cut)
    assert heard.size / intact.size == pytest.approx(kept, abs=0.12)
    common = heard.size - SAMPLE_RATE // 2
    assert correlation(heard[:common], intact[:common]) > 0.999
    assert len(warnings) == 1
    assert f'"cut{suffix}" is cut off at 0:00:' in warnings[0]


def test_a_cut_off_movie_with_its_index_in_front_is_read(tmp_path: Path) -> None:
    """As made for streaming ("fast start"): the index is whole, the sound is not."""
    signal = make_media.speech_like(SECONDS, 44_100)
    whole = make_media.write(tmp_path / "whole.m4a", signal, 44_100, movflags="faststart")
    assert read_with_warnings(whole)[1] == []
    heard, warnings = read_with_warnings(make_media.cut(whole, tmp_path / "cut.m4a", 0.6))
    assert 5 < heard.size / SAMPLE_RATE < 8
    assert correlation(heard[: 5 * SAMPLE_RATE], at_16_khz(signal, 44_100)) > 0.99
    assert len(warnings) == 1
    assert "is cut off at" in warnings[0]


def test_a_film_whose_sound_ends_before_its_picture_is_not_cut_off(tmp_path: Path) -> None:
    voice = Track(make_media.speech_like(2, 44_100), 44_100, "aac")
    for suffix in (".mkv", ".mp4"):
        path = make_media.write_tracks(tmp_path / f"credits{suffix}", [voice], video_seconds=6)
        assert read_with_warnings(path)[1] == []


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".opus"])
def test_a_file_damaged_beyond_use_is_an_error(suffix: str, tmp_path: Path) -> None:
    whole = whole_file(tmp_path, suffix)
    ruined = make_media.scratch(whole, tmp_path / f"ruined{suffix}", start=0.0, length=whole.stat().st_size)
    with pytest.raises(MediaError):
        read_all(ruined)


@pytest.mark.parametrize(
    ("riff_size", "data_size"),
    [
        (0, 0),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x7FFFFFFF, 0x7FFFFFDB),
        (36, 0),
        (36 + 32_000, 32_000),
        (0x80000024, 0x80000000),
    ],
)
def test_wav_headers_that_were_never_completed(riff_size: int, data_size: int, tmp_path: Path) -> None:
    """Recorders that write to a pipe state no size or a huge one, killed ones that of their first second."""
    signal = make_media.speech_like(5.0, 16_000)
    path = make_media.wav_with_sizes(tmp_path / "recorder.wav", signal, 16_000, riff_size, data_size)
    heard, warnings = read_with_warnings(path)
    assert heard.size == signal.size
    assert correlation(heard, signal) > 0.9999
    assert warnings == []


def test_chunks_behind_the_sound_are_not_taken_for_sound(tmp_path: Path) -> None:
    for samples in (8_000, 8_001):
        signal = np.zeros(samples, np.float32)
        path = tmp_path / "tagged.wav"
        soundfile.write(path, signal, 8_000, subtype="PCM_U8")
        tail = b"LIST" + (400).to_bytes(4, "little") + b"INFO" + bytes(396)
        path.write_bytes(path.read_bytes() + tail)
        heard, warnings = read_with_warnings(path)
        assert heard.size == samples * 2
        assert warnings == []


def test_a_cut_off_24_bit_extensible_wav(tmp_path: Path) -> None:
    signal = np.stack([make_media.speech_like(4.0, 48_000)] * 6, axis=1)
    whole = make_media.wav_in_subtype(tmp_path / "whole.wav", signal, 48_000, "PCM_24", extensible=True)
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[: -(18 * 48_000 + 7)])
    heard, warnings = read_with_warnings(cut)
    assert heard.size == pytest.approx(3 * SAMPLE_RATE, abs=16)
    assert "is cut off at 0:00:0" in warnings[0]


def test_a_live_webm_without_duration_or_sizes_gives_no_warning(tmp_path: Path) -> None:
    signal = make_media.speech_like(3.0, 48_000)
    path = make_media.write(tmp_path / "live.webm", signal, 48_000, live="1")
    assert probe(path).duration_seconds is None
    heard, warnings = read_with_warnings(path)
    assert heard.size == pytest.approx(3 * SAMPLE_RATE, abs=320)
    assert warnings == []


def id3_tag(size: int) -> bytes:
    """An ID3v2.4 tag whose picture looks like the beginnings of frames here and there."""
    picture = np.random.default_rng(5).bytes(size - 10)
    bits = bytes((len(picture) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + bits + picture


@pytest.mark.parametrize("between", [b"", id3_tag(60_000), b"TAG" + bytes(125)], ids=["", "picture", "ID3v1"])
def test_joined_mp3_files_are_not_damaged(between: bytes, tmp_path: Path) -> None:
    """As `cat part1.mp3 part2.mp3` makes them: nothing is lost, and what follows is where it plays."""
    whole = whole_file(tmp_path, ".mp3")
    joined = tmp_path / "joined.mp3"
    joined.write_bytes((whole.read_bytes() + between) * 4)
    once = read_all(whole)
    heard, warnings = read_with_warnings(joined)
    assert warnings == []
    for part in range(4):
        # Between two, the encoder's delay and padding, and at most the frame that states the length.
        start = round(part * (SECONDS + 0.06) * SAMPLE_RATE)
        piece = heard[start + 2 * SAMPLE_RATE : start + 10 * SAMPLE_RATE]
        lag = lag_samples(piece, once[2 * SAMPLE_RATE : 10 * SAMPLE_RATE])
        assert abs(lag) <= 0.05 * SAMPLE_RATE * (part + 1)
