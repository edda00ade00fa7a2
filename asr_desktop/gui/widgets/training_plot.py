"""How a training goes: how far off the model still is, and how many words it gets wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.translations import number_text
from asr_desktop.gui.widgets.parts import label

HEIGHT = 150
LEAST_WIDTH = 260
_LEAST_STEPS = 10.0
_FORMER_SHARE = 0.35
"""What one row leaves of the mean up to the one before: 0.9 a step, as the trainer has it, over ten steps."""


class TrainingPlot(QWidget):
    """`add` takes what a training tells; `clear` begins anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.losses: list[tuple[float, float]] = []
        self.errors: list[tuple[float, float]] = []
        """(step, words wrong in a hundred); the first is of the model that it started from."""
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
        """That of one of the two: in a narrow window they stand one below the other."""
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < 2 * LEAST_WIDTH
        self._row.setDirection(
            QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        )

    @property
    def has_figures(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.losses or self.errors)

    def clear(self) -> None:
        self.losses, self.errors = [], []
        self._draw()

    def begin_with(self, figures: Sequence[Mapping[str, float]]) -> None:
        """What a training that was stopped wrote down until then: rows with step and loss, or wer."""
        self.losses, self.errors = [], []
        mean: float | None = None
        for row in figures:
            if "loss" in row:
                mean = (
                    row["loss"] if mean is None else _FORMER_SHARE * mean + (1 - _FORMER_SHARE) * row["loss"]
                )
                self.losses.append((float(row["step"]), mean))
            if "wer" in row:
                self.errors.append((float(row["step"]), 100 * row["wer"]))
        self._draw()

    def add(self, progress: dict[str, Any]) -> None:
        """One moment; what it does not know is left out. One that lies before the last is of a training that
        began anew, or that goes on from its last stored state."""
        step = float(progress.get("step") or 0)
        loss, wer, before = progress.get("loss"), progress.get("wer"), progress.get("before_wer")
        if progress.get("stage") == "training" and self.losses and step < self.losses[-1][0]:
            self.losses = [point for point in self.losses if point[0] < step]
            self.errors = [point for point in self.errors if 0 < point[0] < step]
        if before is not None and (not self.errors or self.errors[0][0] > 0):
            self.errors.insert(0, (0.0, 100 * float(before)))
        if loss is not None and (not self.losses or self.losses[-1][0] < step):
            self.losses.append((step, float(loss)))
        # The last measurement is told again with each moment; what was written down is rounded.
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
        plot.getPlotItem().setContentsMargins(0, 8, 0, 0)  # half of the highest number
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
