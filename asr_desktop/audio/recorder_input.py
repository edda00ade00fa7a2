"""The input of a recording: opening, monitoring, switching, and reopening after it vanished.

What is monitored, from the packets of the opened input: a device that is still warming up, lost sound, a
muted microphone, and a device that has stopped delivering without an error.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from asr_desktop.audio.capture import Packet
from asr_desktop.audio.devices import InputDevice, list_inputs
from asr_desktop.audio.levels import NO_LEVEL, Level, level_of
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


# Length of the warm-up after the first packet; words spoken later are recorded completely.
SETTLE_SECONDS = 0.3
FIRST_PACKET_WITHIN_SECONDS = 10.0
NEXT_PACKET_WITHIN_SECONDS = 3.0
# Digital silence for this long means a muted microphone, or one that the system blocks.
ALL_ZERO_SECONDS = 5.0
OVERFLOWS_TOLD_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Lost sound: its length, and how long ago it was lost, measured in received sound."""

    missing_seconds: float
    seconds_ago: float


class InputHealth:
    """Monitors one capture. `last_heard_at` is when the previous one delivered last, to compute what is
    missing."""

    def __init__(self, capture: Any, last_heard_at: float | None = None) -> None:
        self.level: Level = NO_LEVEL
        self.last_heard_at = last_heard_at
        self.is_settled = False
        self._capture = capture
        self._frame_bytes = 2 * capture.channels
        self._gaps = GapDetector(capture.sample_rate)
        self._first_heard_at: float | None = None
        self._overflow_told_at = float("-inf")
        self._zero_seconds = 0.0
        self._silence_told = False
        self._end_of_silence_told = False
        self._seen_callbacks = 0
        self._unheard_seconds = 0.0

    def accept(self, packets: list[Packet]) -> list[News]:
        """Process received packets in order; returns what to report."""
        news: list[News] = []
        if self._first_heard_at is None:
            self._first_heard_at = packets[0].heard_at
            if self.last_heard_at is not None:
                missing = max(0.0, self._first_heard_at - self.last_heard_at)
                news.append(("gap", None, {"seconds": round(missing, 2), "reason": "device"}))
        for packet in packets:
            gap = self._gaps.heard(len(packet.sound) // self._frame_bytes, packet.heard_at)
            if packet.overflowed and packet.heard_at > self._overflow_told_at + OVERFLOWS_TOLD_EVERY_SECONDS:
                self._overflow_told_at = packet.heard_at
                news.append(("overflow", None, {}))
            if gap is not None:
                news.append(_gap_news(gap))
        self.last_heard_at = packets[-1].heard_at
        samples = np.frombuffer(b"".join(packet.sound for packet in packets), dtype=np.int16)
        self.level = level_of(samples)
        seconds = samples.size / self._capture.channels / self._capture.sample_rate
        self._zero_seconds = 0.0 if samples.any() else self._zero_seconds + seconds
        if self._silence_told and not self._zero_seconds and not self._end_of_silence_told:
            self._end_of_silence_told = True
            news.append(("heard", None, {}))
        return news

    def resumed(self) -> None:
        """Restart the clock comparison after a pause."""
        self._gaps = GapDetector(self._capture.sample_rate)

    def look(self, turn_seconds: float) -> list[News]:
        """What to report; to be called every `turn_seconds`.

        Counts calls instead of measuring time: a device is not lost because the whole machine was suspended.
        """
        news: list[News] = []
        if self._capture.callbacks != self._seen_callbacks:
            self._seen_callbacks = self._capture.callbacks
            self._unheard_seconds = 0.0
        else:
            self._unheard_seconds += turn_seconds
        settled_at = None if self._first_heard_at is None else self._first_heard_at + SETTLE_SECONDS
        if not self.is_settled and settled_at is not None and time.monotonic() >= settled_at:
            self.is_settled = True
            news.append(("listening", None, {}))
        device = self._capture.device
        if self._zero_seconds >= ALL_ZERO_SECONDS and not self._silence_told and not device.is_loopback:
            self._silence_told = True
            sentence = Sentence(
                '"{device}" records only silence: check its mute switch and whether this program may '
                "use the microphone.",
                device=device.name,
            )
            news.append(("silent", sentence, {}))
        return news

    def why_lost(self) -> str | None:
        """What happened to the device, in a few words; None while it is well."""
        why: str | None = self._capture.why_lost()
        patience = NEXT_PACKET_WITHIN_SECONDS if self._seen_callbacks else FIRST_PACKET_WITHIN_SECONDS
        if why is None and self._unheard_seconds > patience:
            return Sentence("stopped sending audio")
        return why


def _gap_news(gap: Gap) -> News:
    seconds = gap.missing_seconds
    sentence = Sentence(
        "The computer was too busy or asleep, and {seconds:.1f} s of audio were lost: close other "
        "programs if this happens again.",
        seconds=seconds,
    )
    return (
        "gap",
        sentence,
        {"seconds": round(seconds, 2), "seconds_ago": gap.seconds_ago, "reason": "overflow"},
    )


class GapDetector:
    """Detects lost sound by comparing it with the clock, even if the driver reports no overflow.

    Delayed sound catches up; lost sound never does. The lag of the sound behind the clock is taken as its
    minimum over a second of sound; if that rises by a quarter of a second and stays for two seconds, that
    much is missing. Sound cards run a few parts in ten thousand fast or slow, which the baseline follows.
    """

    WINDOW_SECONDS = 1.0
    SURE_AFTER_SECONDS = 2.0
    SMALLEST_GAP_SECONDS = 0.25
    FOLLOWED_PER_SECOND = 0.05

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._frames = 0
        self._started_at: float | None = None
        # (position, arrears) of rising arrears: the first is the smallest in the window.
        self._smallest_first: deque[tuple[float, float]] = deque()
        self._baseline: float | None = None
        self._good_position = 0.0
        self._suspected_at: float | None = None

    def heard(self, frames: int, at: float) -> Gap | None:
        """Takes a packet's length and its `time.monotonic()`; gives a gap once, when it is sure."""
        if self._started_at is None:
            self._started_at = at
        self._frames += frames
        position = self._frames / self._sample_rate
        arrears = at - self._started_at - position
        while self._smallest_first and self._smallest_first[-1][1] >= arrears:
            self._smallest_first.pop()
        self._smallest_first.append((position, arrears))
        while position - self._smallest_first[0][0] > self.WINDOW_SECONDS:
            self._smallest_first.popleft()
        smallest = self._smallest_first[0][1]
        if position < self.WINDOW_SECONDS:
            return None
        if self._baseline is None or smallest < self._baseline:
            self._baseline = smallest
        if arrears - self._baseline <= self.SMALLEST_GAP_SECONDS:
            self._good_position = position
        missing = smallest - self._baseline
        if missing <= self.SMALLEST_GAP_SECONDS:
            self._suspected_at = None
            self._baseline += self.FOLLOWED_PER_SECOND * missing * frames / self._sample_rate
            return None
        if self._suspected_at is None:
            self._suspected_at = at
        if at - self._suspected_at < self.SURE_AFTER_SECONDS:
            return None
        self._suspected_at = None
        self._baseline = smallest
        return Gap(missing, position - self._good_position)
