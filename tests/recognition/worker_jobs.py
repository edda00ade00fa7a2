"""A talk of four utterances, its transcript, and a process that can be made to stand still in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.audio.read import read_all
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import (
    ModelChoice,
)
from asr_desktop.transcripts.document import Transcript
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition import worker_loaders
from tests.recognition.worker_in_thread import recognisers_are_threads

__all__ = ["recognisers_are_threads"]

RATE = 16_000
SENTENCES = 4


@pytest.fixture(scope="module")
def choice() -> ModelChoice:
    folder = model_folder("wav2vec2-conformer")
    return ModelChoice(str(folder), decoder="greedy", providers=("cpu",), threads=1, writing=SPOKEN)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four utterances, which begin in the seconds 0, 3, 6 and 9."""
    try:
        sentence = read_all(spoken("the boat came back in the evening"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    sound = np.zeros(SENTENCES * 3 * RATE, np.float32)
    for number in range(SENTENCES):
        start = number * 3 * RATE + RATE // 2
        sound[start : start + len(sentence)] = sentence * np.float32(1 - 0.1 * number)
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    return path


@pytest.fixture(scope="module")
def expected(talk: Path, choice: ModelChoice) -> Transcript:
    transcriber = Transcriber(
        choice.model, decoder="greedy", providers=["cpu"], threads=1, writing=choice.writing
    )
    transcript = transcriber.transcribe(talk)
    assert len(transcript.segments) >= SENTENCES
    return transcript


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(worker_loaders.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def process(folder: Path, recognisers_are_threads: None) -> Iterator[RecogniserProcess]:
    """A process in tests with the mark `real_recogniser`, in others a thread."""
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:held") as process:
        yield process
