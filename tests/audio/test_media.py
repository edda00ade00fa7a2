from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from av import AudioFrame

from asr_desktop.audio.decoding import planes_of
from asr_desktop.audio.media import MEDIA_SUFFIXES, SAMPLE_RATE, AudioTrack, is_media_name, probe
from asr_desktop.audio.read import read_all, read_blocks
from asr_desktop.base.errors import MediaError
from tests.audio.measure import at_16_khz, correlation, lag_samples, level_db
from tests.fixtures import make_media
from tests.fixtures.make_media import CODECS, Track

# Formats that tell the decoder how much the encoder put in front: nothing may move.
EXACT = [".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".webm", ".mka", ".aiff", ".caf", ".au", ".w64"]
# Formats that do not: FFmpeg and every player play the encoder's own delay, in samples at the file's rate.
DELAYED = {".aac": 1024, ".ts": 481, ".avi": 1105, ".amr": 40, ".wma": 2048}


@pytest.mark.parametrize("suffix", EXACT)
def test_every_container_decodes_in_place(suffix: str, tmp_path: Path) -> None:
    rate = CODECS[suffix][1]
    signal = make_media.speech_like(3.0, rate)
    heard = read_all(make_media.write(tmp_path / f"voice{suffix}", signal, rate))
    assert heard.dtype == np.float32
    assert abs(heard.size - 3 * SAMPLE_RATE) <= 100  # AC-3 has blocks of 2 ms
    assert correlation(heard, at_16_khz(signal, rate)) > 0.99


@pytest.mark.parametrize("suffix", DELAYED)
def test_other_containers_keep_the_delay_that_players_have(suffix: str, tmp_path: Path) -> None:
    rate = CODECS[suffix][1]
    signal = make_media.speech_like(3.0, rate)
    heard = read_all(make_media.write(tmp_path / f"voice{suffix}", signal, rate))
    assert lag_samples(heard, at_16_khz(signal, rate)) == pytest.approx(
        DELAYED[suffix] * SAMPLE_RATE / rate, abs=20
    )


@pytest.mark.parametrize(
    "rate", [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000]
)
def test_every_sample_rate(rate: int, tmp_path: Path) -> None:
    signal = make_media.speech_like(2.0, rate)
    heard = read_all(make_media.write(tmp_path / "voice.flac", signal, rate))
    assert abs(heard.size - 2 * SAMPLE_RATE) <= 1
    assert correlation(heard, at_16_khz(signal, rate)) > 0.9999


@pytest.mark.parametrize(
    "subtype",
    ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW", "IMA_ADPCM", "GSM610"],
)
def test_every_sample_format(subtype: str, tmp_path: Path) -> None:
    rate = 8_000 if subtype == "GSM610" else 22_050
    signal = make_media.speech_like(2.0, rate)
    heard = read_all(make_media.wav_in_subtype(tmp_path / "voice.wav", signal, rate, subtype))
    assert correlation(heard, at_16_khz(signal, rate)) > 0.94
    assert level_db(heard) == pytest.approx(level_db(signal), abs=1.0)


@pytest.mark.parametrize("channels", range(1, 9))
@pytest.mark.parametrize("extensible", [False, True])
def test_one_to_eight_channels(channels: int, extensible: bool, tmp_path: Path) -> None:
    signal = make_media.speech_like(1.5, 48_000)
    every = np.repeat(signal[:, np.newaxis], channels, axis=1)
    path = make_media.wav_in_subtype(tmp_path / "voice.wav", every, 48_000, "PCM_24", extensible=extensible)
    heard = read_all(path)
    assert correlation(heard, at_16_khz(signal, 48_000)) > 0.9999
    assert level_db(heard) == pytest.approx(level_db(signal), abs=0.1)


@pytest.mark.parametrize(
    ("codec", "suffix", "layout"),
    [
        ("aac", ".m4a", "7.1"),
        ("libopus", ".opus", "7.1"),
        ("libopus", ".mkv", "7.1"),
        ("alac", ".m4a", "7.1(wide)"),
        ("wavpack", ".mka", "hexadecagonal"),
    ],
)
@pytest.mark.parametrize("speaks", [2, 7])
def test_a_voice_on_one_of_eight_or_sixteen_planes(
    codec: str, suffix: str, layout: str, speaks: int, tmp_path: Path
) -> None:
    signal = make_media.speech_like(2.0, 48_000)
    channels = np.zeros((signal.size, 16 if codec == "wavpack" else 8), np.float32)
    channels[:, speaks] = signal
    track = Track(channels, 48_000, codec, layout=layout)
    heard = read_all(make_media.write_tracks(tmp_path / f"many{suffix}", [track]))
    assert correlation(heard, at_16_khz(signal, 48_000)) > 0.98
    assert level_db(heard) == pytest.approx(level_db(signal), abs=0.3)


def test_a_frame_of_many_planes_is_read_within_its_bounds() -> None:
    for layout, channels in (("stereo", 2), ("7.1", 8), ("22.2", 24)):
        assert len(planes_of(AudioFrame("fltp", layout, 64))) == channels
        assert len(planes_of(AudioFrame("flt", layout, 64))) == 1


def test_stereo_with_one_side_turned_round_is_not_silence(tmp_path: Path) -> None:
    signal = make_media.speech_like(2.0, 44_100)
    path = make_media.write(tmp_path / "inverted.flac", np.stack([signal, -signal], axis=1), 44_100)
    assert abs(correlation(read_all(path), at_16_khz(signal, 44_100))) > 0.999


def test_a_centre_voice_in_surround_sound_is_heard_and_rumble_is_not(tmp_path: Path) -> None:
    signal = make_media.speech_like(2.0, 48_000)
    rumble = make_media.sine(40, 2.0, 48_000, 0.9)
    quiet = 0.01 * np.random.default_rng(0).standard_normal(signal.size).astype(np.float32)
    surround = np.stack([quiet, quiet, signal, rumble, quiet, quiet], axis=1)
    heard = read_all(make_media.write(tmp_path / "film.mka", surround, 48_000, "flac"))
    assert correlation(heard, at_16_khz(signal, 48_000)) > 0.97


def test_floating_point_beyond_full_scale_and_not_a_number_stay_within_one(tmp_path: Path) -> None:
    signal = make_media.speech_like(1.0, 16_000) * 8
    signal[4_000:4_010] = np.nan
    signal[5_000] = np.inf
    path = tmp_path / "hot.wav"
    soundfile.write(path, signal, 16_000, subtype="FLOAT")
    heard = read_all(path)
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.0
    assert heard.size == 16_000


def test_blocks_are_equal_and_join_to_the_whole(tmp_path: Path) -> None:
    path = make_media.write(tmp_path / "voice.opus", make_media.speech_like(3.3, 48_000), 48_000)
    blocks = list(read_blocks(path, block_seconds=0.25))
    assert {block.size for block in blocks[:-1]} == {4_000}
    assert 0 < blocks[-1].size <= 4_000
    assert np.array_equal(np.concatenate(blocks), read_all(path))


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    """What is held at once is counted, Python's and numpy's memory alike, on 30 s and on 30 minutes."""
    peaks = []
    for minutes in (0.5, 30):
        path = tmp_path / f"{minutes}.wav"
        with soundfile.SoundFile(path, "w", 8_000, 2, "PCM_16") as file:
            for _ in range(round(minutes * 2)):
                file.write(np.zeros((30 * 8_000, 2), np.int16))
        tracemalloc.start()
        assert sum(block.size for block in read_blocks(path)) == minutes * 60 * SAMPLE_RATE
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_probe_lists_the_tracks_of_a_film(tmp_path: Path) -> None:
    voice = make_media.speech_like(2.0, 44_100)
    path = make_media.write_tracks(
        tmp_path / "film.mkv",
        [
            Track(voice, 44_100, "aac", language="eng", title="Floor"),
            Track(np.stack([voice, voice], axis=1), 44_100, "libmp3lame", language="deu"),
        ],
        video_seconds=2.0,
    )
    info = probe(path)
    assert info.path == path
    assert info.duration_seconds == pytest.approx(2.0, abs=0.1)
    assert info.tracks[0] == AudioTrack(1, "aac", 44_100, 1, "eng", "Floor")
    assert (info.tracks[1].number, info.tracks[1].channels, info.tracks[1].language) == (2, 2, "deu")
    assert info.tracks[1].title is None


def test_a_track_is_chosen_by_its_number(tmp_path: Path) -> None:
    voices = [make_media.speech_like(2.0, 44_100, seed) for seed in (1, 2)]
    path = make_media.write_tracks(
        tmp_path / "two.mp4", [Track(v, 44_100, "aac") for v in voices], video_seconds=2
    )
    for number, voice in enumerate(voices, start=1):
        assert correlation(read_all(path, track=number), at_16_khz(voice, 44_100)) > 0.99


@pytest.mark.parametrize("track", [0, 3, -1])
def test_a_track_that_is_not_there_names_those_that_are(track: int, tmp_path: Path) -> None:
    voice = make_media.speech_like(0.5, 44_100)
    tracks = [Track(voice, 44_100, "aac", language="eng", title="Floor"), Track(voice, 44_100, "ac3")]
    path = make_media.write_tracks(tmp_path / "film.mkv", tracks)
    with pytest.raises(MediaError) as caught:
        read_all(path, track=track)
    assert str(caught.value) == (
        f'"film.mkv" has no audio track {track}, only 2 audio tracks: '
        "choose 1 (aac, 44.1 kHz, mono, eng, Floor); 2 (ac3, 44.1 kHz, mono)."
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".ts"])
@pytest.mark.parametrize("start_seconds", [0.3, 2.0])
def test_sound_that_starts_after_the_picture_is_preceded_by_silence(
    suffix: str, start_seconds: float, tmp_path: Path
) -> None:
    codec, rate = {".webm": ("libopus", 48_000), ".ts": ("mp2", 48_000)}.get(suffix, ("aac", 44_100))
    voice = make_media.speech_like(2.0, rate)
    late = Track(voice, rate, codec, start_seconds=start_seconds)
    heard = read_all(make_media.write_tracks(tmp_path / f"late{suffix}", [late], video_seconds=5))
    expected = round(start_seconds * SAMPLE_RATE)
    assert lag_samples(heard, at_16_khz(voice, rate)) == pytest.approx(expected, abs=32)
    assert np.abs(heard[: expected - 640]).max() < 0.001


def test_sound_that_starts_before_the_picture_starts_at_zero(tmp_path: Path) -> None:
    voice = make_media.speech_like(2.0, 44_100)
    path = make_media.write_tracks(
        tmp_path / "early.mkv", [Track(voice, 44_100, "aac")], video_seconds=2, video_start_seconds=1.0
    )
    assert lag_samples(read_all(path), at_16_khz(voice, 44_100)) == pytest.approx(0, abs=32)


@pytest.mark.parametrize("codec", ["aac", "flac", "libopus"])
@pytest.mark.parametrize("video_seconds", [0.0, 4.0])
def test_sound_from_before_the_timestamp_zero_is_left_out(
    codec: str, video_seconds: float, tmp_path: Path
) -> None:
    """As a film that was cut without encoding it again."""
    voice = make_media.speech_like(4.0, 48_000)
    path = make_media.write_tracks(
        tmp_path / "cut.mkv",
        [Track(voice, 48_000, codec, start_seconds=-0.94)],
        video_seconds=video_seconds,
        container_options={"avoid_negative_ts": "disabled"},
    )
    warnings: list[str] = []
    heard = read_all(path, on_warning=warnings.append)
    rest = at_16_khz(voice, 48_000)[round(0.94 * SAMPLE_RATE) :]
    assert lag_samples(heard, rest) == pytest.approx(0, abs=16)
    assert len(warnings) == 1
    assert 'The first 0.9 s of audio in "cut.mkv" lie before time 0:00' in warnings[0]
    stretch = read_all(path, start_seconds=2.0, end_seconds=3.0)
    np.testing.assert_allclose(stretch, heard[2 * SAMPLE_RATE : 3 * SAMPLE_RATE], atol=1e-4)


def test_a_second_track_keeps_its_place_beside_the_first(tmp_path: Path) -> None:
    voice = make_media.speech_like(2.0, 44_100)
    tracks = [Track(voice, 44_100, "aac"), Track(voice, 44_100, "aac", start_seconds=1.25)]
    path = make_media.write_tracks(tmp_path / "interview.mkv", tracks)
    assert lag_samples(read_all(path, track=2), at_16_khz(voice, 44_100)) == pytest.approx(20_000, abs=32)


def test_a_stream_joined_late_starts_at_zero(tmp_path: Path) -> None:
    """A web radio's recording counts the hours since the station's start; no player shows them."""
    voice = make_media.speech_like(2.0, 48_000)
    path = make_media.write_tracks(
        tmp_path / "radio.webm", [Track(voice, 48_000, "libopus", start_seconds=7_200)]
    )
    heard = read_all(path)
    assert heard.size == pytest.approx(2 * SAMPLE_RATE, abs=200)
    assert correlation(heard, at_16_khz(voice, 48_000)) > 0.94


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts"])
def test_a_pause_in_the_recording_is_silence_and_is_reported(suffix: str, tmp_path: Path) -> None:
    codec, rate = ("mp2", 48_000) if suffix == ".ts" else ("aac", 44_100)
    voice = make_media.speech_like(4.0, rate)
    paused = Track(voice, rate, codec, pause=(2.0, 3.0))
    path = make_media.write_tracks(tmp_path / f"paused{suffix}", [paused], video_seconds=7)
    warnings: list[str] = []
    heard = read_all(path, on_warning=warnings.append)
    reference = at_16_khz(voice, rate)
    before, after = slice(0, int(1.8 * SAMPLE_RATE)), slice(int(5.3 * SAMPLE_RATE), int(6.8 * SAMPLE_RATE))
    shift = lag_samples(heard[before], reference[before])
    unpaused = reference[after.start - 3 * SAMPLE_RATE : after.stop - 3 * SAMPLE_RATE]
    assert lag_samples(heard[after], unpaused) == pytest.approx(shift, abs=32)
    if (
        suffix != ".mp4"
    ):  # an MP4 has no holes: its last sample before the pause is simply stated to last longer
        assert len(warnings) == 1
        assert "has no audio at 0:00:02 (3.0 s in total)" in warnings[0]


def test_healthy_files_give_no_warnings(tmp_path: Path) -> None:
    for suffix, (_, rate) in CODECS.items():
        warnings: list[str] = []
        path = make_media.write(tmp_path / f"good{suffix}", make_media.speech_like(1.0, rate), rate)
        read_all(path, on_warning=warnings.append)
        assert warnings == [], suffix


def test_a_stream_that_changes_rate_and_channels_goes_on(tmp_path: Path) -> None:
    """Ogg streams may be chained: whole files one after the other, each with its own rate and channels."""
    first, second = make_media.speech_like(2.0, 44_100, 1), make_media.speech_like(2.0, 16_000, 2)
    one = make_media.write(tmp_path / "one.ogg", first, 44_100)
    two = make_media.write(tmp_path / "two.ogg", np.stack([second, second], axis=1), 16_000)
    chained = tmp_path / "chained.ogg"
    chained.write_bytes(one.read_bytes() + two.read_bytes())
    heard = read_all(chained)
    reference = np.concatenate([at_16_khz(first, 44_100), second])
    assert heard.size == pytest.approx(reference.size, abs=1_000)
    assert correlation(heard[: 2 * SAMPLE_RATE], reference) > 0.99


@pytest.mark.parametrize(
    "name", ["talk.mp3", "TALK.MP3", "a b.M4A", "x.opus", "film.webm", "memo.amr", "old.AIFF"]
)
def test_media_names(name: str) -> None:
    assert is_media_name(name)
    assert is_media_name(Path("folder") / name)


@pytest.mark.parametrize("name", ["talk.txt", "mp3", ".mp3", "notes.docx", "cover.jpg", ""])
def test_other_names(name: str) -> None:
    assert not is_media_name(name)


def test_suffixes_are_lower_case_with_a_dot() -> None:
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in MEDIA_SUFFIXES)
    assert set(CODECS) <= MEDIA_SUFFIXES
