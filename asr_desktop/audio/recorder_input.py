"""The input of a recording: opening, monitoring, switching, and reopening after it vanished."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from asr_desktop.audio.capture import Packet
from asr_desktop.audio.devices import InputDevice, list_inputs
from asr_desktop.audio.input_health import InputHealth
from asr_desktop.audio.part_writer import News
from asr_desktop.base.errors import DeviceError
from asr_desktop.base.sentences import Sentence


class RecorderInput:
    """Manages at most one open device at a time.

    `choose` and `set_paused` may be called from any thread; everything else belongs to the recorder's
    thread, after `find` and the first `open`. wanted, find, capture: as in Recorder.
    """

    def __init__(
        self, wanted: str | None, find: Callable[[str | None], InputDevice], capture: Callable[..., Any]
    ) -> None:
        self._wanted = wanted
        self._find = find
        self._open_capture = capture
        self._capture: Any = None
        self._pausing = threading.Lock()
        self.is_paused = False
        self.is_to_change = False
        """Another device was chosen, so this one must be closed."""
        # From find() and the first open() on:
        self.device: InputDevice
        """What is heard now, or was until it vanished."""
        self.health: InputHealth
        """Of the device that is open, or was."""

    # Wishes

    def choose(self, device: str | None) -> None:
        """Another input, as soon as there is a moment; raises DeviceError where there is no such input."""
        self._wanted = None if device is None else self._find(device).id
        self.is_to_change = True

    def set_paused(self, paused: bool) -> None:
        """Keep the device open but drop its sound."""
        with self._pausing:
            if self.is_paused == paused:
                return
            self.is_paused = paused
            if self._capture is not None:
                # The mark keeps its place between the packets, so that nothing said before it is lost.
                self._capture.muted = paused
                self._capture.packets.put(paused)

    # Opening and leaving

    def find(self) -> None:
        """Which device it is. Raises DeviceError where there is none."""
        self.device = self._find(self._wanted)
        if self._wanted is not None:
            self._wanted = self.device.id  # numbers and parts of names may soon mean another device

    def open(self) -> None:
        """For the first time. Raises DeviceError where that is impossible."""
        self._capture = self._open_capture(self.device)
        self.health = InputHealth(self._capture)

    def open_again(self) -> list[News]:
        """Opens the wanted device if it is there (again), as `is_open` then says; what there is to tell."""
        try:
            device = self._find(self._wanted)
            if self._wanted is None and device.is_loopback and not self.device.is_loopback:
                raise DeviceError(Sentence("Only system audio is left: plug in a microphone."))
            capture = self._open_capture(device)
        except DeviceError as error:
            was_chosen, self.is_to_change = self.is_to_change, False
            details = {"device": self.device.name, "reason": "cannot be opened"}
            return [("device_lost", str(error), details)] if was_chosen else []
        self.health = InputHealth(capture, self.health.last_heard_at)
        with self._pausing:
            if self.is_paused:
                capture.muted = True
                _empty(capture.packets)  # what it heard before it knew of the pause
            self._capture, self.device, self.is_to_change = capture, device, False
        sentence = Sentence('Recording continues with "{device}".', device=device.name)
        return [("device_changed", sentence, {"device": device.name, "device_id": device.id})]

    def close(self) -> None:
        """End the stream; packets already received can still be read."""
        self._capture.close()

    def forget(self) -> None:
        """After `close`, when all that it brought was taken."""
        self._capture = None

    @property
    def is_open(self) -> bool:
        return self._capture is not None

    # What is heard

    def take(self, wait_seconds: float) -> Iterator[list[Packet] | bool]:
        """Everything received so far, split where a pause began (True) or ended (False); waits briefly if
        there is nothing."""
        waiting = self._capture.packets
        packets: list[Packet] = []
        try:
            item = waiting.get(timeout=wait_seconds) if wait_seconds else waiting.get_nowait()
            while True:
                if isinstance(item, Packet):
                    packets.append(item)
                else:
                    yield packets
                    packets = []
                    yield item
                item = waiting.get_nowait()
        except queue.Empty:
            yield packets

    @property
    def sample_rate(self) -> int:
        rate: int = self._capture.sample_rate
        return rate

    @property
    def channels(self) -> int:
        channels: int = self._capture.channels
        return channels

    def lost(self, why: str) -> News:
        """What there is to tell when `health.why_lost` has said this."""
        return "device_lost", _lost_sentence(self.device, why), {"device": self.device.name, "reason": why}


def _empty(packets: queue.SimpleQueue[Any]) -> None:
    while not packets.empty():
        packets.get()


def _lost_sentence(device: InputDevice, why: str) -> str:
    try:
        others = [
            other.name for other in list_inputs() if other.name != device.name and not other.is_loopback
        ]
    except DeviceError:
        others = []
    offer = Sentence(", or choose another input ({others})", others=", ".join(others)) if others else ""
    return Sentence(
        '"{device}" {why}; everything so far is saved: plug it in again{offer}.',
        device=device.name,
        why=why,
        offer=offer,
    )
