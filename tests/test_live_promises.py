"""`asr-desktop live` through a microphone: the words of the file, none cut off, and none lost by kill -9.

A few tries each; benchmarks/live_promises.py makes as many as the promises speak of.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from asr_desktop import Transcriber
from asr_desktop.audio.session import SessionState
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import VoiceMissingError
from tests.live_promises import (
    ENOUGH_KEPT,
    Bench,
    dictate,
    is_about_the_same,
    kill_everything,
    kill_recogniser,
    listen_long,
    recorded,
    recover,
)
from tests.spoken_sentences import Sentence, sentences, talk
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="kills as POSIX does")]

ARGUMENTS = ("--threads", 1, "--provider", "cpu")


@pytest.fixture(scope="module")
def said() -> list[Sentence]:
    try:
        return sentences(4)
    except VoiceMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber("starter-en", threads=1, providers=["cpu"], writing=SPOKEN)


@pytest.fixture
def bench(virtual_microphone: VirtualMicrophone, transcriber: Transcriber, tmp_path: Path) -> Iterator[Bench]:
    return Bench(virtual_microphone, transcriber, tmp_path, ARGUMENTS)


def test_words_that_captions_kept_are_no_other_transcript() -> None:
    words = " ".join(map(str, range(100)))
    assert is_about_the_same([words.replace("50 51 52", "x y z")], [words])
    assert not is_about_the_same([words.replace("50 51 52 53 54 55 ", "")], [words])
    assert not is_about_the_same(["one two"], ["one", "two"])
    assert is_about_the_same([], [])


@pytest.mark.parametrize("first", [0, 2])
def test_live_says_what_the_file_says_from_the_first_word_to_the_last(
    bench: Bench, said: list[Sentence], first: int
) -> None:
    dictation = dictate(bench, said[first : first + 2])
    assert dictation.of_recording, "the model hears something"
    assert is_about_the_same([dictation.live], [dictation.of_recording])
    assert dictation.has_first_word
    assert dictation.has_last_word


def test_kill_9_of_the_whole_program_costs_a_second_and_recover_makes_the_text(
    bench: Bench, said: list[Sentence]
) -> None:
    random = np.random.default_rng(11)
    tries = [kill_everything(bench, talk(said), random.uniform(3.0, 6.0)) for _ in range(2)]
    for killed in tries:
        assert killed.lost_seconds < 1.0
        assert killed.share_kept >= ENOUGH_KEPT
    recovered = recover(bench)
    assert recovered.returncode == 0, recovered.stderr
    for killed in tries:
        assert killed.session.state() is SessionState.FINISHED
        assert is_about_the_same(recorded(killed.session), bench.texts(killed.session.part_path(1)))
        assert "\n".join(recorded(killed.session)) in recovered.stdout


def test_kill_9_of_the_recogniser_costs_no_text_and_gives_none_twice(
    bench: Bench, said: list[Sentence]
) -> None:
    disturbed = kill_recogniser(bench, talk(said), [0.4, 6.0])
    assert disturbed.happened == 2
    assert disturbed.exit_code == 0
    assert disturbed.is_same, disturbed
    assert disturbed.shares_kept[0] >= ENOUGH_KEPT
    assert [text for text in disturbed.warnings if "started again" in text]


def test_minutes_of_speech_leave_nothing_waiting(
    transcriber: Transcriber, said: list[Sentence], tmp_path: Path
) -> None:
    run = listen_long(
        transcriber, tmp_path, said, minutes=1.5, speed=6.0, live_arguments=ARGUMENTS, sample_seconds=0.5
    )
    assert is_about_the_same(run.live, run.of_recording)
    assert run.seconds[-1] > 60
    # Half a second of sound in packets of 50 ms: what a busy machine may leave for a moment.
    assert np.median(run.waiting_packets) < 10
