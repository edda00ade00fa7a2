"""The microphones that there are, kept up to date behind the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from asr_desktop.audio.device_watcher import DeviceWatcher
from asr_desktop.audio.devices import InputDevice, list_inputs
from asr_desktop.gui import operations
from asr_desktop.gui.operations import Failure


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
