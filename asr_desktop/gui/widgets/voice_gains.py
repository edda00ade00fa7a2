"""What teaching has gained, and the way back to an earlier version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, Signal

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.widgets.gain_plot import GainPlot
from asr_desktop.gui.widgets.parts import Card, ComboBox, button, label, row
from asr_desktop.model_store.versions import VOICE_MODEL

if TYPE_CHECKING:
    from asr_desktop.model_store.versions import Version
    from asr_desktop.teaching.history import Gain


class VoiceGains(Card):
    """A card with a plot and a list of versions; hidden while there are neither."""

    went_back = Signal(object)
    """A Version, which is in use from now on."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(QCoreApplication.translate("VoiceGains", "Improvement"))
        self.context = context
        self._current: str | None = None
        self.gains = GainPlot()
        self.versions = ComboBox()
        self.versions.setAccessibleName(self.tr("Versions of your model"))
        self.versions.setMinimumWidth(120)  # in a narrow window its text is elided
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
        """Oldest first, both of them."""
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
        """Another version stands in the box: whether there is anything to go back to."""
        is_used = self.context.settings.model == VOICE_MODEL and self.versions.currentData() == self._current
        self.back_button.setEnabled(self.versions.count() > 0 and not is_used)

    def go_back(self) -> None:
        """Use the chosen version from now on."""
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
