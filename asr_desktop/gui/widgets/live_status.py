"""What a recording is doing: in words, how loud it is, and how far the text is behind."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.caption_view import clock
from asr_desktop.gui.widgets.level_meter import LevelMeter
from asr_desktop.gui.widgets.parts import label, row
from asr_desktop.recognition.live_events import Final, Lag, Partial, Rewritten

METER_EVERY_MS = 50


class LiveStatus(QWidget):
    """Follows what the context's LiveController tells of sound and text."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.live = context.live
        self._model_is_loading = False
        self.title = label("", "title")
        self.hint = label("", "muted", wrap=True)
        self.meter = LevelMeter()
        self.meter.setMinimumWidth(80)
        self.meter.setMaximumWidth(280)
        self.lag = label("", "small", wrap=True)
        self.lag.setAccessibleName(self.tr("Text delay"))
        self._meter_row = QWidget()
        meter_row = row(self.meter, self.lag, spacing=2 * SPACE)
        meter_row.setStretch(0, 1)
        meter_row.setStretch(1, 1)
        meter_row.setContentsMargins(0, SPACE // 2, 0, 0)
        self._meter_row.setLayout(meter_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addWidget(self._meter_row)
        column.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(METER_EVERY_MS)
        self._timer.timeout.connect(self._tick)
        self.live.heard.connect(self._hear)
        self.live.model_ready.connect(self._model_ready)
        self.live.began.connect(self._begin)
        self.live.ended.connect(self._ended)

    def show_state(self) -> None:
        """What the recording does now; the page says when that is something else, or said by other keys."""
        self._meter_row.setVisible(self.live.is_recording)
        if self.live.is_recording:
            self._timer.start()
        else:
            self._timer.stop()
        self._show_words()

    def _show_words(self) -> None:
        state = self.live.state
        match state:
            case LiveState.IDLE:
                key = self.context.shortcuts.text("live.record")
                said = (self.tr("Ready"), self.tr("Press the button or {key}, and speak.").format(key=key))
            case LiveState.STARTING:
                said = (self.tr("Starting…"), self.tr("Opening the microphone."))
            case LiveState.LISTENING:
                said = (clock(self.live.recorded_seconds), "")
            case LiveState.PAUSED:
                said = (clock(self.live.recorded_seconds), self.tr("Paused; nothing is being recorded."))
            case LiveState.FINISHING:
                said = (self.tr("Finishing…"), self.tr("Transcribing the last words."))
        if state is LiveState.LISTENING and self._model_is_loading:
            said = (said[0], self.tr("Recording. The model is still loading; the text will follow."))
        self.title.setText(said[0])
        self.hint.setText(said[1])
        self.hint.setVisible(bool(said[1]))

    def _tick(self) -> None:
        self.meter.set_level(self.live.level)
        if self.live.state is LiveState.LISTENING:
            self.title.setText(clock(self.live.recorded_seconds))

    def _hear(self, event: Partial | Final | Rewritten | Lag) -> None:
        if isinstance(event, Lag):
            self._show_lag(event.seconds)

    def _show_lag(self, seconds: float) -> None:
        self.lag.setText(
            self.tr("The text is {seconds:.0f} s behind; nothing is lost.").format(seconds=seconds)
            if seconds
            else ""
        )

    def _begin(self) -> None:
        self._model_is_loading = True
        self._show_lag(0.0)

    def _model_ready(self) -> None:
        self._model_is_loading = False
        self._show_words()

    def _ended(self, entry_id: int, seconds: float) -> None:
        self._show_lag(0.0)
