"""What each training has gained: wrong words in a hundred, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.translations import number_text
from asr_desktop.gui.widgets.parts import label

if TYPE_CHECKING:
    from asr_desktop.teaching.history import Gain

HEIGHT = 150
SHOWN_TRAININGS = 8
_BAR = 0.34


class GainPlot(QWidget):
    """A pair of bars for each training, the last ones only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gains: list[Gain] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        self.legend = label("", "small", wrap=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.plot = pg.PlotWidget()
        self.plot.setAccessibleName(self.tr("Word error rate before and after each training"))
        self.plot.setFixedHeight(HEIGHT)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.getAxis("left").setWidth(38)
        column.addWidget(self.legend)
        column.addWidget(self.plot)
        theme.changed.connect(self._draw)

    def show_gains(self, gains: Sequence[Gain]) -> None:
        """Oldest first."""
        self.gains = list(gains[-SHOWN_TRAININGS:])
        self._draw()

    def _draw(self) -> None:
        look = theme.tokens
        self.plot.setBackground(look.card)
        self.plot.clear()
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(look.border))
            axis.setTextPen(pg.mkPen(look.muted))
        self.legend.setText(
            self.tr("Word error rate on your own speech: {before}% before, {after}% after").format(
                before=f'<span style="color:{look.outline}">■</span>',
                after=f'<span style="color:{look.accent}">■</span>',
            )
        )
        places = list(range(len(self.gains)))
        before = [100 * gain.own_before for gain in self.gains]
        after = [100 * gain.own_after for gain in self.gains]
        for shift, heights, colour in ((-_BAR / 2, before, look.outline), (_BAR / 2, after, look.accent)):
            bars = pg.BarGraphItem(
                x=[place + shift for place in places],
                height=heights,
                width=_BAR,
                brush=pg.mkBrush(colour),
                pen=pg.mkPen(None),
            )
            self.plot.addItem(bars)
            for place, height in zip(places, heights, strict=True):
                text = pg.TextItem(number_text(height), color=look.text, anchor=(0.5, 1.0))
                text.setPos(place + shift, height)
                self.plot.addItem(text)
        self.plot.getAxis("bottom").setTicks(
            [[(place, day(gain.when)) for place, gain in zip(places, self.gains, strict=True)]]
        )
        self.plot.setXRange(-0.6, max(2.0, len(self.gains) - 1) + 0.6, padding=0)
        self.plot.setYRange(0, max([*before, *after, 1.0]) * 1.3, padding=0)
        self.plot.setAccessibleDescription(
            "; ".join(
                f"{day(gain.when)}: "
                f"{number_text(100 * gain.own_before)} → {number_text(100 * gain.own_after)}"
                for gain in self.gains
            )
        )


def day(when: str) -> str:
    """An ISO moment as a short date of this place."""
    try:
        moment = datetime.fromisoformat(when).astimezone()
    except ValueError:
        return when
    return QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)  # type: ignore[call-overload]
