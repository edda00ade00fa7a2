"""A sound system without sound: the test says what the microphone hears, and when it is pulled out."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.capture import Packet
from asr_desktop.audio.devices import InputDevice
from asr_desktop.base.errors import DeviceError

PATIENCE_SECONDS = 60.0


class FakeCapture:
    """Stands in for `capture.Capture`."""

    def __init__(self, device: InputDevice) -> None:
        self.device = device
        self.sample_rate = device.sample_rate
        self.channels = device.channels
        self.packets: SimpleQueue[Any] = SimpleQueue()
        self.muted = False
        self.callbacks = 0
        self.lost: str | None = None
        self.is_closed = False

    def hear(self, samples: NDArray[np.int16], *, overflowed: bool = False, at: float | None = None) -> None:
        """One callback with interleaved samples."""
        self.callbacks += 1
        if not self.muted:
            moment = time.monotonic() if at is None else at
            self.packets.put(Packet(samples.astype(np.int16).tobytes(), moment, overflowed))

    def why_lost(self) -> str | None:
        return self.lost

    def close(self) -> None:
        self.is_closed = True


class FakeSoundSystem:
    """Stands in for `find_input` and `Capture`; `captures` are all that were opened."""

    def __init__(self, *devices: InputDevice) -> None:
        self.devices = list(devices) or [microphone()]
        self.captures: list[FakeCapture] = []
        self.hears_at_once: NDArray[np.int16] | None = None
        """What the next device that is opened has heard before anybody can say a word to it."""

    def find(self, wanted: str | None) -> InputDevice:
        for device in self.devices:
            if wanted in (None, device.id, device.name):
                return device
        raise DeviceError(f'There is no input "{wanted}": plug it in.')

    def open(self, device: InputDevice) -> FakeCapture:
        if device not in self.devices:
            raise DeviceError(f'The input "{device.name}" is not there any more: plug it in.')
        capture = FakeCapture(device)
        if self.hears_at_once is not None:
            capture.hear(self.hears_at_once)
        self.captures.append(capture)
        return capture

    @property
    def capture(self) -> FakeCapture:
        """The one that was opened last."""
        return self.captures[-1]


def microphone(name: str = "Fake microphone", sample_rate: int = 16_000, channels: int = 1) -> InputDevice:
    return InputDevice(f"fake:{name}", name, sample_rate, channels, True, False, "fake", name)


def ramp(start: int, count: int) -> NDArray[np.int16]:
    """Samples that tell their own place, so that a lost or doubled one shows."""
    return (np.arange(start, start + count) % 30_011 - 15_000).astype(np.int16)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)
