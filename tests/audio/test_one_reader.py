"""Everything that listens hears the same samples of the same file, however odd the file is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all, read_blocks, sound_seconds
from asr_desktop.audio.session import create_session
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.audio.waveform import waveform_of
from asr_desktop.recognition import file_pipeline, realignment
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.segmenter import SegmenterOptions, Utterance
from asr_desktop.teaching.data import read as read_data
from asr_desktop.teaching.data.recordings import RecordedSound
from asr_desktop.teaching.dataset import TrainingUtterance
from asr_desktop.writing.writer import Writer
from tests.audio.measure import at_16_khz, correlation
from tests.fixtures import make_media
from tests.fixtures.make_media import Track
from trainer.pretraining.sound import SoundPiece
from trainer.serving.handlers import RequestLimits, _from_file

Samples = NDArray[np.float32]
SECONDS = 4.0


def voice(rate: int) -> Samples:
    return make_media.speech_like(SECONDS, rate)


def inverted_stereo(folder: Path) -> Path:
    signal = voice(44_100)
    return make_media.write(folder / "inverted.flac", np.stack([signal, -signal], 1), 44_100)


def one_of_eight(folder: Path) -> Path:
    signal = voice(48_000)
    channels = np.zeros((len(signal), 8), np.float32)
    channels[:, 2] = signal
    return make_media.write(folder / "surround.m4a", channels, 48_000, "aac")


def not_a_number(folder: Path) -> Path:
    signal = voice(16_000)
    signal[9_000:9_010] = np.nan
    soundfile.write(folder / "nan.wav", signal, 16_000, subtype="FLOAT")
    return folder / "nan.wav"


def never_completed(folder: Path) -> Path:
    return make_media.wav_with_sizes(folder / "killed.wav", voice(44_100), 44_100, 0, 0)


def stale_length(folder: Path) -> Path:
    return make_media.wav_with_sizes(folder / "stale.wav", voice(44_100), 44_100, 36 + 88_200, 88_200)


def telephone(folder: Path) -> Path:
    return make_media.headerless_g711(folder / "call.ul", voice(8_000))


def second_track_is_default(folder: Path) -> Path:
    other = make_media.sine(500, SECONDS, 48_000)
    return make_media.write_tracks(
        folder / "film.mkv",
        [
            Track(other, 48_000, "flac", is_default=False),
            Track(voice(48_000), 48_000, "flac", is_default=True),
        ],
    )


ODD_FILES = {
    inverted_stereo: 44_100,
    one_of_eight: 48_000,
    not_a_number: 16_000,
    never_completed: 44_100,
    stale_length: 44_100,
    telephone: 8_000,
    second_track_is_default: 48_000,
}


def heard_by_files(path: Path, monkeypatch: pytest.MonkeyPatch) -> Samples:
    blocks: list[Samples] = []

    class Collector:
        def __init__(self, options: SegmenterOptions) -> None:
            pass

        def accept(self, block: Samples) -> list[Utterance]:
            blocks.append(block)
            return []

        def flush(self) -> list[Utterance]:
            return []

    monkeypatch.setattr(file_pipeline, "Segmenter", Collector)
    monkeypatch.setattr(Transcriber, "make_writer", lambda self: Writer(language=""))
    transcriber = object.__new__(Transcriber)
    transcriber.segmenter_options = SegmenterOptions()
    transcriber.recogniser = SimpleNamespace(  # type: ignore[assignment]
        ahead_seconds=0.0, words_of=lambda utterances: [], folder=SimpleNamespace(name="none")
    )
    transcriber.transcribe(path)
    return np.concatenate(blocks)


def heard_by_second_look(path: Path, _: pytest.MonkeyPatch) -> Samples:
    return realignment._emissions(lambda samples: samples, str(path), 0.0, 1e4)


def heard_by_the_check(path: Path, _: pytest.MonkeyPatch) -> Samples:
    (path.parent / "manifest.tsv").write_text(
        f"file\tspeaker\tseconds\ttranscript\n{path.name}\tme\t{SECONDS}\tone two\n", encoding="utf-8"
    )
    return read_data(path.parent).utterances[0].samples()


def heard_by_training(path: Path, _: pytest.MonkeyPatch) -> Samples:
    return TrainingUtterance(path, "me", SECONDS, "one two").samples()


def heard_by_pretraining(path: Path, _: pytest.MonkeyPatch) -> Samples:
    return SoundPiece(path, 0.0, sound_seconds(path)).samples()


def heard_by_pairs(path: Path, _: pytest.MonkeyPatch) -> Samples:
    sound = RecordedSound.of_file(path)
    return sound.samples(0.0, sound.duration_seconds)


def heard_by_the_endpoint(path: Path, _: pytest.MonkeyPatch) -> Samples:
    return _from_file(path.read_bytes(), RequestLimits())


HEARD_BY: dict[str, Callable[[Path, pytest.MonkeyPatch], Samples]] = {
    "files": heard_by_files,
    "second look": heard_by_second_look,
    "check": heard_by_the_check,
    "training": heard_by_training,
    "pre-training": heard_by_pretraining,
    "pairs": heard_by_pairs,
}


@pytest.mark.parametrize("make", ODD_FILES, ids=lambda make: make.__name__)
def test_all_hear_the_same_samples(
    make: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    whole = read_all(path)
    assert np.isfinite(whole).all()
    assert sound_seconds(path) == pytest.approx(SECONDS, abs=0.05)
    expected = at_16_khz(np.nan_to_num(voice(ODD_FILES[make])), ODD_FILES[make])
    assert abs(correlation(whole, expected)) > 0.98
    for name, heard_by in HEARD_BY.items():
        with monkeypatch.context() as patch:
            heard = heard_by(path, patch)
        # Some ask for the length that the container states, which may lack the codec's padding.
        assert abs(heard.size - whole.size) <= 0.03 * SAMPLE_RATE, name
        np.testing.assert_array_equal(heard, whole[: heard.size], err_msg=name)
    if path.suffix != ".ul":  # a request has no name
        np.testing.assert_array_equal(heard_by_the_endpoint(path, monkeypatch), whole)
    low, high = waveform_of(path, cache=tmp_path).levels[0].T / 127
    assert high.max() == pytest.approx(whole.max(), abs=0.005)
    assert low.min() == pytest.approx(whole.min(), abs=0.005)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".webm", ".mka"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_stretch_is_the_same_samples_as_in_the_whole(suffix: str, channels: int, tmp_path: Path) -> None:
    rate = make_media.CODECS[suffix][1]
    signal = make_media.speech_like(16.0, rate)
    if channels == 2:
        signal = np.stack([signal, -signal], 1)
    path = make_media.write(tmp_path / f"talk{suffix}", signal, rate)
    whole = read_all(path)
    for start, end in ((0.0, 1.0), (1.237, 2.0), (12.5, 14.0), (15.0, 20.0), (20.0, 21.0)):
        heard = read_all(path, start_seconds=start, end_seconds=end)
        wanted = whole[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        assert heard.size == wanted.size
        np.testing.assert_allclose(heard, wanted, atol=2e-4)


@pytest.mark.parametrize("suffix", [".ts", ".avi", ".wma", ".aac", ".amr"])
def test_a_stretch_of_an_awkward_container_is_in_its_place(suffix: str, tmp_path: Path) -> None:
    rate = make_media.CODECS[suffix][1]
    path = make_media.write(tmp_path / f"talk{suffix}", make_media.speech_like(9.0, rate), rate)
    wanted = read_all(path)[round(6.3 * SAMPLE_RATE) : round(7.3 * SAMPLE_RATE)]
    heard = read_all(path, start_seconds=6.3, end_seconds=7.3)
    assert correlation(heard, wanted) > 0.99


def test_a_recording_is_read_like_a_file(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    parts = [
        (make_media.speech_like(2.3, 44_100, seed=1), 44_100),
        (make_media.speech_like(3, 48_000), 48_000),
    ]
    for number, (signal, rate) in enumerate(parts, start=1):
        writer = WavWriter(session.part_path(number), rate, 2)
        stereo = np.stack([signal, -signal], 1)
        writer.append((stereo * 32_767).astype("<i2").tobytes())
        writer.close()  # its header states no sound, as after a crash
    session.append_event("started", 0.0)
    session.append_event("stopped", 5.3)
    whole = read_all(session.path)
    each = [read_all(session.part_path(number)) for number in (1, 2)]
    np.testing.assert_array_equal(whole, np.concatenate(each))
    assert sound_seconds(session) == len(whole) / SAMPLE_RATE
    np.testing.assert_allclose(
        read_all(session, start_seconds=2.0, end_seconds=3.0), whole[32_000:48_000], atol=1e-4
    )
    sound = RecordedSound.of_session(session)
    np.testing.assert_allclose(sound.samples(0.0, 10.0), whole, atol=1e-4)
    blocks = list(read_blocks(os.fspath(session.path)))
    assert {block.size for block in blocks[:-1]} == {SAMPLE_RATE // 2}
