"""The recogniser's process is killed, crashes or never comes up: what becomes of its jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.base.errors import CancelledError, WorkerError
from asr_desktop.recognition.worker.child import log_file
from asr_desktop.recognition.worker.client import RESTARTS, RecogniserProcess
from asr_desktop.recognition.worker.protocol import (
    ModelChoice,
    Restarted,
    UtteranceBegun,
    UtteranceDone,
    UtteranceSkipped,
)
from asr_desktop.transcripts.document import Transcript
from tests.recognition import worker_loaders
from tests.recognition.worker_in_thread import recognisers_are_threads
from tests.recognition.worker_jobs import RATE, SENTENCES, choice, expected, folder, process, talk
from tests.recognition.worker_waiting import PATIENCE_SECONDS, is_running, wait_until

__all__ = ["choice", "expected", "folder", "process", "recognisers_are_threads", "talk"]

pytestmark = [
    pytest.mark.real_recogniser,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and kills as POSIX does"),
]


@pytest.mark.parametrize("number", [1, 3])
def test_killed_in_the_middle_of_an_utterance_nothing_is_missing_and_nothing_comes_twice(
    process: RecogniserProcess,
    folder: Path,
    talk: Path,
    choice: ModelChoice,
    expected: Transcript,
    number: int,
) -> None:
    (folder / worker_loaders.HOLD).write_text(str(number))
    job = process.transcribe(talk, choice)
    wait_until((folder / worker_loaders.HELD).exists, "the utterance is being recognised")
    (folder / worker_loaders.HOLD).unlink()
    killed = process.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert job.result(PATIENCE_SECONDS) == expected
    assert process.process_id != killed
    events = list(job.events())
    assert [event.number for event in events if isinstance(event, UtteranceDone)] == [1, 2, 3, 4]
    begun = [event.start_sample for event in events if isinstance(event, UtteranceBegun)]
    assert len(begun) == SENTENCES + 1, "only the one that was under way is recognised again"
    (restarted,) = [event for event in events if isinstance(event, Restarted)]
    assert restarted.message.endswith(".")
    assert "SIGKILL" in log_file().read_text()


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_the_transcript_is_the_same(
    process: RecogniserProcess, talk: Path, choice: ModelChoice, expected: Transcript, seed: int
) -> None:
    random = np.random.default_rng(seed)
    job = process.transcribe(talk, choice)
    kills = 3
    for _ in job.events():
        killed = process.process_id
        if kills and killed is not None and random.random() < 0.2:
            kills -= 1
            os.kill(killed, signal.SIGKILL)
    assert job.result(PATIENCE_SECONDS) == expected


def test_an_utterance_that_kills_is_left_out_and_the_rest_is_not(
    folder: Path, talk: Path, choice: ModelChoice, expected: Transcript
) -> None:
    (folder / worker_loaders.HOLD).write_text("3")
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:deadly") as process:
        job = process.transcribe(talk, choice)
        transcript = job.result(PATIENCE_SECONDS)
    assert transcript.words == tuple(word for word in expected.words if not 3 <= word.start_seconds < 6)
    (skipped,) = [event for event in job.events() if isinstance(event, UtteranceSkipped)]
    assert skipped.start_sample // RATE == 3
    assert "left out" in skipped.message


def test_a_process_that_never_comes_up_is_given_up_in_one_sentence(
    folder: Path, talk: Path, choice: ModelChoice
) -> None:
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:stillborn") as process:
        job = process.transcribe(talk, choice)
        with pytest.raises(WorkerError, match=r"stopped unexpectedly 5 times in a row: choose"):
            job.result(PATIENCE_SECONDS)
    assert (folder / worker_loaders.LOADED).read_text().count("\n") == RESTARTS + 1
    log = log_file().read_text()
    assert "SIGSEGV" in log
    assert "in stillborn" in log, "faulthandler tells where"


def test_a_cancelled_job_whose_process_dies_is_cancelled(
    process: RecogniserProcess, folder: Path, talk: Path, choice: ModelChoice
) -> None:
    (folder / worker_loaders.HOLD).write_text("1")
    job = process.transcribe(talk, choice)
    wait_until((folder / worker_loaders.HELD).exists, "the utterance is being recognised")
    job.cancel()
    process.listen(folder, choice).cancel()  # told in order: when this is known, the first cancel is too
    assert process.process_id is not None
    os.kill(process.process_id, signal.SIGKILL)
    with pytest.raises(CancelledError):
        job.result(PATIENCE_SECONDS)


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(3)", "sys.exit()"])
def test_no_process_outlives_the_program_that_started_it(
    folder: Path, talk: Path, choice: ModelChoice, end: str
) -> None:
    (folder / worker_loaders.HOLD).write_text("1")
    program = (
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from asr_desktop.recognition.worker.client import RecogniserProcess\n"
        "from asr_desktop.recognition.worker.protocol import ModelChoice\n"
        f"process = RecogniserProcess(loader='{worker_loaders.NAME}:held')\n"
        f"process.transcribe({str(talk)!r}, {choice!r})\n"
        f"while not Path({str(folder / worker_loaders.HELD)!r}).exists(): time.sleep(0.01)\n"
        "print(process.process_id, flush=True)\n"
        f"{end}\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", "from asr_desktop.recognition.worker.protocol import *\n" + program],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ran.stderr == ""
    child = int(ran.stdout)
    wait_until(lambda: not is_running(child), "the recogniser's process has ended")


def test_interrupts_from_the_terminal_do_not_reach_it(
    process: RecogniserProcess, folder: Path, talk: Path, choice: ModelChoice, expected: Transcript
) -> None:
    (folder / worker_loaders.HOLD).write_text("1")
    job = process.transcribe(talk, choice)
    wait_until(lambda: process.process_id is not None, "the process is there")
    child = process.process_id
    assert child is not None

    def is_held_whatever_comes() -> bool:
        os.kill(child, signal.SIGINT)
        return (folder / worker_loaders.HELD).exists()

    wait_until(is_held_whatever_comes, "the utterance is being recognised")
    os.kill(child, signal.SIGINT)
    (folder / worker_loaders.HOLD).unlink()
    assert job.result(PATIENCE_SECONDS) == expected
    assert process.process_id == child
