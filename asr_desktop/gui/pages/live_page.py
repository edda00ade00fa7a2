"""Live: record speech and show its text as it is recognised."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QStackedLayout, QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import SPEAKERS, LiveState
from asr_desktop.gui.pages import Page
from asr_desktop.gui.theme import SPACE, icon
from asr_desktop.gui.widgets.caption_view import CaptionView
from asr_desktop.gui.widgets.choice_box import DeviceBox, ModelBox
from asr_desktop.gui.widgets.columns import TwoColumns
from asr_desktop.gui.widgets.hotword_box import HotwordBox
from asr_desktop.gui.widgets.live_status import LiveEnd, LiveStatus
from asr_desktop.gui.widgets.parts import Card, button, closing_question, icon_button, is_agreed, label, row
from asr_desktop.gui.widgets.record_button import RecordButton
from asr_desktop.recognition.live_events import Final, Lag, Partial, Rewritten, SpeakersHeard

CLOSING_WAITS_MS = 5000
"""How long a closing window waits for the last words; missing ones are offered at the next start."""


class LivePage(Page):
    """A record button, and captions while the user speaks."""

    title = "Live"
    icon_name = "microphone"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.live = context.live
        self._closes_when_done = False
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
        self._bind_keys()
        self.live.state_changed.connect(self._show_state)
        self.live.heard.connect(self._hear)
        self.live.taken_back.connect(self.captions.take_back)
        self.live.marked.connect(self._show_marker)
        self.live.began.connect(self._begin)
        self.live.ended.connect(self._ended)
        self.setFocusProxy(self.record_button)
        context.overlay.toggled.connect(self.overlay_button.setChecked)
        self.overlay_button.setChecked(context.overlay.isVisible())

    def is_busy(self) -> bool:
        """Whether a recording is running."""
        return self.live.state is not LiveState.IDLE

    def take_over(self, former: LivePage) -> None:
        """Take over the text of the former page, and the question what to do with its recording."""
        self.captions.take_over(former.captions)
        self.end.take_over(former.end)
        self._show_empty()

    def can_close(self) -> bool:
        """Asks while recording; the window then closes as soon as the recording is saved."""
        if self.live.state is LiveState.IDLE:
            self.end.settle()
            return True
        if self.live.is_recording and not is_agreed(self.closing_question()):
            return False
        self._closes_when_done = True
        self.live.stop()
        QTimer.singleShot(CLOSING_WAITS_MS, self, self.live.finish_soon)
        return False

    def closing_question(self) -> QMessageBox:
        """The question asked while recording; its first button stops and closes."""
        return closing_question(
            self,
            title=self.tr("Recording in progress"),
            question=self.tr("Stop the recording and close?"),
            consequence=self.tr("What you have said so far is kept in the Library."),
            close=self.tr("Stop and close"),
            stay=self.tr("Continue recording"),
        )

    def message_inset(self) -> int:
        """Height in pixels of the question about the last recording; messages are shown above it."""
        return 2 * SPACE + (self.end.height() + 2 * SPACE if self.end.isVisible() else 0)

    def cover_foot(self, pixels: int) -> None:
        """Set how many pixels of the foot are covered by messages, so the newest line stays above them."""
        end_of_captions = self.captions.mapTo(self, self.captions.rect().bottomLeft()).y()
        self.captions.cover_foot(max(0, end_of_captions - (self.height() - pixels)))

    # Building the page

    def _make_controls(self) -> Card:
        card = Card()
        self.record_button = RecordButton()
        self.record_button.clicked.connect(self.live.toggle)
        self.status = LiveStatus(self.context)
        self.pause_button = button(self.tr("Pause"), "pause", on_click=self._toggle_pause)
        self.pause_button.setCheckable(True)
        self.marker_button = button(self.tr("Marker"), "flag", on_click=self.live.mark)
        self.copy_button = icon_button("copy", self.tr("Copy text"), on_click=self._copy)
        self.speakers_button = icon_button(
            "person",
            self.tr("Tell speakers apart"),
            tip=self.tr("Tell speakers apart: from the next recording on, names stand before what is said"),
        )
        self.speakers_button.setCheckable(True)
        self.speakers_button.setChecked(self.context.recall(SPEAKERS, False))
        self.speakers_button.toggled.connect(lambda wanted: self.context.remember(SPEAKERS, wanted))
        self.overlay_button = icon_button("overlay", self.tr("Captions over other windows"))
        self.overlay_button.setCheckable(True)
        self.overlay_button.toggled.connect(self._show_overlay)
        line = QHBoxLayout()
        line.setSpacing(2 * SPACE)
        line.addWidget(self.record_button)
        line.addWidget(self.status, 1)
        line.addLayout(
            row(
                self.pause_button,
                self.marker_button,
                self.speakers_button,
                self.copy_button,
                self.overlay_button,
            )
        )
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
        card.body.addLayout(self._stack)  # before its widgets: without a parent they would open as windows
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.captions)
        return card

    def _bind_keys(self) -> None:
        keys = self.context.shortcuts
        keys.bind("live.pause", self, self._toggle_pause)
        keys.bind("live.marker", self, self.live.mark)
        keys.bind("live.overlay", self, self.overlay_button.toggle)
        self.context.settings_changed.connect(self._show_keys)
        self._show_keys()

    def _show_keys(self) -> None:
        keys = self.context.shortcuts
        pause = self.tr("Pause or resume ({key})").format(key=keys.text("live.pause"))
        self.pause_button.setToolTip(pause)
        marker = self.tr("Add marker ({key})").format(key=keys.text("live.marker"))
        self.marker_button.setToolTip(marker)
        overlay = self.tr("Captions over other windows ({key})").format(key=keys.text("live.overlay"))
        self.overlay_button.setToolTip(overlay)
        self._show_state(self.live.state)

    # Events

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
        self.speakers_button.setEnabled(state is LiveState.IDLE)
        self.status.show_state()
        self._show_empty()

    def _show_empty(self) -> None:
        if self.captions.is_empty:
            if self.live.state is LiveState.STARTING:
                text = self.tr("Wait until the clock starts: what you say now may be lost.")
            elif self.live.is_recording:
                text = self.tr("Listening…") if self.live.state is LiveState.LISTENING else ""
            else:
                text = self.tr(
                    "Your words appear here as you speak. Words the program is unsure of are coloured "
                    "and have a dotted underline."
                )
            self.empty.setText(text)
        self._stack.setCurrentWidget(self.empty if self.captions.is_empty else self.captions)
        self.copy_button.setEnabled(not self.captions.is_empty)

    def _hear(self, event: Partial | Final | Rewritten | SpeakersHeard | Lag) -> None:
        match event:
            case Partial():
                self.captions.show_partial(event)
            case Final():
                self.captions.show_final(event)
            case Rewritten():
                self.captions.show_rewritten(event)
            case SpeakersHeard():
                self.captions.show_speakers(event)
        self._show_empty()

    def _show_marker(self, at_seconds: float) -> None:
        self.captions.show_marker(at_seconds)
        self._show_empty()

    def _begin(self) -> None:
        self.end.settle()
        self.captions.clear_captions()
        self._show_empty()

    def _ended(self, entry_id: int, seconds: float) -> None:
        self._show_empty()
        if self._closes_when_done:
            self._closes_when_done = False
            self.window().close()
        elif entry_id:
            self.end.ask(entry_id, seconds)

    def _toggle_pause(self) -> None:
        self.live.toggle_pause()
        self._show_pause(self.live.state is LiveState.PAUSED)

    def _give_way(self, is_narrow: bool) -> None:
        """In a narrow window, leave more space for the captions."""
        self.marker_button.setText("" if is_narrow else self.marker_button.accessibleName())
        self._show_pause(self.live.state is LiveState.PAUSED)
        self.end.give_way(is_narrow)

    def _show_pause(self, is_paused: bool) -> None:
        self.pause_button.setChecked(is_paused)
        name = self.tr("Continue") if is_paused else self.tr("Pause")
        self.pause_button.setAccessibleName(name)
        self.pause_button.setText("" if self.columns.is_narrow else name)
        self.pause_button.setIcon(icon("play" if is_paused else "pause"))

    def _copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(self.captions.text())
        self.context.show_message.emit(self.tr("Text copied."), "info", "")

    def _show_overlay(self, wanted: bool) -> None:
        overlay = self.context.overlay
        if wanted != overlay.isVisible():
            if wanted:
                overlay.show_at_its_place()
            else:
                overlay.put_away()
