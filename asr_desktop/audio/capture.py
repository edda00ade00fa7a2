"""One opened input; its callback only copies and enqueues.

PortAudio calls it from a real-time thread that must not block, or sound is lost. Everything that can take
time (disks, devices, arithmetic) is done by the reader of `packets`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from asr_desktop.audio import pulse
from asr_desktop.audio.devices import InputDevice, close_stream, open_stream
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
