"""The gain of each training, and a way back to earlier versions of the model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.translations import number_text
from asr_desktop.gui.widgets.parts import Card, ComboBox, button, label, row
from asr_desktop.model_store.versions import VOICE_MODEL

if TYPE_CHECKING:
    from asr_desktop.model_store.versions import Version
    from asr_desktop.teaching.own_voice import Gain

# Word errors in a hundred before and after each training

HEIGHT = 150
SHOWN_TRAININGS = 8
_BAR = 0.34


class GainPlot(QWidget):
    """A pair of bars for each of the last trainings."""

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
        """Show the gains, oldest first."""
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
            self.tr("Word error rate on your own speech (%): {before} before, {after} after").format(
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
    """The date of an ISO time, in the user's short format."""
    try:
        moment = datetime.fromisoformat(when).astimezone()
    except ValueError:
        return when
    return QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)  # type: ignore[call-overload]


class VoiceGains(Card):
    """A card with a plot and a list of versions; hidden if there are neither."""

    went_back = Signal(object)
    """The Version to use from now on."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(QCoreApplication.translate("VoiceGains", "Improvement"))
        self.context = context
        self._current: str | None = None
        self.gains = GainPlot()
        self.versions = ComboBox()
        self.versions.setAccessibleName(self.tr("Versions of your model"))
        self.versions.setMinimumWidth(120)  # its text is elided in a narrow window
        self.versions.setToolTip(self.tr("Every model you used is kept"))
        self.versions.currentIndexChanged.connect(self.choose)
        self.back_button = button(
            self.tr("Use this version"),
            "undo",
            tip=self.tr("Use this version from now on; the others are kept"),
            on_click=self.go_back,
        )
        self._versions_label = label(self.tr("Version"), "muted")
        self._versions_label.setBuddy(self.versions)
        self.body.addWidget(self.gains)
        self.body.addLayout(row(self._versions_label, self.versions, self.back_button, None))
        self.hide()

    def show_history(self, gains: Sequence[Gain], versions: Sequence[Version]) -> None:
        """Show gains and versions, both oldest first."""
        self.gains.show_gains(gains)
        self.gains.setVisible(bool(gains))
        self.versions.blockSignals(True)
        self.versions.clear()
        for version in reversed(versions):
            self.versions.addItem(self._name(version, is_first=version is versions[0]), version.name)
        self._current = next((version.name for version in versions if version.is_current), None)
        self.versions.setCurrentIndex(max(0, self.versions.findData(self._current)))
        self.versions.blockSignals(False)
        for part in (self._versions_label, self.versions, self.back_button):
            part.setVisible(bool(versions))
        self.choose()
        self.setVisible(bool(gains or versions))

    def choose(self) -> None:
        """Update the button: whether the selected version differs from the one in use."""
        is_used = self.context.settings.model == VOICE_MODEL and self.versions.currentData() == self._current
        self.back_button.setEnabled(self.versions.count() > 0 and not is_used)

    def go_back(self) -> None:
        """Use the selected version."""
        wanted = self.versions.currentData()
        if wanted is not None:
            self.back_button.setEnabled(False)
            operation = self.context.run(_go_back, wanted)
            operation.on_success(self.went_back.emit).on_failure(self._stayed)

    def _name(self, version: Version, *, is_first: bool) -> str:
        moment = QLocale().toString(version.added.astimezone(), QLocale.FormatType.ShortFormat)  # type: ignore[call-overload]
        if is_first:
            name = self.tr("{number}, before training").format(number=int(version.name))
        else:
            name = self.tr("{number}, {moment}").format(number=int(version.name), moment=moment)
        if version.is_current and self.context.settings.model == VOICE_MODEL:
            name = self.tr("{version} (in use)").format(version=name)
        return name

    def _stayed(self, failure: Any) -> None:
        self.choose()
        self.context.tell_failure(failure)


def _go_back(version: str) -> Version:
    from asr_desktop.model_store.versions import rollback

    return rollback(VOICE_MODEL, version)
