"""One opened input; its callback only copies and enqueues. And one that is kept open between dictations.

PortAudio calls the callback from a real-time thread that must not block, or sound is lost. Everything that
can take time (disks, devices, arithmetic) is done by the reader of `packets`.

Opening an input takes from a tenth of a second to two, and what is said meanwhile is lost. One that is open
already (`KeptMicrophone`) is handed over to the next recorder with its last second, in which the speaker may
have begun, so no first word is cut off. Nothing of it is written anywhere before.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from asr_desktop.audio import pulse
from asr_desktop.audio.devices import InputDevice, close_stream, find_input, open_stream
from asr_desktop.base.errors import DeviceError
from asr_desktop.base.sentences import Sentence

# Long enough to avoid overruns on a busy machine, short enough not to delay live captions noticeably.
LATENCY_SECONDS = 0.15
CLOSES_WITHIN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Packet:
    """The interleaved 16-bit samples of one callback, with its time."""

    sound: bytes
    heard_at: float
    """`time.monotonic()` of the callback."""
    overflowed: bool
    """Sound before this packet was lost."""


class Capture:
    """A running input. Raises DeviceError where it cannot be opened."""

    def __init__(self, device: InputDevice) -> None:
        self.device = device
        self.sample_rate = device.sample_rate
        self.channels = device.channels
        self.packets: SimpleQueue[Any] = SimpleQueue()
        """`Packet`s; the reader may insert marks of its own."""
        self.muted = False
        """While set, callbacks are counted but their sound is dropped."""
        self.callbacks = 0
        self._ended = threading.Event()
        self._source_gone = threading.Event()
        self._stream = open_stream(
            device,
            sample_rate=self.sample_rate,
            channels=self.channels,
            latency_seconds=LATENCY_SECONDS,
            callback=self._on_sound,
            finished_callback=self._ended.set,
        )
        try:
            self._stream.start()
        except Exception as error:
            close_stream(self._stream)
            raise DeviceError(
                Sentence(
                    'The input "{device}" cannot be started ({reason}): plug it in again, or choose another.',
                    device=device.name,
                    reason=error,
                )
            ) from error
        self._subscription = pulse.Subscription() if device.pulse_source is not None else None
        if self._subscription is not None:
            threading.Thread(target=self._watch_source, name="source-watcher", daemon=True).start()

    def why_lost(self) -> str | None:
        """What happened to the device, in a few words; None while it is well."""
        if self._source_gone.is_set():
            return "was unplugged"
        if self._ended.is_set() or not self._stream.active:
            return "stopped"
        return None

    def close(self) -> None:
        """Ends the stream; what is in `packets` stays there. A driver that hangs is left behind."""
        if self._subscription is not None:
            self._subscription.close()
        closing = threading.Thread(target=close_stream, args=(self._stream,), name="close-input", daemon=True)
        closing.start()
        closing.join(timeout=CLOSES_WITHIN_SECONDS)

    def _on_sound(self, sound: Any, frames: int, times: Any, status: Any) -> None:
        self.callbacks += 1
        if not self.muted:
            self.packets.put(Packet(bytes(sound), time.monotonic(), bool(status.input_overflow)))

    def _watch_source(self) -> None:
        """The sound server moves an orphaned recording silently to another input, so its word is needed."""
        assert self._subscription is not None
        for _ in self._subscription.changes():
            if all(source.name != self.device.pulse_source for source in pulse.sources()):
                self._source_gone.set()
                return


KEPT_SECONDS = 1.0


class WaitingCapture(Capture):
    """An input that runs and keeps only its last second, until `hand_over`."""

    def __init__(self, device: InputDevice) -> None:
        self._is_waiting = True
        self._lengths: deque[int] = deque()
        super().__init__(device)

    def hand_over(self) -> None:
        """From now on all packets stay until they are taken."""
        self._is_waiting = False

    def _on_sound(self, sound: Any, frames: int, times: Any, status: Any) -> None:
        super()._on_sound(sound, frames, times, status)
        if not self._is_waiting:
            return
        self._lengths.append(frames)
        while sum(self._lengths) - self._lengths[0] >= KEPT_SECONDS * self.sample_rate:
            self._lengths.popleft()
            with suppress(queue.Empty):  # handed over in this moment
                self.packets.get_nowait()


class KeptMicrophone:
    """At most one waiting input. Methods may be called from any thread; `open` may take a second."""

    def __init__(
        self,
        find: Callable[[str | None], InputDevice] = find_input,
        make: Callable[[InputDevice], WaitingCapture] = WaitingCapture,
    ) -> None:
        self._find = find
        self._make = make
        self._lock = threading.Lock()
        self._waiting: WaitingCapture | None = None
        self._is_wanted = False

    @property
    def is_open(self) -> bool:
        return self._waiting is not None

    def open(self, device: str | None) -> None:
        """Have this input wait (None: the system's default). Raises DeviceError."""
        self._is_wanted = True
        found = self._find(device)
        with self._lock:
            if self._waiting is not None and self._is_well(self._waiting, found):
                return
            self._leave()
            if self._is_wanted:  # else it was closed meanwhile
                self._waiting = self._make(found)

    def take(self, device: InputDevice) -> Capture:
        """The waiting input, for a recorder, which closes it at its end; a new one where another is wanted or
        none waits. Raises DeviceError."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None and self._is_well(waiting, device):
            waiting.hand_over()
            return waiting
        if waiting is not None:
            waiting.close()
        return Capture(device)

    def close(self) -> None:
        """Let go of the microphone."""
        self._is_wanted = False
        with self._lock:
            self._leave()

    def _leave(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.close()

    @staticmethod
    def _is_well(waiting: WaitingCapture, device: InputDevice) -> bool:
        return waiting.device.id == device.id and waiting.why_lost() is None
