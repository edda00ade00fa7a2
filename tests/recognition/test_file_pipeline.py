"""Whole files to transcripts, with a tiny model that hears gibberish in real time order."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import asr_desktop
from asr_desktop.audio.read import read_all
from asr_desktop.base.errors import CancelledError, DecoderError, MediaError, ModelFolderError
from asr_desktop.recognition.file_pipeline import Progress, Transcriber
from asr_desktop.recognition.segmenter import Segmenter, SegmenterOptions
from asr_desktop.transcripts.document import segments_for_reading
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_media import Track, cut, sine, write_tracks
from tests.fixtures.make_models import model_folder

RATE = 16_000
FIRST = "when the boat came back in the evening nobody asked where it had been"
SECOND = "the old man sat down by the fire and began to tell his story"


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber(
        model_folder("wav2vec2-conformer"), decoder="greedy", providers=["cpu"], writing=SPOKEN
    )


@pytest.fixture(scope="module")
def talk() -> NDArray[np.float32]:
    """Two sentences, two seconds of silence between them."""
    try:
        first, second = read_all(spoken(FIRST)), read_all(spoken(SECOND, "kal"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    return np.concatenate([first, np.zeros(2 * RATE, np.float32), second, np.zeros(RATE, np.float32)])


@pytest.fixture
def talk_file(talk: NDArray[np.float32], tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    soundfile.write(path, talk, RATE, subtype="FLOAT")
    return path


def test_a_file_becomes_what_its_utterances_become(
    transcriber: Transcriber, talk: NDArray[np.float32], talk_file: Path
) -> None:
    transcript = transcriber.transcribe(talk_file)
    segmenter = Segmenter()
    utterances = [
        transcriber.recogniser.words(utterance.samples, utterance.start_seconds)
        for utterance in [*segmenter.accept(talk), *segmenter.flush()]
    ]
    assert len(utterances) == 2
    assert transcript.segments == segments_for_reading(utterances)
    assert transcript.words
    assert transcript.source == str(talk_file)
    assert transcript.model == "wav2vec2-conformer"
    assert transcript.duration_seconds == pytest.approx(len(talk) / RATE)
    for earlier, later in pairwise(transcript.words):
        assert earlier.end_seconds <= later.start_seconds + 1e-6
    assert transcript.words[-1].end_seconds <= transcript.duration_seconds


def test_words_stand_where_the_speech_is(
    transcriber: Transcriber, talk: NDArray[np.float32], talk_file: Path
) -> None:
    transcript = transcriber.transcribe(talk_file)
    loud = np.abs(talk) > 0.02
    for word in transcript.words:
        start, end = max(0.0, word.start_seconds - 0.5), word.end_seconds + 0.5
        around = loud[round(start * RATE) : round(end * RATE)]
        assert around.any(), f"{word} stands in silence"


def test_one_transcriber_serves_many_files(transcriber: Transcriber, talk_file: Path) -> None:
    assert transcriber.transcribe(talk_file) == transcriber.transcribe(str(talk_file))


@pytest.mark.parametrize("seconds", [0.001, 0.02, 0.4, 30.0])
@pytest.mark.parametrize("sound", ["silence", "tone"])
def test_no_speech_is_an_empty_transcript(
    transcriber: Transcriber, tmp_path: Path, seconds: float, sound: str
) -> None:
    path = tmp_path / "quiet.wav"
    samples = sine(440, seconds, RATE) if sound == "tone" else np.zeros(round(seconds * RATE), np.float32)
    soundfile.write(path, samples, RATE)
    transcript = transcriber.transcribe(path)
    assert transcript.segments == ()
    assert transcript.text == ""
    assert transcript.duration_seconds == pytest.approx(seconds, abs=0.002)


def test_progress_goes_up_to_the_whole(transcriber: Transcriber, talk_file: Path) -> None:
    seen: list[Progress] = []
    transcript = transcriber.transcribe(talk_file, progress=seen.append)
    assert len(seen) > 10
    for earlier, later in pairwise(seen):
        assert earlier.done_seconds <= later.done_seconds
        assert earlier.elapsed_seconds <= later.elapsed_seconds
    assert seen[-1].done_seconds == transcript.duration_seconds
    assert seen[-1].total_seconds == pytest.approx(transcript.duration_seconds)
    assert seen[-1].remaining_seconds == pytest.approx(0.0)
    half = min(seen, key=lambda progress: abs(progress.done_seconds - transcript.duration_seconds / 2))
    assert half.remaining_seconds == pytest.approx(half.elapsed_seconds, rel=0.2)


def test_a_length_that_the_file_does_not_state_is_not_invented(
    transcriber: Transcriber, talk_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asr_desktop.recognition.file_pipeline as file_pipeline

    real_probe = file_pipeline.probe

    class Unstated:
        def __init__(self, seconds: float | None) -> None:
            self.duration_seconds = seconds

    seen: list[Progress] = []
    monkeypatch.setattr(file_pipeline, "probe", lambda path: Unstated(None))
    transcriber.transcribe(talk_file, progress=seen.append)
    assert {(progress.total_seconds, progress.remaining_seconds) for progress in seen} == {(None, None)}
    seen.clear()
    monkeypatch.setattr(file_pipeline, "probe", lambda path: Unstated(1.0))
    transcriber.transcribe(talk_file, progress=seen.append)
    assert all(progress.remaining_seconds is not None for progress in seen)
    assert all(progress.done_seconds <= (progress.total_seconds or 0.0) for progress in seen)
    assert real_probe(talk_file).duration_seconds == pytest.approx(seen[-1].done_seconds)


@pytest.mark.parametrize("calls", [1, 2, 5])
def test_it_stops_when_it_is_told_to(transcriber: Transcriber, talk_file: Path, calls: int) -> None:
    answers = iter([False] * (calls - 1) + [True])
    seen: list[Progress] = []
    with pytest.raises(CancelledError):
        transcriber.transcribe(talk_file, progress=seen.append, cancelled=lambda: next(answers))
    assert len(seen) < calls
    assert transcriber.transcribe(talk_file, cancelled=lambda: False).words, "it can be used again"


def test_the_chosen_track_is_transcribed(
    transcriber: Transcriber, talk: NDArray[np.float32], tmp_path: Path
) -> None:
    seconds = len(talk) / RATE
    film = write_tracks(
        tmp_path / "film.mka",
        [Track(sine(440, seconds, RATE), RATE, "pcm_s16le"), Track(talk, RATE, "pcm_s16le")],
    )
    assert transcriber.transcribe(film).segments == ()
    assert transcriber.transcribe(film, track=2).words
    with pytest.raises(MediaError, match="no audio track 3"):
        transcriber.transcribe(film, track=3)


def test_very_soft_speech_gives_the_same_words_and_is_called_soft(
    transcriber: Transcriber, talk: NDArray[np.float32], talk_file: Path, tmp_path: Path
) -> None:
    ordinary = [word.text for word in transcriber.transcribe(talk_file).words]
    scale = 10 ** (-72 / 20) / np.sqrt(np.mean(talk**2))
    soundfile.write(tmp_path / "soft.wav", talk * scale, RATE, subtype="FLOAT")
    assert [word.text for word in transcriber.transcribe(tmp_path / "soft.wav").words] == ordinary
    (warning,) = transcriber.file_warnings
    assert '"soft.wav" is very quiet and was amplified by' in warning


def test_soft_noise_is_not_turned_into_words(transcriber: Transcriber, tmp_path: Path) -> None:
    noise = 10 ** (-72 / 20) * np.random.default_rng(0).standard_normal(20 * RATE)
    soundfile.write(tmp_path / "hiss.wav", noise, RATE, subtype="PCM_24")
    assert transcriber.transcribe(tmp_path / "hiss.wav").segments == ()
    (warning,) = transcriber.file_warnings
    assert 'No words were recognised in "hiss.wav", because it is too quiet' in warning


def test_the_default_track_is_transcribed_and_the_others_are_named(
    transcriber: Transcriber, talk: NDArray[np.float32], tmp_path: Path
) -> None:
    silence = np.zeros_like(talk)
    film = write_tracks(
        tmp_path / "film.mkv",
        [
            Track(silence, RATE, "flac", language="eng", title="Floor", is_default=False),
            Track(talk, RATE, "flac", language="deu", is_default=True),
        ],
    )
    assert transcriber.transcribe(film).words
    (warning,) = transcriber.file_warnings
    assert warning == (
        'Only audio track 2 (German) of "film.mkv" was transcribed: choose another track for '
        "1 (English, “Floor”)."
    )
    assert transcriber.transcribe(film, track=2).words
    assert transcriber.file_warnings == []
    assert not transcriber.transcribe(film, track=1).words
    (warning,) = transcriber.file_warnings
    assert 'Audio track 1 (English, “Floor”) of "film.mkv" is silent' in warning


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes_and_said_so(
    transcriber: Transcriber, talk_file: Path, tmp_path: Path
) -> None:
    transcriber.transcribe(talk_file)
    assert transcriber.file_warnings == []
    torn = cut(talk_file, tmp_path / "torn.wav", 0.5)
    transcript = transcriber.transcribe(torn)
    assert transcript.words
    (warning,) = transcriber.file_warnings
    assert "torn.wav" in warning
    assert "is cut off" in warning
    transcriber.transcribe(talk_file)
    assert transcriber.file_warnings == [], "of the last file only"


def test_what_is_no_media_file_is_refused(transcriber: Transcriber, tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        transcriber.transcribe(tmp_path / "absent.wav")
    (tmp_path / "text.wav").write_text("no sound here", encoding="utf-8")
    with pytest.raises(MediaError):
        transcriber.transcribe(tmp_path / "text.wav")


def test_a_long_utterance_is_cut_and_no_word_is_said_twice(
    transcriber: Transcriber, talk: NDArray[np.float32], tmp_path: Path
) -> None:
    loud = np.flatnonzero(np.abs(talk[: 3 * RATE]) > 0.02)
    path = tmp_path / "breathless.wav"
    soundfile.write(path, np.tile(talk[loud[0] : loud[-1]], 12), RATE)
    options = SegmenterOptions(max_utterance_seconds=6.0, dip_search_seconds=3.0)
    short = Transcriber(
        model_folder("wav2vec2-conformer"), decoder="greedy", providers=["cpu"], segmenter_options=options
    )
    words = short.transcribe(path).words
    assert words
    for earlier, later in pairwise(words):
        assert earlier.end_seconds <= later.start_seconds + 1e-6


def test_every_family_transcribes_with_either_decoder(talk_file: Path) -> None:
    for kind in ("wav2vec2-layer", "hubert", "wavlm", "data2vec-audio"):
        for decoder in ("greedy", "beam"):
            transcriber = Transcriber(model_folder(kind), decoder=decoder, providers=["cpu"], threads=1)
            transcript = transcriber.transcribe(talk_file)
            assert transcript.duration_seconds > 0
            assert not any(mark in transcript.text for mark in ("<", ">", "|"))


def test_what_cannot_be_used_is_told_at_once_or_in_warnings() -> None:
    folder = model_folder("wav2vec2-group")
    with pytest.raises(ModelFolderError, match="no model “nobody's”"):
        Transcriber("nobody's")
    with pytest.raises(DecoderError):
        Transcriber(folder, decoder="oracle")
    greedy = Transcriber(folder, decoder="greedy", hotwords=["BOAT"], providers=["cpu"])
    assert any("greedy" in warning for warning in greedy.warnings)


def test_the_package_offers_it_without_loading_torch_or_qt(talk_file: Path) -> None:
    assert asr_desktop.Transcriber is Transcriber
    program = (
        "import sys\n"
        "from asr_desktop import Transcriber\n"
        "transcript = Transcriber(sys.argv[1]).transcribe(sys.argv[2])\n"
        "heavy = ('torch', 'transformers', 'onnx', 'PySide6', 'matplotlib', 'pandas')\n"
        "print(len(transcript.words) > 0, [name for name in heavy if name in sys.modules])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, model_folder("wav2vec2-group"), talk_file],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "True []\n"
    assert ran.stderr == ""
