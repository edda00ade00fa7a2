"""The list of microphones, which follows what is plugged in, and a level check of a microphone."""

from __future__ import annotations

import queue
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.audio.capture import Capture, Packet
from asr_desktop.audio.device_watcher import DeviceWatcher
from asr_desktop.audio.devices import InputDevice, find_input, list_inputs
from asr_desktop.audio.levels import level_of
from asr_desktop.gui import operations
from asr_desktop.gui.operations import Failure

# The list of microphones, updated in the background


class DeviceList(QObject):
    """Queries the sound system in a thread, as it may take a second; `changed`: `inputs` are different."""

    changed = Signal()
    _noticed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inputs: tuple[InputDevice, ...] = ()
        self.is_known = False
        """Whether the sound system has answered."""
        self.problem = ""
        """Why there is no microphone, if known."""
        self._watcher: DeviceWatcher | None = None
        self._is_closed = False
        self._noticed.connect(self._take)

    def look(self) -> None:
        """Query now, and watch for changes from then on."""
        if self._watcher is None:
            operations.run(self._watch).on_success(self._take).on_failure(self._fail)

    def close(self) -> None:
        self._is_closed = True
        if self._watcher is not None:
            self._watcher.close()

    def _watch(self) -> tuple[InputDevice, ...]:
        if self._watcher is None and not self._is_closed:
            self._watcher = DeviceWatcher(self._noticed.emit)
        return list_inputs()

    def _take(self, inputs: tuple[InputDevice, ...]) -> None:
        self.is_known, self.problem = True, ""
        self.inputs = inputs
        self.changed.emit()

    def _fail(self, failure: Failure) -> None:
        self.is_known, self.problem = True, failure.sentence
        self.inputs = ()
        self.changed.emit()


# The level of a microphone, without recording it

LOOKS_EVERY_MS = 50


class MicrophoneCheck(QObject):
    """`start` with a device id ("" for the default); `level` is emitted 20 times a second until `stop`."""

    level = Signal(object)
    """An audio.levels.Level."""
    problem = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._capture: Any = None
        self._wanted: str | None = None
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOKS_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def start(self, device: str) -> None:
        """Measure this microphone, in place of any other."""
        self.stop()
        self._wanted = device
        operations.run(_open, device, self._turn).on_success(self._opened).on_failure(self._failed)

    def stop(self) -> None:
        self._wanted = None
        self._turn += 1
        self._timer.stop()
        capture, self._capture = self._capture, None
        if capture is not None:
            operations.run(capture.close)

    def _opened(self, opened: tuple[Any, int]) -> None:
        capture, turn = opened
        if turn != self._turn:
            operations.run(capture.close)  # another microphone was chosen in the meantime
            return
        self._capture = capture
        self._timer.start()

    def _failed(self, failure: Failure) -> None:
        if self._wanted is not None:
            self.problem.emit(failure.sentence)

    def _look(self) -> None:
        sound = []
        try:
            while True:
                packet = self._capture.packets.get_nowait()
                if isinstance(packet, Packet):
                    sound.append(packet.sound)
        except queue.Empty:
            pass
        if sound:
            import numpy as np  # imported here because the window starts without it

            self.level.emit(level_of(np.frombuffer(b"".join(sound), dtype=np.int16)))
        why = self._capture.why_lost()
        if why is not None:
            name = self._capture.device.name
            self.stop()
            self.problem.emit(self.tr("“{device}” {why}: choose another one.").format(device=name, why=why))


def _open(device: str, turn: int) -> tuple[Any, int]:
    return Capture(find_input(device or None)), turn
