"""Utterances of a file that go through the network together, as on a graphics card: the same transcript."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.base.errors import CancelledError
from asr_desktop.recognition.emissions import BatchEmissionsModel, load_emissions
from asr_desktop.recognition.file_pipeline import Progress, Transcriber
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.onnx_emissions import OnnxEmissions
from asr_desktop.recognition.torch_emissions import BATCH_SECONDS, TorchEmissions
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice, Restarted, UtteranceDone
from asr_desktop.transcripts.document import Transcript
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition import worker_loaders
from tests.recognition.worker_waiting import PATIENCE_SECONDS

RATE = 16_000
TEXTS = ("when the boat came back", "nobody asked", "where it had been in the evening", "nobody asked")


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four utterances of several lengths."""
    pause = np.zeros(RATE, np.float32)
    try:
        sentences = [read_all(spoken(text)) for text in TEXTS]
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    parts = [part for sentence in sentences for part in (sentence, pause)]
    soundfile.write(path, np.concatenate(parts), RATE, subtype="FLOAT")
    return path


def by_torch(kind: str) -> tuple[Transcriber, TorchEmissions]:
    transcriber = Transcriber(
        model_folder(kind), decoder="greedy", providers=["torch:cpu"], threads=1, writing=SPOKEN
    )
    emissions = transcriber.recogniser.emissions
    assert isinstance(emissions, TorchEmissions)
    assert transcriber.warnings == []
    return transcriber, emissions


def batches_of(emissions: TorchEmissions, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many utterances each batch has, as they come."""
    sizes: list[int] = []
    batch = emissions.batch

    def noted(utterances: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        sizes.append(len(utterances))
        return batch(utterances)

    monkeypatch.setattr(emissions, "batch", noted)
    return sizes


def assert_same(found: Transcript, expected: Transcript) -> None:
    assert expected.words
    assert [word.text for word in found.words] == [word.text for word in expected.words]
    for one, other in zip(found.words, expected.words, strict=True):
        assert one.start_seconds == pytest.approx(other.start_seconds, abs=1e-6)
        assert one.end_seconds == pytest.approx(other.end_seconds, abs=1e-6)
        assert one.confidence == pytest.approx(other.confidence, abs=0.01)
    assert found.duration_seconds == expected.duration_seconds
    assert len(found.segments) == len(expected.segments)


@pytest.mark.parametrize("kind", ["wav2vec2-layer", "wav2vec2-group"])
def test_together_they_become_what_each_becomes_alone(
    kind: str, talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcriber, emissions = by_torch(kind)
    sizes = batches_of(emissions, monkeypatch)
    assert emissions.ahead_seconds == 0.0, "a processor is busy enough with one"
    alone = transcriber.transcribe(talk)
    assert set(sizes) == {1}
    utterance_count = len(sizes)
    assert utterance_count >= len(TEXTS)
    sizes.clear()
    emissions.ahead_seconds = BATCH_SECONDS
    assert_same(transcriber.transcribe(talk), alone)
    assert sizes == [utterance_count]
    sizes.clear()
    emissions.ahead_seconds = 2.5
    assert_same(transcriber.transcribe(talk), alone)
    assert 1 < len(sizes) < utterance_count, "several batches, in constant memory"


def test_progress_and_cancelling_with_batches(talk: Path) -> None:
    transcriber, emissions = by_torch("wav2vec2-layer")
    emissions.ahead_seconds = 2.5
    seen: list[Progress] = []
    transcript = transcriber.transcribe(talk, progress=seen.append)
    done = [progress.done_seconds for progress in seen]
    assert done == sorted(done)
    assert done[-1] == transcript.duration_seconds
    with pytest.raises(CancelledError):
        transcriber.transcribe(talk, progress=seen.append, cancelled=lambda: len(seen) > len(done))


def test_onnx_runtime_takes_one_utterance_after_the_other() -> None:
    emissions = load_emissions(ModelFolder.load(model_folder("wav2vec2-layer")), providers=["cpu"])
    assert not isinstance(emissions, BatchEmissionsModel)


def test_a_network_that_transformers_does_not_know_is_run_by_onnx_runtime_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(model_folder("wav2vec2-group"), folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "of-tomorrow"}))
    emissions = load_emissions(ModelFolder.load(folder), providers=["torch:cpu"])
    assert isinstance(emissions, OnnxEmissions)
    [sentence] = emissions.warnings
    assert "mine is a of-tomorrow network, which can only run in ONNX Runtime" in sentence
    assert sentence.endswith("is used instead.")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(worker_loaders.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def choice() -> ModelChoice:
    name = str(model_folder("wav2vec2-conformer"))
    return ModelChoice(name, decoder="greedy", providers=("cpu",), threads=1, writing=SPOKEN)


@pytest.mark.parametrize("crashes", [False, True])
def test_a_process_takes_them_together_until_it_crashes_over_that(
    crashes: bool, folder: Path, talk: Path
) -> None:
    expected = Transcriber(
        choice().model, decoder="greedy", providers=["cpu"], threads=1, writing=SPOKEN
    ).transcribe(talk)
    if crashes:
        (folder / worker_loaders.HOLD).touch()
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:together") as process:
        job = process.transcribe(talk, choice())
        assert job.result(PATIENCE_SECONDS) == expected
    events = list(job.events())
    numbers = [event.number for event in events if isinstance(event, UtteranceDone)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sum(isinstance(event, Restarted) for event in events) == crashes
    calls = (folder / worker_loaders.LOADED).read_text().splitlines()
    together = [f"together {len(numbers)}"]
    assert calls == (together + ["alone"] * len(numbers) if crashes else together)
