"""The playback bar below the waveform: play and pause, skip, speed, repeat."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from asr_desktop.base.clock import clock_in_tenths
from asr_desktop.gui.theme import SPACE, icon
from asr_desktop.gui.widgets.parts import ComboBox, button, icon_button

SPEEDS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)


class PlaybackBar(QWidget):
    """Emits the user's commands and shows the state; the page carries the commands out."""

    play_wanted = Signal()
    back_wanted = Signal()
    on_wanted = Signal()
    time_wanted = Signal()
    """The position was clicked, to enter another one."""
    speed_wanted = Signal(float)
    loop_wanted = Signal(bool)
    follow_wanted = Signal(bool)
    zoom_in_wanted = Signal()
    zoom_out_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back = icon_button("seek-back", self.tr("Skip back"), on_click=self.back_wanted.emit)
        self.play = icon_button("play", self.tr("Play"), on_click=self.play_wanted.emit)
        self.on = icon_button("seek-forward", self.tr("Skip forward"), on_click=self.on_wanted.emit)
        self.position = button("0:00:00", kind="flat", on_click=self.time_wanted.emit)
        self.position.setAccessibleName(self.tr("Position"))
        self.position.setMinimumWidth(self.fontMetrics().horizontalAdvance("0:00:00.0 / 0:00:00") + 2 * SPACE)
        self.speed = ComboBox()
        self.speed.setAccessibleName(self.tr("Speed"))
        for speed in SPEEDS:
            self.speed.addItem(f"{QLocale().toString(speed, 'g', 3)} ×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(lambda index: self.speed_wanted.emit(SPEEDS[index]))
        self.loop = self._toggle("loop", self.tr("Repeat segment"))
        self.loop.toggled.connect(self.loop_wanted)
        self.follow = self._toggle("link", self.tr("Follow playback"))
        self.follow.setChecked(True)
        self.follow.toggled.connect(self.follow_wanted)
        zoom_out = icon_button("zoom-out", self.tr("Zoom out"), on_click=self.zoom_out_wanted.emit)
        zoom_in = icon_button("zoom-in", self.tr("Zoom in"), on_click=self.zoom_in_wanted.emit)
        self.zoom_out, self.zoom_in = zoom_out, zoom_in
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        for part in (self.back, self.play, self.on):
            layout.addWidget(part)
        layout.addSpacing(SPACE)
        layout.addWidget(self.position)
        layout.addSpacing(SPACE)
        layout.addWidget(self.speed)
        layout.addSpacing(SPACE)
        layout.addWidget(self.loop)
        layout.addWidget(self.follow)
        layout.addStretch(1)
        layout.addWidget(zoom_out)
        layout.addWidget(zoom_in)

    def _toggle(self, icon_name: str, name: str) -> QToolButton:
        made = icon_button(icon_name, name)
        made.setCheckable(True)
        return made

    def show_playing(self, is_playing: bool) -> None:
        name = self.tr("Pause") if is_playing else self.tr("Play")
        if self.play.accessibleName() != name:
            self.play.setIcon(icon("pause" if is_playing else "play"))
            self.play.setAccessibleName(name)

    def show_position(self, seconds: float, duration_seconds: float) -> None:
        text = f"{_tenths(seconds)} / {_tenths(duration_seconds)[:-2]}"
        if self.position.text() != text:
            self.position.setText(text)

    def position_text(self) -> str:
        """The position, as "0:12:09"."""
        return self.position.text().split(".")[0]

    def show_speed(self, speed: float) -> None:
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - speed))
        self.speed.setCurrentIndex(nearest)

    def show_loop(self, is_on: bool) -> None:
        self.loop.blockSignals(True)
        self.loop.setChecked(is_on)
        self.loop.blockSignals(False)

    def set_tips(self, tips: dict[str, str]) -> None:
        """Set tooltips with keys, for: back, play, on, speed, loop, zoom_in, zoom_out, go_to_time."""
        parts: dict[str, QWidget] = {
            "back": self.back,
            "play": self.play,
            "on": self.on,
            "speed": self.speed,
            "loop": self.loop,
            "zoom_in": self.zoom_in,
            "zoom_out": self.zoom_out,
            "go_to_time": self.position,
        }
        for name, tip in tips.items():
            parts[name].setToolTip(tip)

    def set_sound(self, has_sound: bool) -> None:
        """Enable the controls if there is sound."""
        for part in (self.back, self.play, self.on, self.speed, self.loop, self.follow):
            part.setEnabled(has_sound)


def _tenths(seconds: float) -> str:
    return clock_in_tenths(int(max(0.0, seconds) * 10))
