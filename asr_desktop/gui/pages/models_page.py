"""Models: what there is, here and to be had; download, check, use, remove."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QWidget,
)

from asr_desktop import DEFAULT_MODEL
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import language_name
from asr_desktop.gui.widgets.model_card import BUSY
from asr_desktop.gui.widgets.model_list import WIDTH_PIXELS, ModelList
from asr_desktop.gui.widgets.parts import button, label, page_layout, row
from asr_desktop.model_store.cards import ModelCard, ModelState
from asr_desktop.model_store.disk import size_text
from asr_desktop.model_store.download import Download, DownloadProgress, DownloadState
from asr_desktop.model_store.errors import CancelledError, ModelStoreError
from asr_desktop.model_store.store import ModelStore
from asr_desktop.recognition.model_folder import ModelFolder

LANGUAGE_PIXELS = 200


class ModelsPage(QWidget):
    """A card for every model: those on this computer first, then the catalogue."""

    title = "Models"
    icon_name = "models"

    def __init__(
        self, context: AppContext, parent: QWidget | None = None, *, store: ModelStore | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.store = store or ModelStore()
        self.list = ModelList()
        self.list.asked.connect(self._do)
        self.views = self.list.views
        self._downloads: dict[str, Download] = {}
        self._has_checked_speed = False
        outer = page_layout(
            self,
            self.tr("Models"),
            self.tr(
                "A model is what listens. Each knows one language; a larger one makes fewer mistakes and "
                "needs "
                "a faster computer."
            ),
        )
        self.search_field = QLineEdit()
        self.search_field.setPlaceholderText(self.tr("Search"))
        self.search_field.setAccessibleName(self.tr("Search the models"))
        self.search_field.setClearButtonEnabled(True)
        self.search_field.textChanged.connect(self._filter)
        self.language_box = QComboBox()
        self.language_box.setAccessibleName(self.tr("Language of the models"))
        self.language_box.setFixedWidth(LANGUAGE_PIXELS)
        self.language_box.currentIndexChanged.connect(self._filter)
        self.add_button = button(
            self.tr("Add a folder"),
            "folder",
            tip=self.tr("A model that you have already, such as one that you trained"),
            on_click=self.choose_folder,
        )
        self.hub_button = button(
            self.tr("By name"),
            "download",
            tip=self.tr("Any model of the hub by its name, such as owner/model"),
            on_click=self.ask_for_name,
        )
        tools = row(self.search_field, self.language_box, self.add_button, self.hub_button)
        tools.setStretch(0, 1)
        tools_widget = QWidget()
        tools_widget.setLayout(tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools_widget.setMaximumWidth(WIDTH_PIXELS - SPACE)  # as wide as the cards beside their scroll bar
        outer.addWidget(tools_widget)
        self.work_label = label("", "muted", wrap=True)
        self.work_label.setVisible(False)
        outer.addWidget(self.work_label)
        outer.addWidget(self.list, 1)
        context.model_changed.connect(self.look)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.stop_downloads)
        self.look()

    def entered(self) -> None:
        """Shown: looks again, and the first time finds out how fast this computer is."""
        self.look()
        if not self._has_checked_speed:
            self._has_checked_speed = True
            self.context.run(partial(_check_speed, self.store)).on_success(lambda _: self.look())

    def look(self) -> None:
        """Read again which models there are."""
        self.context.run(self.store.cards).on_success(self._show)

    def stop_downloads(self) -> None:
        """They go on where they stopped when the user wants them again."""
        for download in self._downloads.values():
            download.cancel()

    # What is shown

    def _show(self, cards: list[ModelCard]) -> None:
        self.list.show_cards(cards)
        self._fill_languages()
        self._filter()

    def _fill_languages(self) -> None:
        codes = sorted({code for card in self.list.cards for code in card.languages}, key=language_name)
        chosen = self.language_box.currentData()
        if [self.language_box.itemData(index) for index in range(1, self.language_box.count())] == codes:
            return
        self.language_box.blockSignals(True)
        self.language_box.clear()
        self.language_box.addItem(self.tr("All languages"), None)
        for code in codes:
            self.language_box.addItem(language_name(code), code)
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(chosen)))
        self.language_box.blockSignals(False)

    def _filter(self) -> None:
        """Show the cards in the chosen language that hold every word that was typed."""
        self.list.filter(self.search_field.text().lower().split(), self.language_box.currentData())

    # What the user asks for

    def _do(self, action: str, name: str) -> None:
        actions: dict[str, Callable[[str], None]] = {
            "download": self.download,
            "cancel": self.cancel,
            "use": self.use,
            "remove": self.remove,
            "measure": self.measure,
            "convert": self.convert,
        }
        actions[action](name)

    def download(self, name: str) -> None:
        """Fetch a model of the catalogue, or "owner/name" of the hub, or go on with it."""
        try:
            begun = self._downloads.get(name) or self.store.download(name)
        except ModelStoreError as error:
            self.context.show_message.emit(said(str(error)), "error", "")
            return
        self._downloads[begun.wanted.name] = begun

        def fetch(progress: Callable[[DownloadProgress], None]) -> ModelFolder:
            begun.on_progress = progress
            return begun.run()

        operation = self.context.run(fetch)
        operation.on_progress(partial(self._show_progress, begun.wanted.name))
        operation.on_success(partial(self._downloaded, begun))
        operation.on_failure(partial(self._not_downloaded, begun))

    def cancel(self, name: str) -> None:
        """Stop a download; what has arrived is kept."""
        download = self._downloads.get(name)
        if download is None:
            self.context.show_message.emit(
                self.tr("Another program downloads this model; stop it there."), "info", ""
            )
            return
        download.cancel()

    def use(self, name: str) -> None:
        """Dictation and files use it from now on."""
        self.context.change_settings(model=name)
        self.look()

    def remove(self, name: str) -> None:
        """Delete a model, after asking."""
        card = self.views[name].card
        box = self.removal_question(card)
        box.exec()
        if box.buttonRole(box.clickedButton()) is not QMessageBox.ButtonRole.DestructiveRole:
            return
        self._downloads.pop(name, None)
        self._work(
            self.tr("Deleting {name} …").format(name=said(card.title)), partial(self.store.remove, name)
        ).on_success(partial(self._removed, name))

    def removal_question(self, card: ModelCard) -> QMessageBox:
        """Put before a model is deleted; its first button deletes."""
        box = QMessageBox(self.window())
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Delete a model"))
        box.setText(self.tr("Delete “{name}” from this computer?").format(name=said(card.title)))
        if card.size_bytes and card.state is not ModelState.PAUSED:
            box.setInformativeText(
                self.tr("{size} become free. Your recordings and transcripts stay.").format(
                    size=size_text(card.size_bytes)
                )
            )
        box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        return box

    def measure(self, name: str) -> None:
        """Find out how fast it is here."""
        self._work(
            self.tr("Measuring how fast {name} is here …").format(name=said(self.views[name].card.title)),
            partial(self.store.measure, name),
        ).on_success(lambda _: self.look())

    def convert(self, name: str) -> None:
        """Make a checkpoint in the models' folder usable."""
        folder = self.views[name].card.path
        assert folder is not None
        self._work(
            self.tr("Converting {name}, which takes some minutes …").format(name=name),
            partial(self.store.convert, folder),
        ).on_success(lambda result: self._added(result[0], result[1]))

    def choose_folder(self) -> None:
        """Ask for a model's folder, and add it."""
        folder = QFileDialog.getExistingDirectory(self, self.tr("A model's folder"))
        if folder:
            self.add_folder(Path(folder))

    def add_folder(self, folder: Path) -> None:
        """Copy a folder to the models; where it holds PyTorch weights only, convert the copy."""
        self._work(
            self.tr("Adding {name} …").format(name=folder.name), partial(self.store.add, folder)
        ).on_success(lambda model: self._added(model, []))

    def ask_for_name(self) -> None:
        """Ask for a repository of the hub, and download it."""
        name, is_wanted = QInputDialog.getText(
            self,
            self.tr("A model of the hub"),
            self.tr("Its name, as owner/model. Speech models of the wav2vec2 family can be used."),
        )
        if is_wanted and name.strip():
            self.download(name.strip())

    # What came of it

    def _work(self, sentence: str, function: Callable[..., Any]) -> Any:
        """Run something that takes a while and has no card of its own to show it."""
        self.work_label.setText(sentence)
        self.work_label.setVisible(True)
        operation = self.context.run(function)
        operation.on_success(lambda _: self.work_label.setVisible(False))
        return operation.on_failure(self._failed)

    def _failed(self, failure: Failure) -> None:
        self.work_label.setVisible(False)
        self.context.tell_failure(failure)
        self.look()

    def _show_progress(self, name: str, progress: DownloadProgress) -> None:
        view = self.views.get(name)
        is_known = view is not None and view.card.state.value == progress.state.value
        if view is not None:
            view.show_progress(progress)
        if not is_known and progress.state.value in [state.value for state in BUSY]:
            self.look()

    def _downloaded(self, download: Download, model: ModelFolder) -> None:
        self._downloads.pop(download.wanted.name, None)
        self._added(model, download.warnings)

    def _not_downloaded(self, download: Download, failure: Failure) -> None:
        if download.progress.state is not DownloadState.CANCELLED:
            self._downloads.pop(download.wanted.name, None)
        if not isinstance(failure.error, CancelledError):
            self.context.tell_failure(failure)
        self.look()

    def _added(self, model: ModelFolder, notes: list[str]) -> None:
        self.look()
        self.context.model_changed.emit(self.context.settings.model)  # boxes to choose from have one more
        for note in notes:
            self.context.show_message.emit(said(note), "info", "")
        self.context.offer.emit(
            self.tr("{name} is on this computer now.").format(name=model.name),
            self.tr("Use it"),
            partial(self.use, model.path.name),
        )

    def _removed(self, name: str, _freed_bytes: int) -> None:
        if self.context.settings.model == name:
            self.context.change_settings(model=DEFAULT_MODEL)
        else:
            self.context.model_changed.emit(self.context.settings.model)
        self.look()


def _check_speed(store: ModelStore) -> None:
    """Measure the model that ships, once on every machine, for the others' speed is told from it; and the one
    in use."""
    for card in store.cards():
        is_wanted = card.name == DEFAULT_MODEL or card.state is ModelState.ACTIVE
        if is_wanted and card.speed is None and card.state in (ModelState.ACTIVE, ModelState.INSTALLED):
            store.measure(card.name)
