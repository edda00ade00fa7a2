"""That a recording goes on, and for how long: for the side bar, the window's title and the tray."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.widgets.caption_view import clock

LOOKS_EVERY_MS = 200


class RecordingClock(QObject):
    """Follows the context's recording."""

    changed = Signal(str)
    """The time, such as "0:42", or "" when nothing is recorded."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = context.live
        self.text = ""
        self._timer = QTimer(self, interval=LOOKS_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._live.state_changed.connect(self._look)
        self._look()

    @property
    def is_paused(self) -> bool:
        return self._live.state is LiveState.PAUSED

    def _look(self, _state: object = None) -> None:
        is_recording = self._live.is_recording
        if is_recording != self._timer.isActive():
            self._timer.start() if is_recording else self._timer.stop()
        text = clock(self._live.recorded_seconds) if is_recording else ""
        if text != self.text or _state is not None:
            self.text = text
            self.changed.emit(text)
