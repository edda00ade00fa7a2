"""Teach: start and pause a training, watch it, accept the new model, and go back to earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.installation import to_get_trainer, trainer_command
from asr_desktop.base.own_program import is_packaged
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.voice_training import TrainingOutcome, TrainingState, VoiceTraining, missing_packages
from asr_desktop.gui.widgets.parts import Card, button, label, restyled, row
from asr_desktop.gui.widgets.voice_findings import verdict_words
from asr_desktop.gui.widgets.voice_gains import VoiceGains
from asr_desktop.gui.widgets.voice_progress import VoiceProgress
from asr_desktop.model_store.versions import VOICE_MODEL

if TYPE_CHECKING:
    from asr_desktop.model_store.versions import Version
    from asr_desktop.teaching.own_voice import Gain, Readiness


@dataclass(frozen=True, slots=True)
class History:
    """waiting: a new model that is offered and not yet accepted or replaced. figures: the log of a training
    that was stopped and can continue, one row for each report."""

    gains: list[Gain]
    versions: list[Version]
    waiting: Path | None
    figures: list[dict[str, float]]
    readiness: Readiness


class VoiceTeaching(QWidget):
    """The third tab of the Voice page."""

    def __init__(self, context: AppContext, training: VoiceTraining, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.training = training
        self._has_enough = False
        """The material to learn from."""
        self._outcome: TrainingOutcome | None = None
        self._offer: Path | None = None
        self._taught_model = training.model or context.settings.model
        self.progress = VoiceProgress()
        self.progress.start_button.clicked.connect(lambda _checked=False: self.start())
        self.progress.pause_button.clicked.connect(lambda _checked=False: training.stop())
        self.gains = VoiceGains(context)
        self.gains.went_back.connect(self._went_back)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(2 * SPACE)
        for card in (self._make_install(), self.progress, self._make_verdict(), self.gains):
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        training.state_changed.connect(self.progress.show_state)
        training.progressed.connect(self._show_progress)
        training.ended.connect(self._ended)
        training.failed.connect(self._failed)
        context.model_changed.connect(self.look)
        self.progress.show_state(training.state)
        for told in training.so_far:
            self._show_progress(told)

    # Building the tab

    def _make_install(self) -> Card:
        self.install_card = card = Card(self.tr("Additional packages required"))
        command = trainer_command()
        if is_packaged():
            card.body.addWidget(label(said(to_get_trainer()), wrap=True))
        else:
            needs = self.tr(
                "Training needs large packages that are not installed yet. Recording works without "
                "them. Run this in a terminal, then restart the program:"
            )
            card.body.addWidget(label(needs, wrap=True))
            card.body.addWidget(label(command, wrap=True))
        copy = button(
            self.tr("Copy command"), "copy", on_click=lambda: QGuiApplication.clipboard().setText(command)
        )
        card.body.addLayout(row(copy, None))
        return card

    def _make_verdict(self) -> Card:
        self.verdict_card = card = Card()
        self.verdict_heading = label("", "heading")
        self.verdict = label("", wrap=True)
        self.use_button = button(
            self.tr("Use"),
            "check",
            kind="primary",
            tip=self.tr("Use the new model for dictation and files from now on; you can go back"),
            on_click=self.use,
        )
        card.body.addWidget(self.verdict_heading)
        card.body.addWidget(self.verdict)
        card.body.addLayout(row(self.use_button, None))
        card.successor = self.progress.start_button
        card.hide()
        return card

    # User actions

    def start(self) -> None:
        """Start a training of the model in use, or continue the paused one."""
        self._offer = None
        self.verdict_card.hide()
        restyled(self.progress.start_button, kind="primary")
        self._taught_model = self.context.settings.model
        if not self.progress.is_paused:
            self.progress.plot.clear()
        self.training.start(self._taught_model)

    def use(self) -> None:
        """Make the new model the one in use."""
        if self._offer is None:
            return
        self.use_button.setEnabled(False)
        operation = self.context.run(_adopt, self._offer, self._taught_model)
        operation.on_success(self._adopted).on_failure(self._not_adopted)

    # Results

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def look(self, _model: str = "") -> None:
        """Load gains, versions, and whether a training was stopped."""
        missing = missing_packages()
        self.install_card.setVisible(bool(missing))
        self.progress.can_start = not missing and self._has_enough
        self.progress.start_button.setEnabled(self.progress.can_start)
        self.context.run(_history, self.context.settings.model).on_success(self._show_history)

    def _show_progress(self, progress: dict[str, Any]) -> None:
        if self.training.state is TrainingState.RUNNING:
            self.progress.show_progress(progress)

    def _ended(self, outcome: TrainingOutcome) -> None:
        if outcome.finished:
            self._outcome = outcome  # shown with the figures, which `look` reads
            self.context.show_message.emit(
                self.tr("Training has finished: see Teach on the Voice page."), "info", ""
            )
        else:
            self.progress.say_paused()
        self.look()

    def _failed(self, sentence: str, details: str) -> None:
        self.progress.stage.setText(sentence)
        if details:
            self.context.show_message.emit(sentence, "error", details)

    def _show_verdict(self, words: str, folder: Path | None) -> None:
        self._offer = folder
        self.verdict_heading.setText(
            self.tr("The new model understands you better")
            if folder is not None
            else self.tr("The current model stays in use")
        )
        self.verdict.setText(words)
        # The main action is to use the new model if it is better.
        restyled(self.progress.start_button, kind="" if folder is not None else "primary")
        self.use_button.setVisible(folder is not None)
        self.use_button.setEnabled(True)
        self.verdict_card.show()

    def _show_history(self, found: History) -> None:
        self.gains.show_history(found.gains, found.versions)
        if self.training.state is not TrainingState.IDLE:
            return
        # A stopped training continues with the material it has.
        self._has_enough = found.readiness.is_enough or bool(found.figures)
        self.progress.can_start = self._has_enough and not missing_packages()
        self.progress.start_button.setEnabled(self.progress.can_start)
        if found.figures:
            self.progress.show_paused(found.figures)
        else:
            self.progress.show_nothing_begun()
            ready = found.readiness
            self.progress.show_readiness(ready.speech_seconds, ready.is_enough, ready.minutes)
        newest = found.gains[-1] if found.gains else None
        if self._outcome is not None:
            outcome, self._outcome = self._outcome, None
            is_told = newest is not None and newest.sentence == outcome.sentence
            words = verdict_words(newest) if newest is not None and is_told else outcome.sentence
            self._show_verdict(words, outcome.folder if outcome.offered else None)
        elif newest is not None and found.waiting is not None and self._offer is None:
            self._taught_model = newest.model
            self._show_verdict(verdict_words(newest), found.waiting)
        elif newest is not None and self.verdict.text() == newest.sentence:
            self.verdict.setText(verdict_words(newest))  # the history was loaded after the training ended

    def _adopted(self, _version: Version) -> None:
        self._offer = None
        self.verdict_card.hide()
        restyled(self.progress.start_button, kind="primary")
        self._switch()
        self.context.show_message.emit(self.tr("Your own model is in use now."), "info", "")

    def _not_adopted(self, failure: Any) -> None:
        self.use_button.setEnabled(True)
        self.context.tell_failure(failure)

    def _went_back(self, version: Version) -> None:
        self._switch()
        self.context.show_message.emit(
            self.tr("Version {number} of your model is in use now.").format(number=int(version.name)),
            "info",
            "",
        )

    def _switch(self) -> None:
        if self.context.settings.model == VOICE_MODEL:
            self.context.model_changed.emit(VOICE_MODEL)  # the same name, with another model in the folder
        else:
            self.context.change_settings(model=VOICE_MODEL)
        self.look()


# Run as operations


def _adopt(folder: Path, model: str) -> Version:
    from asr_desktop.model_store.versions import adopt

    return adopt(folder, model, VOICE_MODEL)


def _history(model: str) -> History:
    from asr_desktop.model_store.versions import first_version, list_versions
    from asr_desktop.recognition.model_folder import ModelFolder
    from asr_desktop.teaching.own_voice import figures_so_far, read_gains, readiness, training_folder

    gains = read_gains(training_folder())
    waiting: Path | None = None
    if gains and gains[-1].offered:
        try:
            waiting = ModelFolder.load(training_folder() / "new-model").path
        except AsrDesktopError:
            waiting = None  # it is in use by now, or another training has started
    try:
        start = first_version(model)
    except AsrDesktopError:
        start = None  # the model was removed, so it cannot be trained
    return History(
        gains,
        list_versions(VOICE_MODEL),
        waiting,
        figures_so_far(training_folder()),
        readiness(start),
    )
