"""Queues of files with a real recogniser's process and a tiny network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from asr_desktop.jobs.file_queue import FileQueue
from asr_desktop.jobs.job import FileJob, JobOptions, JobState
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.transcripts.library import Library
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition import worker_loaders
from tests.recognition.worker_in_thread import use_threads
from tests.recognition.worker_waiting import PATIENCE_SECONDS


class Seen:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.jobs: list[FileJob] = []
        self.orders = 0

    def job_changed(self, job: FileJob) -> None:
        self.jobs.append(job)

    def jobs_reordered(self) -> None:
        self.orders += 1

    def states(self, job_id: int) -> list[JobState]:
        """Each state once, in order."""
        return list(dict.fromkeys(job.state for job in self.jobs if job.id == job_id))


@pytest.fixture(scope="module")
def speech() -> Path:
    try:
        return spoken("the boat came back in the evening")
    except VoiceMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def talks(tmp_path: Path, speech: Path) -> Path:
    """A folder with two files, one of them in a folder below."""
    folder = tmp_path / "talks"
    (folder / "below").mkdir(parents=True)
    shutil.copy(speech, folder / "one.wav")
    shutil.copy(speech, folder / "below" / "two.wav")
    return folder


@pytest.fixture
def hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """While this file is there, the recogniser stands still at the call whose number is in it."""
    monkeypatch.setenv(worker_loaders.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path / worker_loaders.HOLD


@pytest.fixture(scope="module")
def shared_recogniser() -> Iterator[RecogniserProcess]:
    """A process, as the program has it."""
    with RecogniserProcess() as process:
        yield process


@pytest.fixture
def recogniser(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RecogniserProcess]:
    """One of its own for tests that hold it, in a thread, the shared one for others."""
    if "hold" not in request.fixturenames:
        yield request.getfixturevalue("shared_recogniser")
        return
    hold: Path = request.getfixturevalue("hold")
    use_threads(monkeypatch)
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:held") as process:
        yield process
        hold.unlink(missing_ok=True)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite3")


@pytest.fixture
def seen() -> Seen:
    return Seen()


Make = Callable[..., FileQueue]


@pytest.fixture
def make(recogniser: RecogniserProcess, library: Library, seen: Seen) -> Iterator[Make]:
    """Queues with these options; they end with the test."""
    made: list[FileQueue] = []
    choice = ModelChoice(str(model_folder("wav2vec2-conformer")), "greedy", providers=("cpu",), threads=1)

    def make_queue(options: JobOptions | None = None, **more: Any) -> FileQueue:
        queue = FileQueue(
            lambda: recogniser,
            lambda: library,
            choice=lambda: choice,
            options=lambda: options or JobOptions(),
            observer=seen,
            **more,
        )
        made.append(queue)
        return queue

    yield make_queue
    for queue in made:
        queue.close()


def finished(queue: FileQueue) -> list[FileJob]:
    assert queue.wait(PATIENCE_SECONDS)
    return queue.jobs()
