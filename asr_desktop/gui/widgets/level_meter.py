"""A level meter: a bar that turns red on clipping."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from asr_desktop.audio.levels import NO_LEVEL, Level
from asr_desktop.gui.theme import theme

QUIETEST_DBFS = -60.0
TOO_LOUD_DBFS = -3.0
FALLS_DB_A_STEP = 1.5
"""Decay of the peak mark with each level, i.e. 20 times a second."""


class LevelMeter(QWidget):
    """Call `set_level` about 20 times a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = NO_LEVEL
        self._peak_dbfs = QUIETEST_DBFS
        self._percent = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Microphone level"))
        self.setAccessibleDescription("0 %")
        self.setToolTip(self.tr("Input level; at the end of the bar it is too loud"))
        theme.changed.connect(self.update)

    def set_level(self, level: Level) -> None:
        self._level = level
        self._peak_dbfs = max(level.peak_dbfs, self._peak_dbfs - FALLS_DB_A_STEP, QUIETEST_DBFS)
        self.update()
        percent = round(100 * _share(level.rms_dbfs) / 10) * 10
        if percent != self._percent:
            self._percent = percent
            self.setAccessibleDescription(f"{percent} %")

    @property
    def level(self) -> Level:
        return self._level

    def sizeHint(self) -> QSize:
        return QSize(160, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(self.rect())
        round_ = bar.height() / 2
        painter.setBrush(QColor(look.hover))
        painter.drawRoundedRect(bar, round_, round_)
        share = _share(self._level.rms_dbfs)
        if share > 0:
            loud = self._level.is_clipping or self._peak_dbfs > TOO_LOUD_DBFS
            painter.setBrush(QColor(look.recording if loud else look.good))
            painter.drawRoundedRect(
                QRectF(0, 0, max(bar.height(), share * bar.width()), bar.height()), round_, round_
            )
        peak = _share(self._peak_dbfs)
        if peak > 0:
            painter.setBrush(QColor(look.muted))
            painter.drawRoundedRect(QRectF(peak * (bar.width() - 3), 0, 3, bar.height()), 1.5, 1.5)
        painter.end()


def _share(dbfs: float) -> float:
    """Position of a level on the bar, 0 … 1."""
    return min(1.0, max(0.0, 1 - dbfs / QUIETEST_DBFS))
