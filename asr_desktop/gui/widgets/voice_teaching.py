"""Teach: start and pause, see how it goes, use the new model or not, and go back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from asr_desktop.errors import AsrDesktopError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.voice_training import Outcome, TrainingState, VoiceTraining, missing_packages
from asr_desktop.gui.widgets.gain_plot import GainPlot
from asr_desktop.gui.widgets.parts import Card, button, label, row
from asr_desktop.gui.widgets.training_plot import TrainingPlot
from asr_desktop.requirements import pip

if TYPE_CHECKING:
    from trainer.evaluation.versions import Version
    from trainer.personalise.history import Gain

VOICE_MODEL = "my-voice"
INSTALL = pip("install", '"asr-desktop[train]"')


class VoiceTeaching(QWidget):
    """The third tab of the Voice page."""

    def __init__(self, context: AppContext, training: VoiceTraining, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.training = training
        self._offer: Path | None = None
        self._current: str | None = None
        self._taught_model = context.settings.model
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self._make_install())
        column.addWidget(self._make_training())
        column.addWidget(self._make_verdict())
        column.addWidget(self._make_history())
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        training.state_changed.connect(self._show_state)
        training.progressed.connect(self._show_progress)
        training.ended.connect(self._ended)
        training.failed.connect(self._failed)
        context.model_changed.connect(lambda _name: self.look())
        self._show_state(training.state)

    # What it is made of

    def _make_install(self) -> Card:
        self.install_card = card = Card(self.tr("Something has to be installed first"))
        card.body.addWidget(
            label(
                self.tr(
                    "Teaching needs packages that are large and not there yet. Recording works without them. "
                    "Type this in a terminal, and start the program again:"
                ),
                wrap=True,
            )
        )
        card.body.addWidget(label(INSTALL, wrap=True))
        copy = button(
            self.tr("Copy the command"),
            "copy",
            on_click=lambda: QGuiApplication.clipboard().setText(INSTALL),
        )
        card.body.addLayout(row(copy, None))
        return card

    def _make_training(self) -> Card:
        card = Card(self.tr("Teach the model your voice"))
        card.body.addWidget(
            label(
                self.tr(
                    "The model listens to your sentences again and again, and some are kept apart to measure "
                    "with. It takes a while; you can pause at any time and go on later."
                ),
                "muted",
                wrap=True,
            )
        )
        self.start_button = button(
            self.tr("Start"), "train", kind="primary", tip=self.tr("Begin, or go on"), on_click=self.start
        )
        self.pause_button = button(
            self.tr("Pause"),
            "pause",
            tip=self.tr("Stop now; the next start goes on from there"),
            on_click=self.training.stop,
        )
        self.stage = label("", wrap=True)
        self.left = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("How much of this step is done"))
        self.plot = TrainingPlot()
        self.plot.hide()
        self.bar.hide()
        line = row(self.start_button, self.pause_button, self.stage, self.left, spacing=2 * SPACE)
        line.setStretch(2, 1)
        card.body.addLayout(line)
        card.body.addWidget(self.bar)
        card.body.addWidget(self.plot)
        return card

    def _make_verdict(self) -> Card:
        self.verdict_card = card = Card()
        self.verdict_heading = label("", "heading")
        self.verdict = label("", wrap=True)
        self.use_button = button(
            self.tr("Use it"),
            "check",
            kind="primary",
            tip=self.tr("Dictation and files use the new model from now on; you can go back"),
            on_click=self.use,
        )
        card.body.addWidget(self.verdict_heading)
        card.body.addWidget(self.verdict)
        card.body.addLayout(row(self.use_button, None))
        card.hide()
        return card

    def _make_history(self) -> Card:
        self.history_card = card = Card(self.tr("What it has gained"))
        self.gains = GainPlot()
        self.versions = QComboBox()
        self.versions.setAccessibleName(self.tr("Versions of your model"))
        self.versions.setToolTip(self.tr("Every model that was in use is kept"))
        self.versions.currentIndexChanged.connect(self._choose)
        self.back_button = button(
            self.tr("Go back to it"),
            "undo",
            tip=self.tr("Use this version from now on; the others stay"),
            on_click=self.go_back,
        )
        self._versions_label = label(self.tr("Version"), "muted")
        self._versions_label.setBuddy(self.versions)
        card.body.addWidget(self.gains)
        card.body.addLayout(row(self._versions_label, self.versions, self.back_button, None))
        card.hide()
        return card

    # What is wished

    def start(self) -> None:
        """Begin a training of the model in use, or go on with the one that was paused."""
        self._offer = None
        self.verdict_card.hide()
        self.plot.clear()
        self._taught_model = self.context.settings.model
        self.training.start(self._taught_model)

    def use(self) -> None:
        """The new model becomes the one in use."""
        if self._offer is None:
            return
        self.use_button.setEnabled(False)
        operation = self.context.run(_adopt, self._offer, self._taught_model)
        operation.on_success(self._adopted).on_failure(self._not_switched)

    def go_back(self) -> None:
        """Use the chosen version from now on."""
        wanted = self.versions.currentData()
        if wanted is not None:
            self.back_button.setEnabled(False)
            operation = self.context.run(_go_back, wanted)
            operation.on_success(self._went_back).on_failure(self._not_switched)

    # What comes of it

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Read again what was gained, and which versions there are."""
        self.install_card.setVisible(bool(missing_packages()))
        self._show_state(self.training.state)
        self.context.run(_history).on_success(self._show_history)

    def _show_state(self, state: TrainingState) -> None:
        is_idle = state is TrainingState.IDLE
        self.start_button.setVisible(is_idle)
        self.start_button.setEnabled(is_idle and not missing_packages())
        self.pause_button.setVisible(not is_idle)
        self.pause_button.setEnabled(state is TrainingState.RUNNING)
        self.bar.setVisible(not is_idle)
        if state is TrainingState.RUNNING:
            self.plot.show()
            self.stage.setText(self.tr("Getting ready …"))
            self.bar.setValue(0)
        elif state is TrainingState.STOPPING:
            self.stage.setText(self.tr("Pausing: what was learnt is being stored …"))
        else:
            self.stage.setText("")
        self.left.setText("")

    def _show_progress(self, progress: dict[str, Any]) -> None:
        if self.training.state is not TrainingState.RUNNING:
            return
        self.stage.setText(self._stage_text(progress))
        self.left.setText(left_text(progress.get("seconds_left")))
        self.bar.setValue(round(1000 * min(1.0, max(0.0, float(progress.get("done") or 0.0)))))
        self.plot.add(progress)

    def _stage_text(self, progress: dict[str, Any]) -> str:
        stages = {
            "preparing": self.tr("Getting ready …"),
            "caching": self.tr("Listening to your sentences …"),
            "training": self.tr("Learning …"),
            "writing": self.tr("Writing the new model …"),
            "comparing": self.tr("Comparing the new model with the one in use …"),
        }
        return stages.get(str(progress.get("stage")), str(progress.get("message") or ""))

    def _ended(self, outcome: Outcome) -> None:
        if not outcome.finished:
            self.stage.setText(self.tr("Paused. Start goes on from here."))
            return
        self._show_verdict(outcome.sentence, outcome.folder if outcome.offered else None)
        self.context.show_message.emit(
            self.tr("The training is done: see Teach on the Voice page."), "info", ""
        )
        self.look()

    def _failed(self, sentence: str, details: str) -> None:
        self.stage.setText(sentence)
        if details:
            self.context.show_message.emit(sentence, "error", details)

    def _show_verdict(self, sentence: str, folder: Path | None) -> None:
        self._offer = folder
        self.verdict_heading.setText(
            self.tr("The new model knows you better")
            if folder is not None
            else self.tr("The model in use stays")
        )
        self.verdict.setText(sentence)
        self.use_button.setVisible(folder is not None)
        self.use_button.setEnabled(True)
        self.verdict_card.show()

    def _show_history(self, found: tuple[list[Gain], list[Version], Path | None]) -> None:
        gains, versions, waiting = found
        self.gains.show_gains(gains)
        self.gains.setVisible(bool(gains))
        self.versions.blockSignals(True)
        self.versions.clear()
        for version in reversed(versions):
            moment = QLocale().toString(version.added.astimezone(), QLocale.FormatType.ShortFormat)  # type: ignore[call-overload]
            name = self.tr("{number}, of {moment}").format(number=int(version.name), moment=moment)
            if version.is_current and self.context.settings.model == VOICE_MODEL:
                name = self.tr("{version} (in use)").format(version=name)
            self.versions.addItem(name, version.name)
        self._current = next((version.name for version in versions if version.is_current), None)
        self.versions.setCurrentIndex(max(0, self.versions.findData(self._current)))
        self.versions.blockSignals(False)
        for part in (self._versions_label, self.versions, self.back_button):
            part.setVisible(bool(versions))
        self._choose()
        self.history_card.setVisible(bool(gains or versions))
        if waiting is not None and self._offer is None and self.training.state is TrainingState.IDLE:
            self._taught_model = gains[-1].model
            self._show_verdict(gains[-1].sentence, waiting)

    def _choose(self) -> None:
        is_used = self.context.settings.model == VOICE_MODEL and self.versions.currentData() == self._current
        self.back_button.setEnabled(self.versions.count() > 0 and not is_used)

    def _adopted(self, _version: Version) -> None:
        self._offer = None
        self.verdict_card.hide()
        self._switch()
        self.context.show_message.emit(self.tr("Your own model is in use now."), "info", "")

    def _went_back(self, version: Version) -> None:
        self._switch()
        self.context.show_message.emit(
            self.tr("Version {number} of your model is in use now.").format(number=int(version.name)),
            "info",
            "",
        )

    def _switch(self) -> None:
        if self.context.settings.model == VOICE_MODEL:
            self.context.model_changed.emit(VOICE_MODEL)  # the same name, and another model behind it
        else:
            self.context.change_settings(model=VOICE_MODEL)
        self.look()

    def _not_switched(self, failure: Any) -> None:
        self.use_button.setEnabled(True)
        self._choose()
        self.context.tell_failure(failure)


def left_text(seconds: float | None) -> str:
    """How long it will take, as people say it; "" where nobody knows."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceTeaching", text)

    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return tr("less than a minute left")
    if minutes < 90:
        return tr("about {minutes} min left").format(minutes=minutes)
    return tr("about {hours} h {minutes} min left").format(hours=minutes // 60, minutes=minutes % 60)


# Run as operations


def _adopt(folder: Path, model: str) -> Version:
    from trainer.personalise.learning import adopt

    return adopt(folder, model, VOICE_MODEL)


def _go_back(version: str) -> Version:
    from trainer.evaluation.versions import rollback

    return rollback(VOICE_MODEL, version)


def _history() -> tuple[list[Gain], list[Version], Path | None]:
    """What was gained, the versions, and a new model that was offered and neither used nor replaced yet."""
    from asr_desktop.recognition.model_folder import ModelFolder
    from trainer.evaluation.versions import list_versions
    from trainer.personalise.history import read_gains
    from trainer.personalise.material import training_folder

    gains = read_gains(training_folder())
    waiting: Path | None = None
    if gains and gains[-1].offered:
        try:
            waiting = ModelFolder.load(training_folder() / "new-model").path
        except AsrDesktopError:
            waiting = None  # it is in use by now, or another training has begun
    return gains, list_versions(VOICE_MODEL), waiting
