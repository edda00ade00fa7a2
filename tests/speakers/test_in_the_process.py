"""The recogniser's process tells speakers apart and describes voices, as the file pipeline does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.base.errors import SpeakersError
from asr_desktop.base.paths import HOME_VARIABLE
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.speakers.voices import VoiceStore
from tests.recognition.worker_in_thread import recognisers_are_threads
from tests.recognition.worker_jobs import choice
from tests.speakers.pack_speakers import RATE, conversation, needs_pack

__all__ = ["choice", "recognisers_are_threads"]

pytestmark = needs_pack


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


def test_an_interview_has_its_speakers_and_known_voices_their_names(
    tmp_path: Path, choice: ModelChoice
) -> None:
    sound, truth = conversation("LS2416", "LS3242", "LS2416")
    file = tmp_path / "interview.wav"
    soundfile.write(file, sound, RATE)
    with RecogniserProcess() as recogniser:
        job = recogniser.transcribe(file, choice, speakers=SpeakerCount(2, 2))
        transcript = job.result(120)
        assert {segment.speaker for segment in transcript.segments} == {"Speaker 1", "Speaker 2"}
        (begin, end, _), (other, other_end, _) = truth[0], truth[1]
        described = recogniser.describe_voice(file, [(begin, end)]).result(120)
        assert np.linalg.norm(described.voiceprint) == pytest.approx(1, abs=1e-3)
        assert 3.0 <= described.heard_seconds <= end - begin + 0.1
        with pytest.raises(SpeakersError, match="too little speech"):
            recogniser.describe_voice(file, [(other, other + 1.0)]).result(120)

        VoiceStore().remember("Anna", described.voiceprint, described.heard_seconds)
        again = recogniser.transcribe(file, choice, speakers=SpeakerCount())
        named = again.result(120)
    assert {segment.speaker for segment in named.segments} == {"Anna", "Speaker 2"}
    for segment in named.segments:
        middle = (segment.start_seconds + segment.end_seconds) / 2
        assert (segment.speaker == "Speaker 2") == (other < middle < other_end)
    assert again.found_speakers is not None
    assert [known.name for known in again.found_speakers.known] == ["Anna"]


def test_without_asking_nobody_is_told_apart(tmp_path: Path, choice: ModelChoice) -> None:
    sound, _ = conversation("LS2416")
    file = tmp_path / "talk.wav"
    soundfile.write(file, sound, RATE)
    transcriber = Transcriber(choice.model, decoder="greedy", providers=["cpu"], threads=1)
    transcript = transcriber.transcribe(file)
    assert transcriber.found_speakers is None
    assert all(segment.speaker is None for segment in transcript.segments)


def test_voices_that_cannot_be_read_cost_no_text(tmp_path: Path, choice: ModelChoice) -> None:
    sound, _ = conversation("LS2416")
    file = tmp_path / "talk.wav"
    soundfile.write(file, sound, RATE)
    VoiceStore().remember("Anna", np.eye(1, 192)[0].tolist(), 5.0)
    VoiceStore().path.write_text("{")
    transcriber = Transcriber(choice.model, decoder="greedy", providers=["cpu"], threads=1)
    transcript = transcriber.transcribe(file, speakers=SpeakerCount())
    assert {segment.speaker for segment in transcript.segments} == {"Speaker 1"}
    assert any("remembered voices" in warning for warning in transcriber.file_warnings)
