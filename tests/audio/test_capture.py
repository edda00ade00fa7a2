"""A microphone that is kept open: what was said just before the recording began is in it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from asr_desktop.audio.capture import KEPT_SECONDS, KeptMicrophone, Packet, WaitingCapture
from asr_desktop.audio.devices import InputDevice, find_input
from asr_desktop.audio.read import read_all
from asr_desktop.audio.recorder import Recorder
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]


class Stream:
    """An input without a sound system: packets of a tenth of a second, as a test wishes."""

    active = True

    def start(self) -> None:
        pass

    def close(self, *_: Any) -> None:
        self.active = False

    abort = stop = close


@pytest.fixture
def inputs(monkeypatch: pytest.MonkeyPatch) -> list[Stream]:
    made: list[Stream] = []

    def open_stream(*_: Any, **__: Any) -> Stream:
        made.append(Stream())
        return made[-1]

    monkeypatch.setattr("asr_desktop.audio.capture.open_stream", open_stream)
    monkeypatch.setattr("asr_desktop.audio.capture.close_stream", lambda stream: stream.close())
    return made


def device(name: str) -> InputDevice:
    return InputDevice(
        id=name,
        name=name,
        sample_rate=1000,
        channels=1,
        is_default=True,
        is_loopback=False,
        interface="test",
        portaudio_name=name,
        pulse_source=None,
    )


def hear(capture: WaitingCapture, number: int) -> None:
    capture._on_sound(bytes([number, 0] * 100), 100, None, SimpleNamespace(input_overflow=False))


def heard(capture: Any) -> list[int]:
    numbers = []
    while not capture.packets.empty():
        packet = capture.packets.get()
        assert isinstance(packet, Packet)
        numbers.append(packet.sound[0])
    return numbers


def test_only_the_last_second_waits_and_nothing_is_lost_after_it(inputs: list[Stream]) -> None:
    kept = KeptMicrophone(find=lambda name: device(name or "desk"))
    kept.open(None)
    waiting = kept._waiting
    assert waiting is not None
    for number in range(30):
        hear(waiting, number)
    capture = kept.take(device("desk"))
    for number in range(30, 45):
        hear(waiting, number)
    assert capture is waiting
    assert heard(capture) == list(range(30 - round(10 * KEPT_SECONDS), 45))
    assert not kept.is_open


def test_another_or_a_lost_input_is_opened_anew(inputs: list[Stream]) -> None:
    kept = KeptMicrophone(find=lambda name: device(name or "desk"))
    kept.open(None)
    assert kept.take(device("headset")).device.name == "headset"
    assert not inputs[0].active
    kept.open(None)
    inputs[-1].active = False  # it was pulled out
    kept.open(None)
    assert len(inputs) == 4
    assert kept.is_open
    kept.close()
    assert not any(stream.active for stream in inputs if stream is not inputs[1])
    assert kept.take(device("desk")).device.name == "desk"


@pytest.mark.slow
def test_what_was_said_before_the_key_is_in_the_recording(
    virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    kept = KeptMicrophone()
    kept.open(None)
    waiting = kept._waiting
    assert waiting is not None
    while waiting.callbacks < 10:
        virtual_microphone.pactl("info")
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16_000).astype(np.float32)
    virtual_microphone.play(tone, 16_000)
    recorder = Recorder(folder=tmp_path, find=find_input, capture=kept.take)
    recorder.start()
    assert recorder.wait_until_listening(20)
    recorder.stop()
    sound = read_all(recorder.session.parts()[0].path)
    loud = np.flatnonzero(np.abs(sound) > 0.1) / 16_000
    assert loud.size > 0.3 * 8000, "the tone was over before the recording began"
    assert loud[-1] < KEPT_SECONDS + 0.2
