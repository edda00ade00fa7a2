"""Status of a recording: its state in words, the level, and how far the text lags behind."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from asr_desktop.base.clock import position
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import RECORDING, LiveState
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.level_meter import LevelMeter
from asr_desktop.gui.widgets.parts import button, label, row
from asr_desktop.recognition.live_events import Final, Lag, Partial, Rewritten

METER_EVERY_MS = 50


class LiveStatus(QWidget):
    """Follows the signals of the context's LiveController."""

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
        """Update the text; called by the page when the state or a key in it has changed."""
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
                said = (position(self.live.recorded_seconds), "")
            case LiveState.PAUSED:
                said = (position(self.live.recorded_seconds), self.tr("Paused; nothing is being recorded."))
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
            self.title.setText(position(self.live.recorded_seconds))

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


# After a recording: it is already stored, and can be named, opened or discarded


class LiveEnd(QFrame):
    """A bar for one library entry; `done` is emitted when the user has decided."""

    done = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._entry_id = 0
        self._seconds = 0.0
        self.setProperty("role", "message")
        self.setProperty("kind", "info")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        self._sentence = label("", wrap=False)
        layout.addWidget(self._sentence)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Name it"))
        self.name.setAccessibleName(self.tr("Name of the recording"))
        self.name.returnPressed.connect(self.keep)
        layout.addWidget(self.name, 1)
        self.discard_button = button(
            self.tr("Discard"),
            "trash",
            kind="flat",
            tip=self.tr("Move it to the bin; you can restore it from there"),
            on_click=self.discard,
        )
        self.open_button = button(
            self.tr("Edit"), "editor", tip=self.tr("Open in Editor"), on_click=self.open
        )
        self.keep_button = button(
            self.tr("Keep"),
            "check",
            kind="primary",
            tip=self.tr("Keep it in the Library"),
            on_click=self.keep,
        )
        for part in (self.discard_button, self.open_button, self.keep_button):
            layout.addWidget(part)
        self.hide()

    def ask(self, entry_id: int, seconds: float) -> None:
        """Show the bar for the recording that has just ended."""
        self._entry_id, self._seconds = entry_id, seconds
        self._sentence.setText(self.tr("{length} recorded.").format(length=position(seconds)))
        self.name.clear()
        self.show()
        if self.isVisible():  # do not take the focus from another page
            self.keep_button.setFocus()

    def take_over(self, former: LiveEnd) -> None:
        """Show the question of the former bar."""
        if former._entry_id:
            self.ask(former._entry_id, former._seconds)
            self.name.setText(former.name.text())

    def give_way(self, is_narrow: bool) -> None:
        """In a narrow window, show only icons on buttons, to leave space for the name."""
        self.discard_button.setText("" if is_narrow else self.discard_button.accessibleName())
        self._sentence.setVisible(not is_narrow)

    def settle(self) -> None:
        """Keep the recording if undecided: another one begins, or the window closes."""
        if self._entry_id:
            self.keep()

    def keep(self) -> None:
        name, entry_id = self.name.text().strip(), self._entry_id
        if name:
            self.context.run(self.context.library.rename, entry_id, name).on_success(self._library_changed)
        self._close()

    def discard(self) -> None:
        entry_id = self._entry_id
        self.context.run(self.context.library.delete, entry_id).on_success(
            lambda _: self._discarded(entry_id)
        )
        self._close()

    def open(self) -> None:
        entry_id = self._entry_id
        self.keep()
        self.context.open_transcript.emit(entry_id, 0.0)

    def _discarded(self, entry_id: int) -> None:
        self._library_changed()

        def restore() -> None:
            self.context.run(self.context.library.restore, entry_id).on_success(self._library_changed)

        self.context.notify.emit(
            Notice(
                self.tr("The recording was moved to the bin."),
                about=RECORDING,
                button=self.tr("Undo"),
                action=restore,
            )
        )

    def _library_changed(self, _: object = None) -> None:
        self.context.library_changed.emit()

    def _close(self) -> None:
        self._entry_id = 0
        focused, page = self.window().focusWidget(), self.parentWidget()
        if page is not None and focused is not None and self.isAncestorOf(focused):
            page.setFocus()  # rather than the next control
        self.hide()
        self.done.emit()
