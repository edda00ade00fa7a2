"""Live: speak, and see the text come."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QStackedLayout, QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.theme import SPACE, icon
from asr_desktop.gui.widgets.caption_view import CaptionView, clock
from asr_desktop.gui.widgets.choice_box import DeviceBox, ModelBox
from asr_desktop.gui.widgets.hotword_box import HotwordBox
from asr_desktop.gui.widgets.level_meter import LevelMeter
from asr_desktop.gui.widgets.live_end import LiveEnd
from asr_desktop.gui.widgets.parts import Card, button, icon_button, label, row
from asr_desktop.gui.widgets.record_button import RecordButton
from asr_desktop.gui.widgets.two_columns import TwoColumns
from asr_desktop.recognition.live_events import Final, Lag, Partial

METER_EVERY_MS = 50
CLOSING_WAITS_MS = 5000
"""So long a window that closes waits for the last words; what is missing then, the next start offers."""


class LivePage(QWidget):
    """One large button; captions while you speak."""

    title = "Live"
    icon_name = "microphone"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.live = context.live
        self._closes_when_done = False
        self._model_is_loading = False
        self._lag_seconds = 0.0
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        outer.setSpacing(2 * SPACE)
        self.hotwords = HotwordBox(context)
        self.columns = TwoColumns(self._make_captions(), self.hotwords, "tag", self.tr("Names and phrases"))
        outer.addWidget(self._make_controls())
        outer.addWidget(self.columns, 1)
        self.columns.narrowed.connect(self._give_way)
        self.end = LiveEnd(context)
        outer.addWidget(self.end)
        self._timer = QTimer(self)
        self._timer.setInterval(METER_EVERY_MS)
        self._timer.timeout.connect(self._tick)
        self._bind_keys()
        self.live.state_changed.connect(self._show_state)
        self.live.heard.connect(self._hear)
        self.live.taken_back.connect(self.captions.take_back)
        self.live.marked.connect(self._show_marker)
        self.live.model_ready.connect(self._model_ready)
        self.live.began.connect(self._begin)
        self.live.ended.connect(self._ended)
        self.setFocusProxy(self.record_button)
        context.overlay.toggled.connect(self.overlay_button.setChecked)
        self.overlay_button.setChecked(context.overlay.isVisible())

    def is_busy(self) -> bool:
        """Whether a recording goes on."""
        return self.live.state is not LiveState.IDLE

    def take_over(self, former: LivePage) -> None:
        """In the place of another page: what was said last, and what is to become of it."""
        self.captions.take_over(former.captions)
        self.end.take_over(former.end)
        self._show_empty()

    def can_close(self) -> bool:
        """Asks while something is recorded; then the window closes as soon as all is safe."""
        if self.live.state is LiveState.IDLE:
            self.end.settle()
            return True
        if self.live.is_recording and not self._asked_to_stop():
            return False
        self._closes_when_done = True
        self.live.stop()
        QTimer.singleShot(CLOSING_WAITS_MS, self, self.live.finish_soon)
        return False

    def closing_question(self) -> QMessageBox:
        """Put while something is recorded; its first button stops and closes."""
        box = QMessageBox(self.window())
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("A recording goes on"))
        box.setText(self.tr("Stop the recording and close?"))
        box.setInformativeText(self.tr("What you said so far is kept in the library."))
        stop = box.addButton(self.tr("Stop and close"), QMessageBox.ButtonRole.AcceptRole)
        go_on = box.addButton(self.tr("Go on recording"), QMessageBox.ButtonRole.RejectRole)
        stop.setProperty("kind", "primary")
        box.setDefaultButton(stop)
        box.setEscapeButton(go_on)
        return box

    def _asked_to_stop(self) -> bool:
        box = self.closing_question()
        box.exec()
        return box.buttonRole(box.clickedButton()) is QMessageBox.ButtonRole.AcceptRole

    # What it is made of

    def _make_controls(self) -> Card:
        card = Card()
        self.record_button = RecordButton()
        self.record_button.clicked.connect(self.live.toggle)
        self.status = label("", "title")
        self.hint = label("", "muted", wrap=True)
        self.meter = LevelMeter()
        self.meter.setMinimumWidth(80)
        self.meter.setMaximumWidth(280)
        self.lag = label("", "small", wrap=True)
        self.lag.setAccessibleName(self.tr("How far the text is behind"))
        self.pause_button = button(self.tr("Pause"), "pause", on_click=self._toggle_pause)
        self.pause_button.setCheckable(True)
        self.marker_button = button(self.tr("Marker"), "flag", on_click=self.live.mark)
        self.copy_button = icon_button("copy", self.tr("Copy the text"), on_click=self._copy)
        self.overlay_button = icon_button("overlay", self.tr("Captions over other windows"))
        self.overlay_button.setCheckable(True)
        self.overlay_button.toggled.connect(self._show_overlay)
        words = QVBoxLayout()
        words.setSpacing(SPACE // 2)
        words.addStretch(1)
        words.addWidget(self.status)
        words.addWidget(self.hint)
        self._meter_row = QWidget()
        meter_row = row(self.meter, self.lag, spacing=2 * SPACE)
        meter_row.setStretch(0, 1)
        meter_row.setStretch(1, 1)
        meter_row.setContentsMargins(0, SPACE // 2, 0, 0)
        self._meter_row.setLayout(meter_row)
        words.addWidget(self._meter_row)
        words.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(2 * SPACE)
        line.addWidget(self.record_button)
        line.addLayout(words, 1)
        line.addLayout(row(self.pause_button, self.marker_button, self.copy_button, self.overlay_button))
        card.body.addLayout(line)
        self.device_box = DeviceBox(self.context)
        self.model_box = ModelBox(self.context)
        microphone, model = label(self.tr("Microphone"), "muted"), label(self.tr("Language"), "muted")
        microphone.setBuddy(self.device_box)
        model.setBuddy(self.model_box)
        choices = QHBoxLayout()
        choices.setSpacing(SPACE)
        choices.addWidget(microphone)
        choices.addWidget(self.device_box, 3)
        choices.addSpacing(2 * SPACE)
        choices.addWidget(model)
        choices.addWidget(self.model_box, 2)
        choices.addStretch(1)
        choices.addWidget(self.columns.toggle)
        card.body.addLayout(choices)
        return card

    def _make_captions(self) -> Card:
        card = Card()
        card.body.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        self.captions = CaptionView()
        self.empty = label("", "muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(6 * SPACE, 0, 6 * SPACE, 0)
        self._stack = QStackedLayout()
        card.body.addLayout(self._stack)  # first: it shows what is added, which would be a window by itself
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.captions)
        return card

    def _bind_keys(self) -> None:
        keys = self.context.shortcuts
        keys.bind("live.record", self.tr("Start and stop"), "F9", self, self.live.toggle)
        keys.bind("live.pause", self.tr("Pause and go on"), "F8", self, self._toggle_pause)
        keys.bind("live.marker", self.tr("Set a marker"), "F7", self, self.live.mark)
        keys.bind(
            "live.overlay", self.tr("Captions over other windows"), "F6", self, self.overlay_button.toggle
        )
        self.context.settings_changed.connect(self._show_keys)
        self._show_keys()

    def _show_keys(self) -> None:
        keys = self.context.shortcuts
        pause = self.tr("Pause and go on ({key})").format(key=keys.text("live.pause"))
        self.pause_button.setToolTip(pause)
        marker = self.tr("Remember this moment ({key})").format(key=keys.text("live.marker"))
        self.marker_button.setToolTip(marker)
        overlay = self.tr("Captions over other windows ({key})").format(key=keys.text("live.overlay"))
        self.overlay_button.setToolTip(overlay)
        self._show_state(self.live.state)

    # What happens

    def _show_state(self, state: LiveState) -> None:
        recording = self.live.is_recording
        key = self.context.shortcuts.text("live.record")
        name = self.tr("Stop") if recording else self.tr("Start speaking")
        self.record_button.set_recording(recording, name, f"{name} ({key})" if key else name)
        self.record_button.setEnabled(state is not LiveState.FINISHING)
        self.pause_button.setEnabled(state in (LiveState.LISTENING, LiveState.PAUSED))
        self._show_pause(state is LiveState.PAUSED)
        self.marker_button.setEnabled(recording)
        self.model_box.setEnabled(state is LiveState.IDLE)
        self._meter_row.setVisible(recording)
        if recording:
            self._timer.start()
        else:
            self._timer.stop()
        self._show_words(state)
        self._show_empty()

    def _show_words(self, state: LiveState) -> None:
        key = self.context.shortcuts.text("live.record")
        match state:
            case LiveState.IDLE:
                said = (self.tr("Ready"), self.tr("Press the button or {key}, and speak.").format(key=key))
            case LiveState.STARTING:
                said = (self.tr("One moment …"), self.tr("The microphone is being opened."))
            case LiveState.LISTENING:
                said = (clock(self.live.recorded_seconds), "")
            case LiveState.PAUSED:
                said = (clock(self.live.recorded_seconds), self.tr("Paused; nothing is recorded."))
            case LiveState.FINISHING:
                said = (self.tr("Finishing …"), self.tr("The last words are being written down."))
        if state is LiveState.LISTENING and self._model_is_loading:
            said = (said[0], self.tr("Recording. The model is still being loaded; the text follows."))
        self.status.setText(said[0])
        self.hint.setText(said[1])
        self.hint.setVisible(bool(said[1]))

    def _show_empty(self) -> None:
        if self.captions.is_empty:
            if self.live.state is LiveState.STARTING:
                text = self.tr("Wait for the clock: what you say now may be lost.")
            elif self.live.is_recording:
                text = self.tr("Listening …") if self.live.state is LiveState.LISTENING else ""
            else:
                text = self.tr(
                    "What you say appears here while you say it. Words that the program is unsure of are "
                    "coloured and underlined with dots."
                )
            self.empty.setText(text)
        self._stack.setCurrentWidget(self.empty if self.captions.is_empty else self.captions)
        self.copy_button.setEnabled(not self.captions.is_empty)

    def _tick(self) -> None:
        self.meter.set_level(self.live.level)
        if self.live.state is LiveState.LISTENING:
            self.status.setText(clock(self.live.recorded_seconds))

    def _hear(self, event: Partial | Final | Lag) -> None:
        match event:
            case Partial():
                self.captions.show_partial(event)
            case Final():
                self.captions.show_final(event)
            case Lag(seconds):
                self._show_lag(seconds)
                return
        self._show_empty()

    def _show_lag(self, seconds: float) -> None:
        self._lag_seconds = seconds
        self.lag.setText(
            self.tr("The text is {seconds:.0f} s behind; nothing is lost.").format(seconds=seconds)
            if seconds
            else ""
        )

    def _show_marker(self, at_seconds: float) -> None:
        self.captions.show_marker(at_seconds)
        self._show_empty()

    def _begin(self) -> None:
        self.end.settle()
        self._model_is_loading = True
        self._show_lag(0.0)
        self.captions.clear_captions()
        self._show_empty()

    def _model_ready(self) -> None:
        self._model_is_loading = False
        self._show_words(self.live.state)

    def _ended(self, entry_id: int, seconds: float) -> None:
        self._show_lag(0.0)
        self._show_empty()
        if self._closes_when_done:
            self._closes_when_done = False
            self.window().close()
        elif entry_id:
            self.end.ask(entry_id, seconds)

    def _toggle_pause(self) -> None:
        self.live.set_paused(self.live.state is LiveState.LISTENING)
        self._show_pause(self.live.state is LiveState.PAUSED)

    def _give_way(self, is_narrow: bool) -> None:
        """In a narrow window: the room is for what is said."""
        self.marker_button.setText("" if is_narrow else self.marker_button.accessibleName())
        self._show_pause(self.live.state is LiveState.PAUSED)
        self.end.give_way(is_narrow)

    def _show_pause(self, is_paused: bool) -> None:
        self.pause_button.setChecked(is_paused)
        name = self.tr("Go on") if is_paused else self.tr("Pause")
        self.pause_button.setAccessibleName(name)
        self.pause_button.setText("" if self.columns.is_narrow else name)
        self.pause_button.setIcon(icon("play" if is_paused else "pause"))

    def _copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(self.captions.text())
        self.context.show_message.emit(self.tr("The text was copied."), "info", "")

    def _show_overlay(self, wanted: bool) -> None:
        overlay = self.context.overlay
        if wanted != overlay.isVisible():
            if wanted:
                overlay.show_at_its_place()
            else:
                overlay.put_away()
