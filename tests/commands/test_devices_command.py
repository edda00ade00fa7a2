"""`asr-desktop devices`: what can be listened to, and what comes and goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from asr_desktop import cli
from asr_desktop.audio import devices
from asr_desktop.audio.devices import InputDevice
from asr_desktop.base.errors import DeviceError
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["devices", *arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def two_inputs(monkeypatch: pytest.MonkeyPatch) -> list[InputDevice]:
    inputs = [
        InputDevice("test:mon", "Monitor of Speakers", 44_100, 2, False, True, "test", "mon"),
        InputDevice("test:mic", "Mikrofon (eingebaut)", 48_000, 1, True, False, "test", "mic"),
    ]
    monkeypatch.setattr(devices, "_pulse_inputs", lambda: inputs)
    return inputs


def test_the_default_is_first_and_starred_and_loopbacks_say_what_they_are(
    two_inputs: list[InputDevice], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert capsys.readouterr().out.splitlines() == [
        "* Mikrofon (eingebaut)  (48 kHz)  test:mic",
        "  Monitor of Speakers  (computer audio, 44.1 kHz)  test:mon",
    ]


def test_json_has_one_object_a_line_with_all_that_is_known(
    two_inputs: list[InputDevice], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == ["test:mic", "test:mon"]
    assert lines[0]["name"] == "Mikrofon (eingebaut)"
    assert (lines[0]["is_default"], lines[0]["is_loopback"], lines[0]["sample_rate"]) == (True, False, 48_000)


def test_no_input_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(devices, "_pulse_inputs", list)
    monkeypatch.setattr(devices, "_portaudio_inputs", list)
    assert run() == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "connect a microphone" in err
    assert len(err.splitlines()) == 1


def test_no_sound_system_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> list[InputDevice]:
        raise DeviceError("Recording needs the PortAudio library, which is missing.")

    monkeypatch.setattr(devices, "_pulse_inputs", refuse)
    assert run() == 1
    assert capsys.readouterr().err == (
        "asr-desktop: Recording needs the PortAudio library, which is missing.\n"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the virtual microphone is PulseAudio's")
def test_what_is_plugged_in_and_out_is_told_until_ctrl_c(virtual_microphone: VirtualMicrophone) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "asr_desktop", "devices", "--watch", "--json"],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(PATIENCE_SECONDS, program.kill)
    guard.start()
    try:
        assert program.stdout is not None
        lines = read(program.stdout)
        assert [next(lines)["name"] for _ in range(2)] == ["Virtual-Microphone", "Monitor of Null Output"]
        virtual_microphone.plug_in("second", "Second-Microphone")
        seen = [next(lines), next(lines)]
        assert [(line["change"], line["name"]) for line in seen] == [
            ("plugged in", "Second-Microphone"),
            ("default", "Second-Microphone"),
        ]
        virtual_microphone.pull_out("second")
        gone = next(lines)
        assert (gone["change"], gone["name"]) == ("unplugged", "Second-Microphone")
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=PATIENCE_SECONDS) == 0
        assert program.stderr is not None
        assert program.stderr.read() == ""
    finally:
        guard.cancel()
        program.kill()
        program.wait()


def read(stream: IO[str]) -> Iterator[dict[str, object]]:
    for line in stream:
        yield json.loads(line)
