"""`asr-desktop live` where disk, microphone or machine fail: the sound is kept, and the person is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from asr_desktop import Transcriber
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import VoiceMissingError
from tests.live_promises import ENOUGH_KEPT, Bench, fill_disk, pull_out_microphone, stand_still
from tests.spoken_sentences import Sentence, sentences
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="mounts and signals")]


@pytest.fixture(scope="module")
def said() -> list[Sentence]:
    try:
        return sentences(3)
    except VoiceMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber("starter-en", threads=1, providers=["cpu"], writing=SPOKEN)


@pytest.fixture
def bench(virtual_microphone: VirtualMicrophone, transcriber: Transcriber, tmp_path: Path) -> Bench:
    return Bench(virtual_microphone, transcriber, tmp_path, ("--threads", 1, "--provider", "cpu"))


def test_a_disk_that_is_full_for_a_while_costs_nothing(bench: Bench, said: list[Sentence]) -> None:
    try:
        disturbed = fill_disk(bench, said)
    except OSError as error:
        pytest.skip(f"no disk of our own to fill: {error}")
    assert disturbed.exit_code == 0
    assert min(disturbed.shares_kept) >= ENOUGH_KEPT
    assert disturbed.is_same, disturbed
    full, again = (
        next(number for number, text in enumerate(disturbed.warnings) if part in text)
        for part in ("free some space; audio is held", "takes sound again; nothing is missing")
    )
    assert full < again


def test_a_microphone_that_is_pulled_out_and_plugged_in_again(bench: Bench, said: list[Sentence]) -> None:
    disturbed = pull_out_microphone(bench, said[:2])
    assert disturbed.exit_code == 0
    assert min(disturbed.shares_kept) >= ENOUGH_KEPT
    assert disturbed.is_same, disturbed
    assert any(
        "was unplugged; everything so far is saved: plug it in again" in text for text in disturbed.warnings
    )
    assert any("Recording continues" in text for text in disturbed.warnings)


def test_a_machine_that_stood_still_goes_on(bench: Bench, said: list[Sentence]) -> None:
    disturbed = stand_still(bench, said[:2], 4.0)
    assert disturbed.exit_code == 0
    assert min(disturbed.shares_kept) >= ENOUGH_KEPT, "what was said before and after is there"
    assert disturbed.is_same, disturbed
