"""Your texts: trains the language model on the user's texts, so that it expects their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFileDialog, QListWidgetItem, QProgressBar, QVBoxLayout, QWidget

from asr_desktop.base.installation import pip, stated
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.voice_training import TrainingOutcome, TrainingState, VoiceTraining, missing_packages
from asr_desktop.gui.widgets.columns import FoldingColumns
from asr_desktop.gui.widgets.kept_focus import take_turns
from asr_desktop.gui.widgets.parts import Card, ListWidget, button, label, row
from asr_desktop.gui.widgets.voice_findings import gain_words

if TYPE_CHECKING:
    from asr_desktop.language_model.own_texts import OwnText
    from asr_desktop.language_model.personal import TextGain

# The list of the user's texts


class OwnTexts(Card):
    """The owner reloads the texts after `changed`, and shows them."""

    changed = Signal()
    """A text was added or removed, or that has failed."""
    told = Signal(str)
    """The result of the last action as a sentence; "" for none."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(QCoreApplication.translate("OwnTexts", "Your writing"))
        self.context = context
        self._is_free = True
        self.body.addWidget(
            label(
                self.tr(
                    "Letters, notes, reports: the program learns which words you use, and in what "
                    "order. Your texts are copied to the program's folder and stay on this computer."
                ),
                "muted",
                wrap=True,
            )
        )
        self.texts = ListWidget()
        self.texts.setAccessibleName(self.tr("Your texts"))
        self.texts.currentItemChanged.connect(self._choose)
        self.no_texts = label(
            self.tr("Nothing yet. A few pages help; the closer they are to what you dictate, the better."),
            "muted",
            wrap=True,
        )
        self.add_button = button(
            self.tr("Add texts"),
            "plus",
            tip=self.tr("Plain text, Markdown or Word documents that you wrote"),
            on_click=self.choose_files,
        )
        self.paste_button = button(
            self.tr("Paste"), "copy", tip=self.tr("Add text from the clipboard"), on_click=self.paste
        )
        self.remove_button = button(
            self.tr("Remove"),
            "trash",
            tip=self.tr("Remove the selected text; your own file is not deleted"),
            on_click=self.remove,
        )
        self.body.addWidget(self.texts, 1)
        self.body.addWidget(self.no_texts)
        self.body.addStretch(0)
        self.body.addLayout(row(self.add_button, self.paste_button, self.remove_button, None))

    def show_texts(self, texts: Sequence[OwnText]) -> None:
        """Show these texts."""
        self.texts.clear()
        for text in texts:
            count = QLocale().toString(text.words)
            words = self.tr("{name} · words: {count}").format(name=text.name, count=count)
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, text.name)
            self.texts.addItem(item)
        self.texts.setVisible(bool(texts))
        self.no_texts.setVisible(not texts)

    def set_free(self, is_free: bool) -> None:
        """Enable or disable changes; disabled while a training is running."""
        self._is_free = is_free
        for part in (self.add_button, self.paste_button):
            part.setEnabled(is_free)
        self._choose()

    def choose_files(self) -> None:
        """Ask for text files and add them."""
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Your texts"), "", self.tr("Texts (*.txt *.md *.text *.docx)")
        )
        if names:
            self._do(_add_files, [Path(name) for name in names])

    def paste(self) -> None:
        """Add the text of the clipboard."""
        text = QGuiApplication.clipboard().text()
        if text.strip():
            self._do(_add_pasted, text)
        else:
            self.told.emit(self.tr("There is no text to paste: copy some first."))

    def remove(self) -> None:
        """Remove the selected text."""
        item = self.texts.currentItem()
        if item is not None:
            self._do(_remove, item.data(Qt.ItemDataRole.UserRole))

    def _choose(self) -> None:
        self.remove_button.setEnabled(self._is_free and self.texts.currentItem() is not None)

    def _do(self, function: Callable[..., None], *arguments: Any) -> None:
        self.told.emit("")
        operation = self.context.run(function, *arguments)
        operation.on_success(lambda _: self.changed.emit()).on_failure(self._not_done)

    def _not_done(self, failure: Failure) -> None:
        self.context.tell_failure(failure)
        self.changed.emit()


# Run as operations


def _add_files(paths: list[Path]) -> None:
    from asr_desktop.language_model.own_texts import add_text

    for path in paths:
        add_text(path)


def _add_pasted(text: str) -> None:
    from asr_desktop.language_model.own_texts import add_pasted

    add_pasted(text)


def _remove(name: str) -> None:
    from asr_desktop.language_model.own_texts import remove_text

    remove_text(name)


NEEDED_PACKAGES = {"num2words": "num2words", "kenlm": "kenlm-ex"}
"""Module, and the distribution that contains it."""
_NARROW_PIXELS = 800
"""Below this width, the buttons of both columns do not fit beside each other in every language."""


@dataclass(frozen=True, slots=True)
class Texts:
    """texts: the added texts. gain: of the last training on them, None if there was none."""

    texts: list[OwnText]
    gain: TextGain | None
    folder: Path


class VoiceTexts(QWidget):
    """The last tab of the Voice page."""

    def __init__(self, context: AppContext, learning: VoiceTraining, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.learning = learning
        self._found: Texts | None = None
        self.own = OwnTexts(context)
        self.own.changed.connect(self.look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(FoldingColumns(self.own, self._make_learning(), narrow_pixels=_NARROW_PIXELS))
        self.own.told.connect(self._say)
        learning.state_changed.connect(self._show_state)
        learning.progressed.connect(self._show_progress)
        learning.ended.connect(self._ended)
        learning.failed.connect(self._failed)
        context.settings_changed.connect(self._show_use)
        self._show_state(learning.state)
        for told in learning.so_far[-1:]:
            self._show_progress(told)

    # Building the tab

    def _make_learning(self) -> Card:
        card = Card(self.tr("Learn your words"))
        self.install_hint = label(
            self.tr("Additional packages are required. Run this in a terminal, then restart the program:")
            + f"\n{install_command()}",
            wrap=True,
        )
        self.install_hint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.learn_button = button(
            self.tr("Learn words"),
            "train",
            kind="primary",
            tip=self.tr("Takes about a minute; some of your texts are set aside to measure the result"),
            on_click=self.learn,
        )
        self.stop_button = button(self.tr("Stop"), "stop", on_click=self.learning.stop)
        take_turns(self.learn_button, self.stop_button)
        self.stage = label("", "muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.verdict = label("", wrap=True)
        self.in_use = label("", "muted", wrap=True)
        self.use_button = button(
            self.tr("Use"),
            "check",
            tip=self.tr("Use your words for dictation and files from now on"),
            on_click=self.use,
        )
        self.back_button = button(
            self.tr("Undo"),
            "undo",
            tip=self.tr("Stop using your words for dictation and files; your texts are kept"),
            on_click=self.take_back,
        )
        for part in (self.install_hint, self.stage, self.bar, self.verdict, self.in_use):
            card.body.addWidget(part)
        card.body.insertLayout(2, row(self.learn_button, self.stop_button, None))
        card.body.addLayout(row(self.use_button, self.back_button, None))
        card.body.addStretch(1)
        return card

    # User actions

    def learn(self) -> None:
        """Train on all texts in the background."""
        self.learning.start(self.context.settings.model)

    def use(self) -> None:
        """Use the trained language model for dictation and files."""
        if self._found is not None:
            self.context.change_settings(language_model=str(self._found.folder))

    def take_back(self) -> None:
        """Use the former language model again; texts and training result are kept."""
        self.context.change_settings(language_model="")

    # Results

    def _say(self, sentence: str) -> None:
        self.stage.setText(sentence)
        self.stage.setVisible(bool(sentence))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Load the texts and the result of the last training."""
        self.context.run(_find).on_success(self._show)

    def _show(self, found: Texts) -> None:
        self._found = found
        self.own.show_texts(found.texts)
        if found.gain is not None:
            self.verdict.setText(gain_words(found.gain))
        self._show_state(self.learning.state)

    def _show_state(self, state: TrainingState) -> None:
        is_free = state is TrainingState.IDLE
        missing = missing_packages(tuple(NEEDED_PACKAGES))
        self.install_hint.setVisible(bool(missing))
        has_texts = self._found is not None and bool(self._found.texts)
        self.learn_button.setVisible(is_free)
        self.learn_button.setEnabled(has_texts and not missing)
        self.stop_button.setVisible(not is_free)
        self.stop_button.setEnabled(state is TrainingState.RUNNING)
        self.bar.setVisible(not is_free)
        if state is TrainingState.RUNNING:
            self.bar.setValue(0)
            self.verdict.setText("")
            self.stage.setText(self.tr("Reading…"))
        elif is_free and self.stage.text() == self.tr("Stopping…"):
            self.stage.setText("")
        elif state is TrainingState.STOPPING:
            self.stage.setText(self.tr("Stopping…"))
        self.own.set_free(is_free)
        self._show_use()

    def _show_use(self) -> None:
        found = self._found
        is_there = found is not None and found.gain is not None and self._is_free()
        is_used = found is not None and self.context.settings.language_model == str(found.folder)
        self.use_button.setVisible(is_there and not is_used)
        self.back_button.setVisible(is_used and self._is_free())
        self.in_use.setVisible(is_used)
        self.in_use.setText(self.tr("In use for dictation and files."))
        self.verdict.setVisible(bool(self.verdict.text()))
        self.stage.setVisible(bool(self.stage.text()))

    def _is_free(self) -> bool:
        return self.learning.state is TrainingState.IDLE

    def _show_progress(self, progress: dict[str, Any]) -> None:
        stages = {
            "reading": self.tr("Reading…"),
            "learning": self.tr("Learning word sequences…"),
            "mixing": self.tr("Combining with the model's language model…"),
            "measuring": self.tr("Measuring the result…"),
            "writing": self.tr("Saving…"),
        }
        if self.learning.state is TrainingState.RUNNING:
            self.stage.setText(stages.get(str(progress.get("stage")), ""))
            self.bar.setValue(round(1000 * float(progress.get("done") or 0.0)))
            self._show_use()

    def _ended(self, outcome: TrainingOutcome) -> None:
        self.stage.setText("" if outcome.finished else self.tr("Stopped; nothing was changed."))
        if outcome.finished and outcome.offered and outcome.folder is not None:
            if self.context.settings.language_model == str(outcome.folder):
                # The same folder, with another model in it.
                self.context.model_changed.emit(self.context.settings.model)
            else:
                self.context.change_settings(language_model=str(outcome.folder))
        elif outcome.finished:
            self.verdict.setText(self.tr("Your texts contain nothing that the model does not know already."))
        self.look()

    def _failed(self, sentence: str, details: str) -> None:
        self.stage.setText(sentence)
        if details:
            self.context.show_message.emit(sentence, "error", details)
        self.look()


def install_command() -> str:
    """The command that installs the missing packages."""
    return pip("install", *(stated(name) for name in NEEDED_PACKAGES.values()))


# Run as operations


def _find() -> Texts:
    from asr_desktop.language_model.own_texts import list_texts
    from asr_desktop.language_model.personal import last_gain, personal_folder

    return Texts(list_texts(), last_gain(), personal_folder())
