"""Asking the recogniser again, in its own process, about speech that a machine has spoken."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop.base.errors import MediaError, WorkerError
from asr_desktop.recognition.realignment import SecondLook
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.transcripts.document import Word
from tests.fixtures.make_fixtures import SHORT_TEXT, VoiceMissingError, spoken


@pytest.fixture(scope="module")
def speech() -> Path:
    try:
        return spoken(SHORT_TEXT)
    except VoiceMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def process() -> Iterator[RecogniserProcess]:
    with RecogniserProcess() as process:
        yield process


@pytest.fixture(scope="module")
def second_look(process: RecogniserProcess) -> Iterator[SecondLook]:
    look = SecondLook(lambda: process, ModelChoice())
    yield look
    look.close()


def words() -> list[Word]:
    return [Word(text, 0.3 * i, 0.3 * i + 0.25, 0.5) for i, text in enumerate(SHORT_TEXT.split())]


def test_new_words_get_times_and_doubtful_ones_other_texts(second_look: SecondLook, speech: Path) -> None:
    before = words()
    after = second_look.realign(speech, before, {2, 3})
    assert [word.text for word in after] == SHORT_TEXT.split()
    assert after[:2] == tuple(before[:2])
    assert after[4:] == tuple(before[4:])
    assert before[1].end_seconds <= after[2].start_seconds <= after[3].start_seconds
    assert after[3].end_seconds <= before[4].start_seconds
    guesses = second_look.alternatives(speech, before, 1)
    assert all(0.0 < guess.probability <= 1.0 for guess in guesses)
    assert "boat" not in [guess.text for guess in guesses]


def test_a_missing_file_is_its_sentence(second_look: SecondLook, tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        second_look.alternatives(tmp_path / "gone.wav", words(), 1)


def test_a_crash_costs_no_answer(process: RecogniserProcess, second_look: SecondLook, speech: Path) -> None:
    before = second_look.realign(speech, words(), {0})
    assert process.process_id is not None
    os.kill(process.process_id, signal.SIGKILL)
    assert second_look.realign(speech, words(), {0}) == before


def test_nothing_is_asked_after_the_end(process: RecogniserProcess) -> None:
    look = SecondLook(lambda: process, ModelChoice())
    look.close()
    with pytest.raises(WorkerError, match="The Editor was closed"):
        look.alternatives("a.wav", words(), 0)
    with pytest.raises(WorkerError, match="The Editor was closed"):
        look.prepare()
