"""The waveform, with the playhead, the segments, and draggable borders of the current segment.

The wheel zooms around the pointer, dragging scrolls, a click jumps. Only the current segment has handles, so
that nothing is moved by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QWidget

from asr_desktop.audio.waveform import Waveform
from asr_desktop.gui.theme import theme
from asr_desktop.transcripts.document import Segment

SHORTEST_VIEW_SECONDS = 0.5
FIRST_VIEW_SECONDS = 20.0
HEIGHT = 124
_ZOOM_STEP = 1.5
# Position of the playhead after scrolling to it, as a share of the width.
_PLAYHEAD_AT = 0.15
_LAST_PLAYHEAD = 0.92
_MARKS_AT = -1.12
_POLE_FROM, _FLAG_AT = -1.0, 0.92
_FLAG_PIXELS = 11
_MOST_GAIN = 12.0


class ClockAxis(pg.AxisItem):
    """Times as 1:02:03, with tenths if there is space."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [_clock(value, spacing) for value in values]


class WaveformView(pg.PlotWidget):
    """Emits `clicked(seconds)`, and `borders_moved(start, end)` for the current segment."""

    clicked = Signal(float)
    borders_moved = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._axis = ClockAxis("bottom")
        super().__init__(parent, axisItems={"bottom": self._axis})
        self.setAccessibleName(self.tr("Waveform"))
        self.setToolTip(self.tr("Click to jump; scroll to zoom; drag the handles to move edges"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._waveform: Waveform | None = None
        self._gain = 1.0
        self._duration = 1.0
        self._segments: Sequence[Segment] = ()
        self._starts: NDArray[np.float64] = np.zeros(0)
        self._drawn: tuple[float, float, int] | None = None
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.hideAxis("left")
        item.setContentsMargins(0, 4, 0, 0)
        self._box = item.getViewBox()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.setDefaultPadding(0.0)
        self._box.setYRange(-1.2, 1.05, padding=0)
        self._curve = pg.PlotCurveItem()
        self._marks = pg.PlotCurveItem(connect="pairs")
        self._flag_poles = pg.PlotCurveItem(connect="pairs")
        self._flags = pg.ScatterPlotItem(symbol="t2", size=_FLAG_PIXELS, pxMode=True)
        self._region = pg.LinearRegionItem(movable=True, swapMode="block")
        self._region.setZValue(5)
        # Only the handles: dragging between them scrolls, as everywhere else.
        self._region.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._region.mouseDragEvent = lambda event: event.ignore()
        self._region.hide()
        self._playhead = pg.InfiniteLine(angle=90, movable=False)
        self._playhead.setZValue(10)
        for part in (self._curve, self._marks, self._flag_poles, self._flags, self._region, self._playhead):
            self.addItem(part)
        self._region.sigRegionChangeFinished.connect(self._region_moved)
        self._box.sigXRangeChanged.connect(self._draw)
        self.scene().sigMouseClicked.connect(self._mouse_clicked)
        theme.changed.connect(self._restyle)
        self._restyle()

    def sizeHint(self) -> QSize:
        return QSize(600, HEIGHT)

    # Content

    def set_duration(self, seconds: float) -> None:
        """Set the length of the sound; the view starts at its beginning."""
        self._duration = max(seconds, SHORTEST_VIEW_SECONDS)
        shortest = min(SHORTEST_VIEW_SECONDS, self._duration)
        self._box.setLimits(xMin=0.0, xMax=self._duration, minXRange=shortest, maxXRange=self._duration)
        self.show_range(0.0, min(FIRST_VIEW_SECONDS, self._duration))

    def set_waveform(self, waveform: Waveform | None) -> None:
        """Show the waveform, also while it is still being computed; None without sound."""
        self._waveform = waveform
        # Quiet recordings are scaled to the same height as loud ones.
        coarsest = None if waveform is None else waveform.levels[-1]
        peak = 0 if coarsest is None or not len(coarsest) else int(np.abs(coarsest.astype(np.int16)).max())
        self._gain = min(_MOST_GAIN, 0.97 * 127 / peak) if peak else 1.0
        self._drawn = None
        self._draw()

    def set_segments(self, segments: Sequence[Segment]) -> None:
        """Draw the segments as bars below the waveform."""
        self._segments = segments
        self._starts = np.array([segment.start_seconds for segment in segments])
        self._drawn = None
        self._draw()

    def set_markers(self, seconds: Sequence[float]) -> None:
        """Draw a flag at each marker, in seconds."""
        self._flag_poles.setData(np.repeat(seconds, 2), [_POLE_FROM, _FLAG_AT] * len(seconds))
        self._flags.setData(list(seconds), [_FLAG_AT] * len(seconds))

    def set_current(self, segment: Segment | None) -> None:
        """Set the segment whose borders can be dragged."""
        self._region.blockSignals(True)
        if segment is None:
            self._region.hide()
        else:
            self._region.setRegion((segment.start_seconds, segment.end_seconds))
            self._region.show()
        self._region.blockSignals(False)

    def set_position(self, seconds: float, *, follow: bool) -> None:
        """Move the playhead; `follow` scrolls to keep it visible."""
        self._playhead.setValue(seconds)
        if not follow:
            return
        start, end = self.visible_range
        if not start <= seconds <= start + _LAST_PLAYHEAD * (end - start):
            begin = min(max(0.0, seconds - _PLAYHEAD_AT * (end - start)), self._duration - (end - start))
            self.show_range(begin, begin + end - start)

    @property
    def visible_range(self) -> tuple[float, float]:
        """The visible range in seconds."""
        start, end = self._box.viewRange()[0]
        return float(start), float(end)

    def show_range(self, start_seconds: float, end_seconds: float) -> None:
        self._box.setXRange(start_seconds, end_seconds, padding=0)

    def zoom(self, factor: float) -> None:
        """Zoom in (above 1) or out, around the playhead if it is visible, else around the middle."""
        start, end = self.visible_range
        head = float(self._playhead.value())
        centre = head if start <= head <= end else (start + end) / 2
        length = min(max((end - start) / factor, SHORTEST_VIEW_SECONDS), self._duration)
        begin = centre - (centre - start) / (end - start) * length
        begin = min(max(0.0, begin), self._duration - length)
        self.show_range(begin, begin + length)

    def zoom_in(self) -> None:
        self.zoom(_ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom(1 / _ZOOM_STEP)

    # Drawing

    def _draw(self) -> None:
        start, end = self.visible_range
        columns = max(100, self.width())
        if self._drawn == (start, end, columns):
            return
        self._drawn = (start, end, columns)
        self._draw_marks(start, end)
        if self._waveform is None:
            self._curve.setData([], [])
            return
        times, low, high = self._waveform.outline(start, end, columns // 2)
        # For each column from the lowest to the highest sample, then on to the next column's lowest.
        self._curve.setData(np.repeat(times, 2), np.stack([low, high], axis=1).ravel() * self._gain)

    def _draw_marks(self, start: float, end: float) -> None:
        first = max(0, int(np.searchsorted(self._starts, start)) - 1)
        stop = int(np.searchsorted(self._starts, end))
        gap = (end - start) / max(1, self.width()) * 1.5
        edges: list[float] = []
        for segment in self._segments[first:stop]:
            edges += [segment.start_seconds, max(segment.start_seconds, segment.end_seconds - gap)]
        self._marks.setData(edges, [_MARKS_AT] * len(edges))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_drawn"):
            self._draw()

    def _restyle(self) -> None:
        look = theme.tokens
        self.setBackground(look.card)
        self._curve.setPen(pg.mkPen(look.accent, width=1))
        self._marks.setPen(pg.mkPen(look.outline, width=4, cap=Qt.PenCapStyle.FlatCap))
        self._flag_poles.setPen(pg.mkPen(look.unsure, width=2))
        self._flags.setPen(pg.mkPen(None))
        self._flags.setBrush(pg.mkBrush(look.unsure))
        ground = QColor(look.accent)
        ground.setAlpha(38)
        for brush in (self._region.setBrush, self._region.setHoverBrush):
            brush(ground)
        for line in self._region.lines:
            line.setPen(pg.mkPen(look.accent, width=2))
            line.setHoverPen(pg.mkPen(look.accent, width=5))
            line.setCursor(Qt.CursorShape.SizeHorCursor)
        self._playhead.setPen(pg.mkPen(look.recording, width=2))
        self._axis.setPen(pg.mkPen(look.border))
        self._axis.setTextPen(pg.mkPen(look.muted))

    # Mouse

    def _region_moved(self) -> None:
        start, end = self._region.getRegion()
        self.borders_moved.emit(float(start), float(end))

    def _mouse_clicked(self, event: object) -> None:
        assert hasattr(event, "scenePos")
        if event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            seconds = float(self._box.mapSceneToView(event.scenePos()).x())
            if 0.0 <= seconds <= self._duration:
                self.clicked.emit(seconds)


def _clock(seconds: float, spacing: float) -> str:
    if seconds < 0:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    shown = f"{rest:04.1f}" if spacing < 1.0 else f"{int(rest):02d}"
    return f"{hours}:{minutes:02d}:{shown}" if hours else f"{minutes}:{shown}"
