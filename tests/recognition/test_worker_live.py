"""Sessions followed by a process of their own: the same finals, whatever becomes of the process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import LOCK_FILE, create_session
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.base.errors import CancelledError, RecordingError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.recognition.live_events import Final, Lag, LiveNotice, LiveOptions, Partial, Stopped
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import LiveJob
from asr_desktop.recognition.worker.protocol import Event, LiveSaid, ModelChoice, Restarted, UtteranceSkipped
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition import worker_loaders
from tests.recognition.worker_in_thread import recognisers_are_threads
from tests.recognition.worker_jobs import folder, process
from tests.recognition.worker_waiting import PATIENCE_SECONDS, wait_until

__all__ = ["folder", "process", "recognisers_are_threads"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills as POSIX does")

RATE = 16_000
SENTENCES = 4


class Recording:
    """A recorder that writes when it is told to."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.session = create_session(folder)
        self.folder = self.session.path
        self._lock = FileLock(self.folder / LOCK_FILE)
        assert self._lock.acquire()
        self._writer = WavWriter(self.session.part_path(1), RATE, 1)

    def write(self, sound: NDArray[np.float32]) -> None:
        self._writer.append((sound * 32767).astype(np.int16).tobytes())

    def finish(self) -> None:
        self.session.append_event("stopped", self._writer.sound_bytes / 2 / RATE)
        self._writer.close()
        self._lock.release()


@pytest.fixture(scope="module")
def choice() -> ModelChoice:
    folder = model_folder("wav2vec2-conformer")
    return ModelChoice(str(folder), decoder="greedy", providers=("cpu",), threads=1, writing=SPOKEN)


@pytest.fixture(scope="module")
def talk() -> NDArray[np.float32]:
    """Four utterances, one in every three seconds."""
    try:
        sentence = read_all(spoken("the boat came back in the evening"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    sound = np.zeros(SENTENCES * 3 * RATE, np.float32)
    for number in range(SENTENCES):
        start = number * 3 * RATE + RATE // 2
        sound[start : start + len(sentence)] = sentence * np.float32(1 - 0.1 * number)
    return sound


@pytest.fixture
def expected(
    process: RecogniserProcess, folder: Path, talk: NDArray[np.float32], choice: ModelChoice
) -> list[Final]:
    """The finals of the talk when nothing happens."""
    finals = process.listen(recorded(folder / "undisturbed", talk).folder, choice).finals(PATIENCE_SECONDS)
    assert [final.utterance for final in finals] == list(range(1, SENTENCES + 1))
    return finals


def recorded(folder: Path, sound: NDArray[np.float32]) -> Recording:
    recording = Recording(folder)
    recording.write(sound)
    recording.finish()
    return recording


def said(events: list[Event], kind: type) -> list[Event]:
    return [event for event in events if isinstance(event, LiveSaid) and isinstance(event.event, kind)]


def assert_same(finals: list[Final], expected: list[Final]) -> None:
    """To the sample and the letter; what was read from the disk has times and confidences rounded."""
    assert [
        (final.utterance, round(final.start_seconds * RATE), round(final.end_seconds * RATE), final.text)
        for final in finals
    ] == [
        (final.utterance, round(final.start_seconds * RATE), round(final.end_seconds * RATE), final.text)
        for final in expected
    ]
    for final, other in zip(finals, expected, strict=True):
        for word, same in zip(final.words, other.words, strict=True):
            assert word.start_seconds == pytest.approx(same.start_seconds, abs=2e-5)
            assert word.end_seconds == pytest.approx(same.end_seconds, abs=2e-5)
            assert word.confidence == pytest.approx(same.confidence, abs=1e-3)


def hear_until(events: Iterator[Event], kind: type) -> None:
    for event in events:
        if isinstance(event, LiveSaid) and isinstance(event.event, kind):
            return
    raise AssertionError(f"the job ended without {kind.__name__}")


def kill(process: RecogniserProcess) -> None:
    assert process.process_id is not None
    os.kill(process.process_id, signal.SIGKILL)


@pytest.mark.real_recogniser
def test_a_session_is_followed_and_what_is_stored_is_told_again_to_whoever_comes_later(
    process: RecogniserProcess,
    folder: Path,
    talk: NDArray[np.float32],
    choice: ModelChoice,
    expected: list[Final],
) -> None:
    recording = recorded(folder / "whole", talk)
    job = process.listen(recording.folder, choice)
    assert job.finals(PATIENCE_SECONDS) == expected
    events = list(job.events())
    assert said(events, Partial)
    last = events[-1]
    assert isinstance(last, LiveSaid)
    assert isinstance(last.event, Stopped)
    assert last.event.is_complete
    again = process.listen(recording.folder, choice).finals(PATIENCE_SECONDS)
    assert_same(again, expected)
    assert len(list(recording.session.utterances())) == SENTENCES, "stored once"


@pytest.mark.real_recogniser
def test_killed_in_the_middle_of_an_utterance_nothing_is_missing_and_nothing_comes_twice(
    process: RecogniserProcess,
    folder: Path,
    talk: NDArray[np.float32],
    choice: ModelChoice,
    expected: list[Final],
) -> None:
    recording = Recording(folder / "killed")
    job = process.listen(recording.folder, choice)
    recording.write(talk[: 4 * RATE])
    hear_until(job.events(), Final)
    hear_until(job.events(), Partial)
    kill(process)
    recording.write(talk[4 * RATE :])
    recording.finish()
    assert_same(job.finals(PATIENCE_SECONDS), expected)
    assert [type(event) for event in job.events() if isinstance(event, Restarted)] == [Restarted]
    assert len(list(recording.session.utterances())) == SENTENCES


@pytest.mark.real_recogniser
@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_the_finals_are_the_same(
    process: RecogniserProcess,
    folder: Path,
    talk: NDArray[np.float32],
    choice: ModelChoice,
    expected: list[Final],
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    recording = Recording(folder / "killed")
    job = process.listen(recording.folder, choice)
    pieces = np.array_split(talk, 40)
    recording.write(np.concatenate(pieces[:8]))
    del pieces[:8]
    kills = 3
    for event in job.events():
        if pieces:
            recording.write(pieces.pop(0))
            if not pieces:
                recording.finish()
        if isinstance(event, Restarted):
            continue
        if kills and process.process_id is not None and random.random() < 0.3:
            kills -= 1
            kill(process)
        # Events may be rare, sound never is.
        while pieces and isinstance(event, LiveSaid) and isinstance(event.event, Final):
            recording.write(pieces.pop(0))
            if not pieces:
                recording.finish()
    assert_same(job.finals(PATIENCE_SECONDS), expected)
    assert len(list(recording.session.utterances())) == SENTENCES


def quieter(talk: NDArray[np.float32], loud: int) -> NDArray[np.float32]:
    """The talk at a quarter of its loudness, but for the sentence of that number, from 0."""
    sound = talk / np.abs(talk).max() / 4
    place = slice(loud * 3 * RATE, (loud + 1) * 3 * RATE)
    sound[place] *= 0.9 / np.abs(sound[place]).max()
    return sound


@pytest.mark.real_recogniser
@pytest.mark.parametrize("grows", [False, True], ids=["recorded", "growing"])
def test_an_utterance_that_crashes_the_recogniser_twice_is_left_out_and_the_rest_is_not(
    process: RecogniserProcess, folder: Path, talk: NDArray[np.float32], choice: ModelChoice, grows: bool
) -> None:
    sound = quieter(talk, loud=1)
    expected = process.listen(recorded(folder / "undisturbed", sound).folder, choice).finals(PATIENCE_SECONDS)
    recording = Recording(folder / "crashing")
    pieces = np.array_split(sound, 120 if grows else 1)
    recording.write(pieces.pop(0))
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:startled") as startled:
        job = startled.listen(recording.folder, choice)
        while pieces:  # a tenth of a second each, faster than it is spoken
            recording.write(pieces.pop(0))
            threading.Event().wait(0.03)
        recording.finish()
        finals = job.finals(PATIENCE_SECONDS)
    assert_same(finals, [expected[0], *expected[2:]])
    events = list(job.events())
    (skipped,) = [event for event in events if isinstance(event, UtteranceSkipped)]
    assert 2.5 < skipped.start_sample / RATE < 4.0
    assert "left out" in skipped.message
    left_out = [entry for entry in recording.session.recognised() if entry.get("left_out")]
    assert [(entry["utterance"], entry["text"]) for entry in left_out] == [(2, "")]
    restarts = [event.message for event in events if isinstance(event, Restarted)]
    assert ["no text is lost" in message for message in restarts] == [True, False]


def test_options_of_listening_reach_the_process(
    process: RecogniserProcess, folder: Path, talk: NDArray[np.float32], choice: ModelChoice
) -> None:
    """All of the talk waits from the beginning."""
    for seconds, is_told in ((1.0, True), (60.0, False)):
        recording = recorded(folder / f"{seconds}", talk)
        job = process.listen(recording.folder, choice, LiveOptions(lag_seconds=seconds))
        assert bool(said(list(job.events()), Lag)) is is_told


def test_stop_drains_what_is_recorded_though_the_recording_goes_on(
    process: RecogniserProcess,
    folder: Path,
    talk: NDArray[np.float32],
    choice: ModelChoice,
    expected: list[Final],
) -> None:
    recording = Recording(folder / "stopped")
    recording.write(talk[: 5 * RATE])  # ends within the second sentence
    job = process.listen(recording.folder, choice)
    hear_until(job.events(), Final)
    job.stop()
    finals = job.finals(PATIENCE_SECONDS)
    recording.finish()
    assert_same(finals[:1], expected[:1])
    assert len(finals) == 2
    assert finals[1].start_seconds == expected[1].start_seconds
    assert finals[1].end_seconds == pytest.approx(5.0, abs=0.2)


def test_abort_ends_at_once_and_what_is_left_can_be_recognised_later(
    process: RecogniserProcess,
    folder: Path,
    talk: NDArray[np.float32],
    choice: ModelChoice,
    expected: list[Final],
) -> None:
    recording = Recording(folder / "aborted")
    job = process.listen(recording.folder, choice)
    recording.write(talk[: 5 * RATE])
    hear_until(job.events(), Final)
    job.cancel()
    with pytest.raises(CancelledError):
        job.finals(PATIENCE_SECONDS)
    recording.write(talk[5 * RATE :])
    recording.finish()
    again = process.listen(recording.folder, choice).finals(PATIENCE_SECONDS)
    assert_same(again, expected)


@pytest.mark.real_recogniser
def test_what_was_told_holds_also_for_the_process_that_takes_over(
    process: RecogniserProcess, folder: Path, talk: NDArray[np.float32], choice: ModelChoice
) -> None:
    recording = Recording(folder / "told")
    job = process.listen(recording.folder, choice)
    job.set_hangover(3000.0)
    job.set_hotwords(("boat",))  # greedy decoding says that it cannot: so both have been heard
    hear_until(job.events(), LiveNotice)
    kill(process)
    hear_until(job.events(), LiveNotice)
    job.set_decoder("oracle", None)
    hear_until(job.events(), LiveNotice)
    recording.write(talk)
    recording.finish()
    (final,) = job.finals(PATIENCE_SECONDS)
    assert final.end_seconds - final.start_seconds > 9.0, "no pause was long enough"


def test_a_folder_that_is_no_session_is_refused(
    process: RecogniserProcess, folder: Path, choice: ModelChoice
) -> None:
    job: LiveJob = process.listen(folder / "absent", choice)
    with pytest.raises(RecordingError, match="There is no session"):
        job.finals(PATIENCE_SECONDS)


@pytest.mark.real_recogniser
def test_jobs_that_wait_outlive_the_process(
    process: RecogniserProcess,
    folder: Path,
    talk: NDArray[np.float32],
    choice: ModelChoice,
    expected: list[Final],
) -> None:
    jobs = [process.listen(recorded(folder / name, talk).folder, choice) for name in ("second", "third")]
    wait_until(lambda: process.process_id is not None, "the process is there")
    kill(process)
    for job in jobs:
        assert_same(job.finals(PATIENCE_SECONDS), expected)
