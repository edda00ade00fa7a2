"""A microphone that is kept open between dictations, so that no first word is cut off.

Opening an input takes from a tenth of a second to two, and what is said meanwhile is lost. One that is open
already is handed over to the next recorder with its last second, in which the speaker may have begun.
Nothing of it is written anywhere before.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from asr_desktop.audio.capture import Capture
from asr_desktop.audio.devices import InputDevice, find_input

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
