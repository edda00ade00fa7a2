"""Progress of a training: start, pause, current step, remaining time, and two plots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.translations import number_text
from asr_desktop.gui.voice_training import TrainingState
from asr_desktop.gui.widgets.kept_focus import take_turns
from asr_desktop.gui.widgets.parts import Card, button, label, row

# Plots of the training loss and of the word error rate

HEIGHT = 150
LEAST_WIDTH = 260
_LEAST_STEPS = 10.0
_FORMER_SHARE = 0.35
"""Weight of the previous mean when a row is added: 0.9 for each step, as in the trainer, over ten steps."""


class TrainingPlot(QWidget):
    """`add` adds a progress report; `clear` removes everything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.losses: list[tuple[float, float]] = []
        self.errors: list[tuple[float, float]] = []
        """(step, word errors in a hundred); the first is of the initial model."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(2 * SPACE)
        outer.addLayout(row)
        self._loss_name = self.tr("Loss (falls while the model learns)")
        self._error_name = self.tr("Word error rate (%), letter by letter")
        self._loss_plot, self._loss_curve, _ = self._make(row, self._loss_name)
        self._error_plot, self._error_curve, self._error_caption = self._make(row, self._error_name)
        hint = self.tr(
            "Measured letter by letter on a few sentences, the error rate fluctuates and may even rise. "
            "What counts is the comparison at the end: on more of your speech, and with your settings."
        )
        outer.addWidget(label(hint, "small", wrap=True))
        theme.changed.connect(self._restyle)
        self._restyle()

    def minimumSizeHint(self) -> QSize:
        """The minimum size of one plot: in a narrow window they are below each other."""
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < 2 * LEAST_WIDTH
        self._row.setDirection(
            QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        )

    @property
    def has_figures(self) -> bool:
        """Whether there is anything to plot."""
        return bool(self.losses or self.errors)

    def clear(self) -> None:
        self.losses, self.errors = [], []
        self._draw()

    def begin_with(self, figures: Sequence[Mapping[str, float]]) -> None:
        """Show the log of a training that was stopped: rows with step and loss, or wer."""
        self.losses, self.errors = [], []
        mean: float | None = None
        for figure in figures:
            if "loss" in figure:
                mean = (
                    figure["loss"]
                    if mean is None
                    else _FORMER_SHARE * mean + (1 - _FORMER_SHARE) * figure["loss"]
                )
                self.losses.append((float(figure["step"]), mean))
            if "wer" in figure:
                self.errors.append((float(figure["step"]), 100 * figure["wer"]))
        self._draw()

    def add(self, progress: dict[str, Any]) -> None:
        """Add a report; values it lacks are skipped. One with an earlier step means that the training started
        again or continues from its last stored state."""
        step = float(progress.get("step") or 0)
        loss, wer, before = progress.get("loss"), progress.get("wer"), progress.get("before_wer")
        if progress.get("stage") == "training" and self.losses and step < self.losses[-1][0]:
            self.losses = [point for point in self.losses if point[0] < step]
            self.errors = [point for point in self.errors if 0 < point[0] < step]
        if before is not None and (not self.errors or self.errors[0][0] > 0):
            self.errors.insert(0, (0.0, 100 * float(before)))
        if loss is not None and (not self.losses or self.losses[-1][0] < step):
            self.losses.append((step, float(loss)))
        # Each report repeats the last measurement; values from the log are rounded.
        if (
            wer is not None
            and step > 0
            and not (self.errors and math.isclose(self.errors[-1][1], 100 * float(wer), abs_tol=1e-3))
        ):
            self.errors.append((step, 100 * float(wer)))
        self._draw()

    def _make(self, row: QBoxLayout, name: str) -> tuple[pg.PlotWidget, pg.PlotDataItem, QLabel]:
        plot = pg.PlotWidget()
        plot.setAccessibleName(name)
        plot.setFixedHeight(HEIGHT)
        plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setMouseEnabled(x=False, y=False)
        plot.getPlotItem().setContentsMargins(0, 8, 0, 0)  # half the height of the top label
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.getAxis("left").setWidth(38)
        column = QVBoxLayout()
        column.setSpacing(SPACE // 2)
        caption = label(name, "small", wrap=True)
        column.addWidget(caption)
        column.addWidget(plot)
        row.addLayout(column, 1)
        return plot, plot.plot([], []), caption

    def _draw(self) -> None:
        for curve, plot, points in (
            (self._loss_curve, self._loss_plot, self.losses),
            (self._error_curve, self._error_plot, self.errors),
        ):
            curve.setData([step for step, _ in points], [value for _, value in points])
            plot.setXRange(
                0, max([_LEAST_STEPS, *(step for step, _ in self.losses + self.errors)]), padding=0.02
            )
            if points:
                plot.setYRange(0, max(value for _, value in points) * 1.1 or 1.0, padding=0)
        figures = " → ".join(number_text(value) for _, value in self.errors[:1] + self.errors[1:][-1:])
        self._error_plot.setAccessibleDescription(figures)
        self._error_caption.setText(f"{self._error_name}: {figures}" if figures else self._error_name)
        if self.losses:
            losses = (self.losses[0][1], self.losses[-1][1])
            self._loss_plot.setAccessibleDescription(" → ".join(number_text(loss, 2) for loss in losses))

    def _restyle(self) -> None:
        look = theme.tokens
        for plot in (self._loss_plot, self._error_plot):
            plot.setBackground(look.card)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(look.border))
                axis.setTextPen(pg.mkPen(look.muted))
        self._loss_curve.setPen(pg.mkPen(look.accent, width=2))
        self._error_curve.setPen(pg.mkPen(look.good, width=2))
        self._error_curve.setSymbol("o")
        self._error_curve.setSymbolSize(7)
        self._error_curve.setSymbolPen(pg.mkPen(look.good))
        self._error_curve.setSymbolBrush(pg.mkBrush(look.good))


class VoiceProgress(Card):
    """Shows states and reports; its owner connects the buttons."""

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
        """Update the buttons for a training's state."""
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
        """Show a report (`trainer.finetune.job.TrainingProgress` as a dict)."""
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
        """Show a paused training, with its log so far."""
        self._set_paused(True)
        if not self.stage.text():
            self.say_paused()
        self.plot.begin_with(figures)
        self.plot.setVisible(self.plot.has_figures)

    def say_paused(self) -> None:
        self.stage.setText(self.tr("Paused. You can continue from here at any time."))

    def show_nothing_begun(self) -> None:
        """The next start begins a new training."""
        self._set_paused(False)

    def show_readiness(
        self, speech_seconds: float, is_enough: bool, minutes: tuple[float, float] | None
    ) -> None:
        """Before a start: show the amount of material and the expected time, or why it is too little."""
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
    """The remaining time as text; "" if unknown."""

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
