"""Files in a process of their own: the same transcript, whatever becomes of the process."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from asr_desktop.base.errors import CancelledError, MediaError, ModelFolderError, WorkerError
from asr_desktop.recognition.worker.child import log_file
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import (
    Cancelled,
    Event,
    FileDone,
    FileProgress,
    ModelChoice,
    ModelReady,
    Released,
    UtteranceDone,
)
from asr_desktop.transcripts.document import Transcript
from tests.fixtures.make_models import model_folder
from tests.recognition import worker_loaders
from tests.recognition.worker_in_thread import recognisers_are_threads
from tests.recognition.worker_jobs import SENTENCES, choice, expected, folder, process, talk
from tests.recognition.worker_waiting import PATIENCE_SECONDS, is_running, until, wait_until

__all__ = ["choice", "expected", "folder", "process", "recognisers_are_threads", "talk"]


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and kills as POSIX does")


@pytest.mark.real_recogniser
def test_a_file_becomes_the_transcript_that_it_becomes_without_a_process(
    process: RecogniserProcess, talk: Path, choice: ModelChoice, expected: Transcript
) -> None:
    job = process.transcribe(talk, choice)
    assert job.result(PATIENCE_SECONDS) == expected
    events = list(job.events())
    assert isinstance(events[0], ModelReady)
    assert events[0].name == "wav2vec2-conformer"
    done = [event for event in events if isinstance(event, UtteranceDone)]
    assert [event.number for event in done] == list(range(1, SENTENCES + 1))
    assert tuple(word for event in done for word in event.words) == expected.words
    progress = [event.done_seconds for event in events if isinstance(event, FileProgress)]
    assert progress == sorted(progress)
    assert progress[-1] == expected.duration_seconds
    assert isinstance(events[-1], FileDone)
    assert list(job.events()) == [], "each event is given once"


def test_jobs_are_done_in_order_by_one_process_and_one_model(
    folder: Path, talk: Path, choice: ModelChoice, expected: Transcript
) -> None:
    seen: list[Event] = []
    with RecogniserProcess(on_event=seen.append, loader=f"{worker_loaders.NAME}:counted") as process:
        process.load(choice).wait(PATIENCE_SECONDS)
        first_process = process.process_id
        jobs = [process.transcribe(talk, choice) for _ in range(3)]
        assert [job.result(PATIENCE_SECONDS) for job in jobs] == [expected] * 3
        assert process.process_id == first_process
    assert (folder / worker_loaders.LOADED).read_text().count("\n") == 1
    done = [event for event in seen if isinstance(event, FileDone)]
    assert [event.job for event in done] == [job.number for job in jobs]


@pytest.mark.usefixtures("recognisers_are_threads")
def test_another_model_is_loaded_when_a_job_asks_for_it(
    folder: Path, talk: Path, choice: ModelChoice
) -> None:
    other = ModelChoice(str(model_folder("wav2vec2-group")), decoder="greedy", providers=("cpu",), threads=1)
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:counted") as process:
        names = [process.transcribe(talk, which).result(PATIENCE_SECONDS).model for which in (choice, other)]
    assert names == ["wav2vec2-conformer", "wav2vec2-group"]
    assert (folder / worker_loaders.LOADED).read_text().split() == [choice.model, other.model]


@pytest.mark.usefixtures("recognisers_are_threads")
def test_another_version_under_the_same_name_is_loaded_and_the_former_after_going_back(
    folder: Path, talk: Path
) -> None:
    from asr_desktop.model_store.versions import add_version, rollback

    mine = ModelChoice("mine", decoder="greedy", providers=("cpu",), threads=1)
    add_version("mine", model_folder("wav2vec2-conformer"))
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:counted") as process:

        def heard() -> str:
            return process.transcribe(talk, mine).result(PATIENCE_SECONDS).text

        first = heard()
        assert heard() == first
        add_version("mine", model_folder("wav2vec2-group"))
        second = heard()
        rollback("mine")
        assert heard() == first
    assert second != first, "the two models hear something else"
    assert (folder / worker_loaders.LOADED).read_text().split() == ["mine"] * 3


@pytest.mark.real_recogniser
def test_errors_are_data_and_the_process_goes_on(
    process: RecogniserProcess, talk: Path, choice: ModelChoice, expected: Transcript, tmp_path: Path
) -> None:
    with pytest.raises(MediaError, match="does not exist"):
        process.transcribe(tmp_path / "absent.wav", choice).result(PATIENCE_SECONDS)
    alive = process.process_id
    with pytest.raises(ModelFolderError, match="no model"):
        process.load(ModelChoice("nobody's")).wait(PATIENCE_SECONDS)
    with pytest.raises(MediaError, match="no audio track 2"):
        process.transcribe(talk, choice, track=2).result(PATIENCE_SECONDS)
    assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected
    assert process.process_id == alive


def test_a_defect_is_one_sentence_here_and_a_traceback_in_the_log(
    folder: Path, talk: Path, choice: ModelChoice
) -> None:
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:faulty") as process:
        with pytest.raises(WorkerError, match=r"ValueError: a defect of two lines\); its log says where\.$"):
            process.transcribe(talk, choice).result(PATIENCE_SECONDS)
        assert process.process_id is not None
    assert "in faulty" in log_file().read_text()


def test_cancelled_between_utterances_and_usable_afterwards(
    process: RecogniserProcess, folder: Path, talk: Path, choice: ModelChoice, expected: Transcript
) -> None:
    (folder / worker_loaders.HOLD).write_text("2")
    job, waiting = process.transcribe(talk, choice), process.transcribe(talk, choice)
    wait_until((folder / worker_loaders.HELD).exists, "the second utterance is being recognised")
    waiting.cancel()
    assert [type(event) for event in waiting.events()] == [Cancelled]
    job.cancel()
    behind = process.load(choice)
    cancelled = folder / worker_loaders.CANCELLED
    wait_until(lambda: cancelled.exists() and str(job.number) in cancelled.read_text().split(), "it knows")
    (folder / worker_loaders.HOLD).unlink()
    with pytest.raises(CancelledError):
        job.result(PATIENCE_SECONDS)
    assert len([event for event in job.events() if isinstance(event, UtteranceDone)]) <= 2
    behind.wait(PATIENCE_SECONDS)
    assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected
    job.cancel()
    assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected, "a late cancel does nothing"


def test_a_model_that_is_not_used_is_released_and_comes_back(
    folder: Path, talk: Path, choice: ModelChoice, expected: Transcript
) -> None:
    released = threading.Event()

    def notice(event: Event) -> None:
        if isinstance(event, Released):
            released.set()

    with RecogniserProcess(on_event=notice, idle_seconds=0.05) as process:
        assert process.process_id is None, "nothing is started before there is a job"
        assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected
        assert released.wait(PATIENCE_SECONDS)
        assert process.process_id is None
        assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected


@pytest.mark.usefixtures("recognisers_are_threads")
@pytest.mark.parametrize("idle_seconds", [1e12, 10**400])
def test_no_time_is_too_long_to_be_idle(
    talk: Path, choice: ModelChoice, expected: Transcript, idle_seconds: float
) -> None:
    with RecogniserProcess(idle_seconds=idle_seconds) as process:
        for _ in range(2):
            assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected


def test_a_spare_process_waits_without_a_model(
    folder: Path, talk: Path, choice: ModelChoice, expected: Transcript
) -> None:
    released: queue.SimpleQueue[int] = queue.SimpleQueue()

    def notice(event: Event) -> None:
        if isinstance(event, Released):
            released.put(1)

    with RecogniserProcess(on_event=notice, idle_seconds=None) as process:
        assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected
        first = process.process_id
        process.set_idle_seconds(0.05, keeps_spare=True)
        released.get(timeout=PATIENCE_SECONDS)
        wait_until(lambda: process.process_id not in (None, first), "the spare process")
        spare = process.process_id
        assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected
        released.get(timeout=PATIENCE_SECONDS)
        assert released.empty(), "a process without a model is not released again"
        wait_until(lambda: process.process_id not in (None, spare), "the next one")


def test_closing_cancels_what_is_not_done_and_leaves_no_process(
    folder: Path, talk: Path, choice: ModelChoice
) -> None:
    (folder / worker_loaders.HOLD).write_text("1")
    process = RecogniserProcess(loader=f"{worker_loaders.NAME}:held")
    jobs = [process.transcribe(talk, choice) for _ in range(2)]
    wait_until((folder / worker_loaders.HELD).exists, "the utterance is being recognised")
    child = process.process_id
    assert child is not None
    process.close()
    assert not is_running(child)
    for job in jobs:
        with pytest.raises(CancelledError):
            job.result(PATIENCE_SECONDS)
    with pytest.raises(RuntimeError, match="closed"):
        process.transcribe(talk, choice)


def test_what_libraries_print_goes_to_the_log(
    folder: Path, talk: Path, choice: ModelChoice, expected: Transcript, capfd: pytest.CaptureFixture[str]
) -> None:
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:noisy") as process:
        assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected
    assert capfd.readouterr() == ("", "")
    log = log_file().read_text()
    for sentence in ("printed by a library", "written by native code", "complained by a library"):
        assert sentence in log


def test_without_a_place_for_the_log_it_works_all_the_same(
    talk: Path, choice: ModelChoice, expected: Transcript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ASR_DESKTOP_HOME", str(tmp_path / "file"))
    with RecogniserProcess() as process:
        assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected


@pytest.mark.usefixtures("recognisers_are_threads")
def test_an_observer_that_fails_costs_only_itself(
    folder: Path, talk: Path, choice: ModelChoice, expected: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type] = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: reported.append(failure.exc_type))

    def fail(event: Event) -> None:
        raise LookupError

    with RecogniserProcess(on_event=fail) as process:
        assert process.transcribe(talk, choice).result(PATIENCE_SECONDS) == expected
    assert set(reported) == {LookupError}


def test_events_can_be_waited_for_one_by_one(
    process: RecogniserProcess, talk: Path, choice: ModelChoice
) -> None:
    events = process.transcribe(talk, choice).events()
    assert isinstance(until(events, UtteranceDone)[-1], UtteranceDone)
    assert isinstance(until(events, FileDone)[-1], FileDone)


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("client", {"torch", "transformers", "PySide6", "onnxruntime", "av", "sounddevice"}),
        ("server, asr_desktop.recognition.worker.jobs", {"torch", "transformers", "PySide6", "sounddevice"}),
    ],
)
def test_neither_side_imports_what_makes_it_slow(module: str, forbidden: set[str]) -> None:
    program = f"import sys, asr_desktop.recognition.worker.{module}\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert forbidden.isdisjoint(ran.stdout.split())
