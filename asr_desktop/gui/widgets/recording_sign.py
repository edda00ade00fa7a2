"""The red sign in the side bar while something is recorded, whatever page is shown; a click stops it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.recording_clock import RecordingClock
from asr_desktop.gui.theme import ICON_PIXELS, Tokens, icon
from asr_desktop.gui.widgets.parts import ToolButton, restyled


class RecordingSign(ToolButton):
    """Hidden while nothing is recorded."""

    def __init__(self, context: AppContext, clock: RecordingClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._clock = clock
        restyled(self, role="recording")
        self.setIconSize(QSize(ICON_PIXELS, ICON_PIXELS))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda _checked=False: context.live.stop())
        clock.changed.connect(self._show)
        self._show(clock.text)

    def _show(self, time: str) -> None:
        if time:
            is_paused = self._clock.is_paused
            self.setIcon(icon("pause" if is_paused else "record", _red))
            self.setText(f"  {time}")
            name = (
                self.tr("Paused at {time}: click to stop")
                if is_paused
                else self.tr("Recording, {time}: click to stop")
            )
            self.setAccessibleName(name.format(time=time))
            key = self._context.shortcuts.text("live.record")
            stop = self.tr("Stop recording")
            self.setToolTip(f"{stop} ({key})" if key else stop)
        self.setVisible(bool(time))


def _red(look: Tokens) -> str:
    return look.recording
