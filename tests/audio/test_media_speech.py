"""Real speech through every container and back: the recogniser must hear the recording, in its place."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all, read_blocks
from tests.audio.measure import correlation, lag_samples
from tests.fixtures import make_media
from tests.fixtures.make_media import CODECS

SHARED = Path(os.environ.get("ASR_SHARED", Path(__file__).parents[3] / "shared"))
PACK = SHARED / "speech" / "librispeech-dev.tar"

pytestmark = pytest.mark.skipif(not PACK.exists(), reason=f"real speech is not here ({PACK})")

# Samples at the file's own rate that an encoder puts in front without the file saying so; players play them.
UNDECLARED_DELAY = {".aac": 1024, ".avi": 1105, ".ts": 481, ".amr": 40, ".wma": 2048}


@pytest.fixture(scope="module")
def utterance(tmp_path_factory: pytest.TempPathFactory) -> NDArray[np.float32]:
    """Some seconds of a real reader, 16 kHz mono."""
    folder = tmp_path_factory.mktemp("speech")
    with tarfile.open(PACK) as pack:
        member = next(entry for entry in pack if entry.name.endswith(".opus") and entry.size > 20_000)
        pack.extract(member, folder, filter="data")
    return read_all(folder / member.name)


@pytest.mark.parametrize("suffix", CODECS)
def test_real_speech_comes_back_in_place(suffix: str, utterance: NDArray[np.float32], tmp_path: Path) -> None:
    rate = CODECS[suffix][1]
    signal = np.clip(soxr.resample(utterance, SAMPLE_RATE, rate), -1, 1).astype(np.float32)
    heard = read_all(make_media.write(tmp_path / f"speech{suffix}", signal, rate))
    delay = round(UNDECLARED_DELAY.get(suffix, 0) * SAMPLE_RATE / rate)
    assert lag_samples(heard, utterance) == pytest.approx(delay, abs=0 if delay == 0 else 20)
    if delay == 0:
        assert correlation(heard, utterance) > 0.95


def test_real_speech_in_stereo_film_with_a_late_track(utterance: NDArray[np.float32], tmp_path: Path) -> None:
    signal = np.clip(soxr.resample(utterance, SAMPLE_RATE, 48_000), -1, 1).astype(np.float32)
    stereo = np.stack([0.8 * signal, 0.6 * signal], axis=1)
    track = make_media.Track(stereo, 48_000, "aac", start_seconds=0.75)
    length = utterance.size / SAMPLE_RATE + 1
    path = make_media.write_tracks(tmp_path / "film.mkv", [track], video_seconds=length)
    heard = read_all(path)[round(0.75 * SAMPLE_RATE) :]
    # Matroska counts in milliseconds.
    assert abs(lag_samples(heard, utterance)) <= SAMPLE_RATE // 1000


def test_a_real_opus_file_is_as_long_as_it_says(utterance: NDArray[np.float32], tmp_path: Path) -> None:
    assert 2 < utterance.size / SAMPLE_RATE < 40
    path = make_media.write(tmp_path / "again.flac", utterance, SAMPLE_RATE)
    assert sum(block.size for block in read_blocks(path, block_seconds=0.1)) == utterance.size
