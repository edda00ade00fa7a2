"""A training as it goes: begin, pause, what it does now, how long it will take, and two plots."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QProgressBar

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import number_text
from asr_desktop.gui.voice_training import TrainingState
from asr_desktop.gui.widgets.kept_focus import take_turns
from asr_desktop.gui.widgets.parts import Card, button, label, row
from asr_desktop.gui.widgets.training_plot import TrainingPlot


class VoiceProgress(Card):
    """Shows what it is told; whoever made it connects the buttons."""

    def __init__(self) -> None:
        super().__init__(QCoreApplication.translate("VoiceProgress", "Teach the model your voice"))
        self.can_start = True
        self.is_paused = False
        self.body.addWidget(
            label(
                self.tr(
                    "The model trains on your sentences; some are set aside to measure the result. This "
                    "takes a while; you can pause at any time and continue later."
                ),
                "muted",
                wrap=True,
            )
        )
        self.start_button = button(
            self.tr("Start"), "train", kind="primary", tip=self.tr("Start or continue")
        )
        self.pause_button = button(
            self.tr("Pause"), "pause", tip=self.tr("Pause now; Start continues from there")
        )
        take_turns(self.start_button, self.pause_button)
        self.stage = label("", wrap=True)
        self.left = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of this step"))
        self.plot = TrainingPlot()
        self.plot.hide()
        line = row(self.start_button, self.pause_button, self.stage, self.left, spacing=2 * SPACE)
        line.setStretch(2, 1)
        self.body.addLayout(line)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.plot)
        self.show_state(TrainingState.IDLE)

    def show_state(self, state: TrainingState) -> None:
        """What a training's state has to do with the buttons."""
        is_idle = state is TrainingState.IDLE
        self.start_button.setVisible(is_idle)
        self.start_button.setEnabled(is_idle and self.can_start)
        self.pause_button.setVisible(not is_idle)
        self.pause_button.setEnabled(state is TrainingState.RUNNING)
        self.bar.setVisible(not is_idle)
        if state is TrainingState.RUNNING:
            self.stage.setText(self.tr("Preparing…"))
            self.bar.setValue(0)
        elif state is TrainingState.STOPPING:
            self.stage.setText(self.tr("Pausing: saving progress…"))
        else:
            self.stage.setText("")
        self.left.setText("")

    def show_progress(self, progress: dict[str, Any]) -> None:
        """A moment of the training (`trainer.finetune.progress.Progress` as a dict)."""
        stages = {
            "preparing": self.tr("Preparing…"),
            "caching": self.tr("Processing your sentences…"),
            "training": self.tr("Learning…"),
            "writing": self.tr("Saving the new model…"),
            "comparing": self.tr("Comparing the new model with the current one…"),
        }
        self.stage.setText(stages.get(str(progress.get("stage")), str(progress.get("message") or "")))
        self.left.setText(left_text(progress.get("seconds_left")))
        self.bar.setValue(round(1000 * min(1.0, max(0.0, float(progress.get("done") or 0.0)))))
        self.plot.add(progress)
        self.plot.setVisible(self.plot.has_figures)

    def show_paused(self, figures: list[dict[str, float]]) -> None:
        """A training that can go on, and how it went so far."""
        self._set_paused(True)
        if not self.stage.text():
            self.say_paused()
        self.plot.begin_with(figures)
        self.plot.setVisible(self.plot.has_figures)

    def say_paused(self) -> None:
        self.stage.setText(self.tr("Paused. You can continue from here at any time."))

    def show_nothing_begun(self) -> None:
        """The next start is one from the beginning."""
        self._set_paused(False)

    def show_readiness(
        self, speech_seconds: float, is_enough: bool, minutes: tuple[float, float] | None
    ) -> None:
        """Before a start: what there is to learn from and how long that takes, or why it is too little."""
        if not is_enough:
            self.stage.setText(
                self.tr(
                    "There is not enough of your speech yet ({seconds} s): read aloud for at least one "
                    "minute, ideally ten, or correct a transcript and choose “Teach the model” in the "
                    "Editor."
                ).format(seconds=round(speech_seconds))
                if speech_seconds
                else self.tr(
                    "There is nothing to learn from yet: read aloud for at least one minute, ideally "
                    "ten, or correct a transcript and choose “Teach the model” in the Editor."
                )
            )
            return
        said = self.tr("{minutes} min of your speech.").format(minutes=number_text(speech_seconds / 60))
        if minutes is not None:
            least, most = max(1, round(minutes[0])), max(2, round(minutes[1]))
            takes = self.tr("Training takes about {least} to {most} min.").format(least=least, most=most)
            said = f"{said} {takes}"
        self.stage.setText(said)

    def _set_paused(self, is_paused: bool) -> None:
        self.is_paused = is_paused
        self.start_button.setText(self.tr("Continue") if is_paused else self.tr("Start"))
        self.start_button.setAccessibleName(self.start_button.text())


def left_text(seconds: float | None) -> str:
    """How long it will take, as people say it; "" where nobody knows."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceProgress", text)

    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return tr("less than a minute left")
    if minutes < 90:
        return tr("about {minutes} min left").format(minutes=minutes)
    return tr("about {hours} h {minutes} min left").format(hours=minutes // 60, minutes=minutes % 60)
