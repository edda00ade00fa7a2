"""Loaders for the recogniser's process in tests: real ones, with something in them that goes wrong.

The process finds the folder of its test in the environment. A file there tells it what to do, and it leaves
files there for the test.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.worker import server
from asr_desktop.recognition.worker.protocol import Cancel, ModelChoice, Stop, Tell
from asr_desktop.recognition.worker.server import load
from asr_desktop.transcripts.document import Word

FOLDER_VARIABLE = "WORKER_TEST_FOLDER"
DELAY_VARIABLE = "WORKER_TEST_DELAY"
HOLD = "hold"
HELD = "held"
CANCELLED = "cancelled"
LOADED = "loaded"
NAME = "tests.recognition.worker_loaders"


def folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def counted(choice: ModelChoice) -> Transcriber:
    """Writes a line for each time that it loads."""
    with (folder() / LOADED).open("a") as file:
        file.write(choice.model + "\n")
    return load(choice)


def held(choice: ModelChoice) -> Transcriber:
    """Its acoustic model stops at the call whose number is in HOLD, until that file is gone.

    The numbers of jobs that it was told to give up are in CANCELLED.
    """
    server.WorkerServer._tell = _tell_and_write_down  # type: ignore[method-assign]
    transcriber = load(choice)
    transcriber.recogniser = Recogniser(
        _Held(transcriber.recogniser.emissions), transcriber.recogniser.decoder
    )
    return transcriber


def deadly(choice: ModelChoice) -> Transcriber:
    """Crashes over every utterance that begins where the file HOLD says (in seconds, rounded down)."""
    transcriber = load(choice)
    transcriber.recogniser = _Deadly(transcriber.recogniser.emissions, transcriber.recogniser.decoder)
    return transcriber


def startled(choice: ModelChoice) -> Transcriber:
    """Its acoustic model crashes over everything that is louder than half of what is possible."""
    transcriber = load(choice)
    transcriber.recogniser = Recogniser(
        _Startled(transcriber.recogniser.emissions), transcriber.recogniser.decoder
    )
    return transcriber


def together(choice: ModelChoice) -> Transcriber:
    """Its acoustic model takes utterances together, and crashes over that where the file HOLD is."""
    transcriber = load(choice)
    transcriber.recogniser = Recogniser(
        _Together(transcriber.recogniser.emissions), transcriber.recogniser.decoder
    )
    return transcriber


def delayed(choice: ModelChoice) -> Transcriber:
    """Its acoustic model takes so many seconds longer, for a second of sound, as the environment says."""
    transcriber = load(choice)
    delay = float(os.environ[DELAY_VARIABLE])
    transcriber.recogniser = Recogniser(
        _Delayed(transcriber.recogniser.emissions, delay), transcriber.recogniser.decoder
    )
    return transcriber


def stillborn(choice: ModelChoice) -> Transcriber:
    with (folder() / LOADED).open("a") as file:
        file.write(choice.model + "\n")
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def faulty(choice: ModelChoice) -> Transcriber:
    raise ValueError("a defect\nof two lines")


def noisy(choice: ModelChoice) -> Transcriber:
    print("printed by a library")
    os.write(1, b"written by native code\n")
    print("complained by a library", file=sys.stderr)
    assert sys.stdin.read() == "", "nothing of the protocol is left to be read"
    return load(choice)


_tell = server.WorkerServer._tell


def _tell_and_write_down(
    self: server.WorkerServer, command: Tell | Stop | Cancel, told: server.JobControl
) -> None:
    _tell(self, command, told)
    if isinstance(command, Cancel) and FOLDER_VARIABLE in os.environ:  # in a thread it outlives its test
        with (folder() / CANCELLED).open("a") as file:
            file.write(f"{command.job}\n")


class _Held:
    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._calls = 0
        self.folder = inner.folder
        self.warnings = inner.warnings

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        self._calls += 1
        hold = folder() / HOLD
        if hold.exists() and self._calls == int(hold.read_text()):
            (folder() / HELD).touch()
            while hold.exists():
                time.sleep(0.01)
        return self._inner(samples)


class _Delayed:
    def __init__(self, inner: Any, delay: float) -> None:
        self._inner = inner
        self._delay = delay
        self.folder = inner.folder
        self.warnings = inner.warnings

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        time.sleep(self._delay * len(samples) / 16_000)
        return self._inner(samples)


class _Together:
    ahead_seconds = 240.0

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.folder = inner.folder
        self.warnings = inner.warnings

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        with (folder() / LOADED).open("a") as file:
            file.write("alone\n")
        return self._inner(samples)

    def batch(self, utterances: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        with (folder() / LOADED).open("a") as file:
            file.write(f"together {len(utterances)}\n")
        if (folder() / HOLD).exists():
            os.kill(os.getpid(), signal.SIGSEGV)
        return [self._inner(samples) for samples in utterances]


class _Startled:
    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.folder = inner.folder
        self.warnings = inner.warnings

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        if np.abs(samples).max() > 0.5:
            os.kill(os.getpid(), signal.SIGSEGV)
        return self._inner(samples)


class _Deadly(Recogniser):
    def words(self, samples: NDArray[np.float32], offset_seconds: float = 0.0) -> list[Word]:
        if int(offset_seconds) in [int(word) for word in (folder() / HOLD).read_text().split()]:
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().words(samples, offset_seconds)
