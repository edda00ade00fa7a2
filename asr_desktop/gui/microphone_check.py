"""Listening to a microphone without recording it: only how loud it is."""

from __future__ import annotations

import queue
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.audio.capture import Capture, Packet
from asr_desktop.audio.devices import find_input
from asr_desktop.audio.levels import level_of
from asr_desktop.gui import operations
from asr_desktop.gui.operations import Failure

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
            self.level.emit(level_of(np.frombuffer(b"".join(sound), dtype=np.int16)))
        why = self._capture.why_lost()
        if why is not None:
            name = self._capture.device.name
            self.stop()
            self.problem.emit(self.tr("“{device}” {why}: choose another one.").format(device=name, why=why))


def _open(device: str, turn: int) -> tuple[Any, int]:
    return Capture(find_input(device or None)), turn
