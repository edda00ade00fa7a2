"""The microphones: a list that follows what is plugged in, and a look at whether one is heard."""

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

# The microphones that there are, kept up to date behind the window


class DeviceList(QObject):
    """Asks the sound system in a thread, as that may take a second; `changed` tells of other `inputs`."""

    changed = Signal()
    _noticed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inputs: tuple[InputDevice, ...] = ()
        self.is_known = False
        """Whether the sound system has answered."""
        self.problem = ""
        """Why there is none, where that is known."""
        self._watcher: DeviceWatcher | None = None
        self._is_closed = False
        self._noticed.connect(self._take)

    def look(self) -> None:
        """Ask now, and watch from then on."""
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


# Listening to a microphone without recording it: only how loud it is

LOOKS_EVERY_MS = 50


class MicrophoneCheck(QObject):
    """`start` with a device's id ("" for the default), `level` twenty times a second, `stop`."""

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
        """Listens to this one instead of any other."""
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
            operations.run(capture.close)  # another was chosen meanwhile
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
            import numpy as np  # here: the window starts without it

            self.level.emit(level_of(np.frombuffer(b"".join(sound), dtype=np.int16)))
        why = self._capture.why_lost()
        if why is not None:
            name = self._capture.device.name
            self.stop()
            self.problem.emit(self.tr("“{device}” {why}: choose another one.").format(device=name, why=why))


def _open(device: str, turn: int) -> tuple[Any, int]:
    return Capture(find_input(device or None)), turn
