"""The packaged program with its recogniser's process, with a microphone, and dictating into another program.

Run by `make test-package`, like `test_built_packages`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.base.own_program import RUN_MODULE
from asr_desktop.recognition.realignment import SecondLook
from asr_desktop.recognition.worker import child
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.process_emissions import ProcessEmissions
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.teaching.listening import Listener
from asr_desktop.transcripts.document import Word
from tests.dictation.x_screen import EditorWindow, running_screen, wait_until
from tests.live_program import LiveProgram
from tests.packaging.bare_systems import PROGRAM, SAMPLE, PackageInDebian, without_network
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

RATE = 16_000
CHOICE = ModelChoice(threads=1)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "ASR_DESKTOP_DIST" not in os.environ, reason="`make test-package` builds and tries them"
    ),
    pytest.mark.skipif(sys.platform != "linux", reason="virtual microphones and screens are of Linux"),
]


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecogniserProcess]:
    """The recogniser's process of the packaged program, asked as its window does."""
    monkeypatch.setattr(
        child,
        "module_command",
        lambda module, *arguments: [*without_network(), PROGRAM, RUN_MODULE, module, *arguments],
    )
    monkeypatch.setattr(child, "module_environment", lambda: {**os.environ, "PYTHONPATH": ""})
    with RecogniserProcess() as made:
        yield made


def sample_sound() -> NDArray[np.float32]:
    """The sample, with a second of silence after it."""
    return np.concatenate([read_all(SAMPLE), np.zeros(RATE, np.float32)])


def _least_confidence(words: Sequence[Word]) -> float:
    return min(word.confidence for word in words)


def test_the_editor_s_second_look(process: RecogniserProcess) -> None:
    segments = process.transcribe(SAMPLE, CHOICE).result().segments
    words = min((segment.words for segment in segments), key=_least_confidence)
    doubtful = min(range(len(words)), key=lambda index: words[index].confidence)
    look = SecondLook(lambda: process, CHOICE)
    again = look.realign(SAMPLE, words, range(len(words)))
    assert [word.text for word in again] == [word.text for word in words]
    for before, after in zip(words, again, strict=True):
        assert after.start_seconds == pytest.approx(before.start_seconds, abs=0.2)
    assert look.alternatives(SAMPLE, words, doubtful)
    spoken = [said.text for word in words for said in word.spoken_words]
    first, *_ = look.readings(SAMPLE, words[0].start_seconds, words[-1].end_seconds)
    assert set(first.split()) & set(spoken), (first, spoken)


def test_takes_are_held_against_their_text(process: RecogniserProcess) -> None:
    listener = Listener(ProcessEmissions(lambda: process, CHOICE))
    text = SAMPLE.with_suffix(".txt").read_text(encoding="utf-8")
    right = listener.hear(read_all(SAMPLE), text)
    wrong = listener.hear(read_all(SAMPLE), "something else was read here, and nothing of that text")
    assert right.letter_errors < 0.15 < 0.5 < wrong.letter_errors
    assert right.shortfall < wrong.shortfall


def test_a_microphone_is_found_in_a_bare_debian(
    debian: PackageInDebian, virtual_microphone: VirtualMicrophone
) -> None:
    sound = virtual_microphone.environment
    done = debian.run("devices", "--json", sound=sound)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert "Virtual-Microphone" in [device["name"] for device in found]
    done = debian.run("doctor", "--json", sound=sound)
    states = {finding["name"]: finding["state"] for finding in json.loads(done.stdout)["findings"]}
    assert (states["sounddevice"], states["microphone"]) == ("ok", "ok")


@pytest.mark.parametrize("is_in_debian", [True, False])
def test_what_is_said_into_the_microphone_is_written(
    request: pytest.FixtureRequest,
    virtual_microphone: VirtualMicrophone,
    tmp_path: Path,
    is_in_debian: bool,
) -> None:
    if is_in_debian:
        debian: PackageInDebian = request.getfixturevalue("debian")
        before, environment = debian.command(sound=virtual_microphone.environment)
        folder = debian.seen_home / "live"
    else:
        before, environment = [*without_network(), PROGRAM], {"PYTHONPATH": ""}
        folder = tmp_path / "live"
    with LiveProgram(folder, "--threads", 1, environment=environment, command=before) as program:
        program.wait_until_listening()
        virtual_microphone.play(sample_sound(), RATE)
        program.wait_for(lambda line: line["type"] == "final" and line["text"], "final text")
        program.press_ctrl_c()
        assert program.wait() == 0, program.errors()
        said = " ".join(line["text"] for line in program.finals).lower()
    meant = SAMPLE.with_suffix(".txt").read_text(encoding="utf-8").lower().split()
    assert sum(word.strip(".,") in said for word in meant) > 0.7 * len(meant), said


def test_it_dictates_into_another_program(
    virtual_microphone: VirtualMicrophone, home: Path, tmp_path: Path
) -> None:
    command = [*without_network(), PROGRAM]
    with running_screen() as screen:
        environment = {**screen.environment, "PYTHONPATH": ""}
        editor = EditorWindow(screen, "Editor")
        editor.wait_for("focus", "text")
        log = (tmp_path / "log").open("wb")
        window = subprocess.Popen([*command, "tray"], env=environment, stderr=log)

        def tell(what: str) -> int:
            return subprocess.run([*command, what], env=environment, timeout=120).returncode

        try:
            wait_until(lambda: tell("cancel") == 0, "the program")
            screen.bring_forward("Editor")
            assert tell("start") == 0
            wait_until(lambda: virtual_microphone.pactl("list", "short", "source-outputs"), "a recording")
            virtual_microphone.play(sample_sound(), RATE)
            assert tell("stop") == 0
            meant = SAMPLE.with_suffix(".txt").read_text(encoding="utf-8").split()
            editor.wait_for_length(len(" ".join(meant)) // 2)
            assert window.poll() is None
        finally:
            editor.close()
            window.terminate()
            window.wait(60)
            log.close()
