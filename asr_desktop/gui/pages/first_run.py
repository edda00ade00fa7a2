"""The first run: choose a microphone, check its level, say a sentence."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from asr_desktop.audio.levels import Level
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.microphones import MicrophoneCheck
from asr_desktop.gui.theme import SPACE, icon
from asr_desktop.gui.widgets.choice_box import DeviceBox
from asr_desktop.gui.widgets.level_meter import LevelMeter
from asr_desktop.gui.widgets.parts import Card, button, label, row

CARD_PIXELS = 540
HEARD_DBFS = -45.0
"""Level of a voice near the microphone; an empty room is below it."""
HEARD_TIMES = 6
"""Consecutive 50 ms levels that must be above it, so a short noise does not count as a voice."""


class FirstRun(QWidget):
    """Emits `done` with True if the user wants to start recording now, with False if not."""

    done = Signal(bool)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._loud_looks = 0
        self.check = MicrophoneCheck(self)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        card = Card()
        card.setFixedWidth(CARD_PIXELS)
        card.body.setContentsMargins(5 * SPACE, 4 * SPACE, 5 * SPACE, 4 * SPACE)
        card.body.setSpacing(2 * SPACE)
        mark = QLabel()
        mark.setPixmap(icon("app").pixmap(QSize(56, 56), self.devicePixelRatio()))
        mark.setFixedSize(56, 56)
        card.body.addWidget(mark)
        card.body.addWidget(label(self.tr("Welcome"), "title"))
        card.body.addWidget(
            label(
                self.tr(
                    "You speak, the program writes, and nothing leaves this computer. A small English "
                    "model is included: of clear speech it gets about one word in ten wrong, in noise "
                    "more. Larger models with fewer errors, and other languages, are on the Models page."
                ),
                "muted",
                wrap=True,
            )
        )
        choose = label(self.tr("Which microphone do you use?"), "heading")
        self.device_box = DeviceBox(context)
        self.device_box.setMaximumWidth(10_000)
        choose.setBuddy(self.device_box)
        card.body.addWidget(choose)
        card.body.addWidget(self.device_box)
        self.meter = LevelMeter()
        card.body.addWidget(self.meter)
        self.verdict = label(self.tr("Say something: the bar moves with your voice."), "muted", wrap=True)
        card.body.addWidget(self.verdict)
        card.body.addSpacing(SPACE)
        self.later_button = button(self.tr("Not now"), kind="quiet", on_click=lambda: self._end(False))
        self.start_button = button(
            self.tr("Record a first sentence"),
            "microphone",
            kind="primary",
            tip=self.tr("Start recording; press the red button when you are done"),
            on_click=lambda: self._end(True),
        )
        card.body.addLayout(row(self.later_button, None, self.start_button))
        outer.addLayout(row(None, card, None))
        outer.addStretch(3)
        self.check.level.connect(self._hear)
        self.check.problem.connect(self.verdict.setText)
        self.device_box.activated.connect(lambda _: self._listen())
        context.devices.changed.connect(self._devices_changed)

    def showEvent(self, event: QShowEvent) -> None:
        if self.context.devices.is_known:
            self._devices_changed()
        self.start_button.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        self.check.stop()

    def _devices_changed(self) -> None:
        if not self.isVisible():
            return
        devices = self.context.devices
        self.start_button.setEnabled(bool(devices.inputs))
        if devices.inputs:
            self._listen()
        else:
            self.verdict.setText(
                devices.problem
                or self.tr(
                    "No microphone was found: plug one in, or continue without one and "
                    "transcribe audio files."
                )
            )

    def _listen(self) -> None:
        self._loud_looks = 0
        self.verdict.setText(self.tr("Say something: the bar moves with your voice."))
        self.check.start(self.context.settings.device)

    def _hear(self, level: Level) -> None:
        self.meter.set_level(level)
        if level.rms_dbfs > HEARD_DBFS:
            self._loud_looks += 1
            if self._loud_looks == HEARD_TIMES:
                self.verdict.setText(self.tr("The microphone works."))

    def _end(self, wants_to_speak: bool) -> None:
        self.check.stop()
        self.context.change_settings(has_been_welcomed=True)
        self.done.emit(wants_to_speak)
