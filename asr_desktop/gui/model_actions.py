"""Actions on models, run in the background: download, use, delete, measure, convert, add."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base.errors import CancelledError, ModelStoreError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import question_box
from asr_desktop.model_store.cards import ModelCard, ModelState
from asr_desktop.model_store.disk import size_text
from asr_desktop.model_store.download import Download, DownloadProgress, DownloadState
from asr_desktop.model_store.store import ModelStore
from asr_desktop.recognition.model_folder import ModelFolder


class ModelActions(QObject):
    """Belongs to one page, which is the parent of its dialogs."""

    changed = Signal()
    """Models were added or removed, or their state changed."""
    progressed = Signal(str, object)
    """A model's name, and the DownloadProgress of its download."""

    def __init__(self, context: AppContext, store: ModelStore, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._store = store
        self._page = page
        self._downloads: dict[str, Download] = {}
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.stop_downloads)

    def do(self, action: str, card: ModelCard) -> None:
        """Run a card's action: download, cancel, use, remove, measure, convert."""
        by_name: dict[str, Callable[[str], None]] = {
            "download": self.download,
            "cancel": self.cancel,
            "use": self.use,
        }
        by_card = {"remove": self.remove, "measure": self.measure, "convert": self.convert}
        if action in by_name:
            by_name[action](card.name)
        else:
            by_card[action](card)

    # Downloads

    def download(self, name: str) -> None:
        """Download, or continue downloading, a model of the catalogue or "owner/name" of the hub."""
        try:
            begun = self._downloads.get(name) or self._store.download(name)
        except ModelStoreError as error:
            self._context.notify.emit(Notice(said(str(error)), "error", about=_about(name)))
            return
        self._context.is_over.emit(_about(name))
        self._downloads[begun.wanted.name] = begun

        def fetch(progress: Callable[[DownloadProgress], None]) -> ModelFolder:
            begun.on_progress = progress
            return begun.run()

        operation = self._context.run(fetch)
        operation.on_progress(partial(self.progressed.emit, begun.wanted.name))
        operation.on_success(partial(self._downloaded, begun))
        operation.on_failure(partial(self._not_downloaded, begun))

    def cancel(self, name: str) -> None:
        """Stop a download; the part already downloaded is kept."""
        download = self._downloads.get(name)
        if download is None:
            self._context.show_message.emit(
                self.tr("Another program is downloading this model; stop it there."), "info", ""
            )
            return
        download.cancel()

    def stop_downloads(self) -> None:
        """Stop all downloads; they can be continued later."""
        for download in self._downloads.values():
            download.cancel()

    def _downloaded(self, download: Download, model: ModelFolder) -> None:
        self._downloads.pop(download.wanted.name, None)
        self._added(model, download.warnings)

    def _not_downloaded(self, download: Download, failure: Failure) -> None:
        if download.progress.state is not DownloadState.CANCELLED:
            self._downloads.pop(download.wanted.name, None)
        if not isinstance(failure.error, CancelledError):
            self._context.tell_failure(failure, _about(download.wanted.name))
        self.changed.emit()

    # Installed models

    def use(self, name: str) -> None:
        """Make it the model for dictation and files."""
        self._context.change_settings(model=name)
        self.changed.emit()

    def remove(self, card: ModelCard) -> None:
        """Delete a model, after asking."""
        box = self.removal_question(card)
        box.exec()
        if box.buttonRole(box.clickedButton()) is not QMessageBox.ButtonRole.DestructiveRole:
            return
        self._downloads.pop(card.name, None)
        self._work(
            self.tr("Deleting {name}…").format(name=said(card.title)), partial(self._store.remove, card.name)
        ).on_success(partial(self._removed, card.name))

    def removal_question(self, card: ModelCard) -> QMessageBox:
        """The question before deleting a model; its first button deletes."""
        box = question_box(self._page, "help")
        box.setWindowTitle(self.tr("Delete model"))
        box.setText(self.tr("Delete “{name}” from this computer?").format(name=said(card.title)))
        if card.size_bytes and card.state is not ModelState.PAUSED:
            box.setInformativeText(
                self.tr("This frees {size}. Your recordings and transcripts are kept.").format(
                    size=said(size_text(card.size_bytes))
                )
            )
        box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        return box

    def measure(self, card: ModelCard) -> None:
        """Measure the model's speed on this computer."""
        self._work(
            self.tr("Testing the speed of {name}…").format(name=said(card.title)),
            partial(self._store.measure, card.name),
        ).on_success(lambda _: self.changed.emit())

    def convert(self, card: ModelCard) -> None:
        """Convert a PyTorch checkpoint in the models' folder to ONNX."""
        assert card.path is not None
        self._work(
            self.tr("Converting {name}; this takes a few minutes…").format(name=card.name),
            partial(self._store.convert, card.path),
        ).on_success(lambda result: self._added(result[0], result[1]))

    def add_folder(self, folder: Path) -> None:
        """Copy a folder to the models' folder; if it has PyTorch weights only, convert the copy."""
        self._work(
            self.tr("Adding {name}…").format(name=folder.name), partial(self._store.add, folder)
        ).on_success(lambda model: self._added(model, []))

    # Results

    def _work(self, sentence: str, function: Callable[..., Any]) -> Operation:
        """Run a slow function, with a message that it is running; for work that has no card."""
        self._context.is_over.emit(_about(sentence))
        self._context.notify.emit(Notice(sentence, about=_about(sentence), page="models", stays=True))
        operation = self._context.run(function)
        operation.on_success(lambda _: self._context.is_over.emit(_about(sentence)))
        return operation.on_failure(partial(self._failed, _about(sentence)))

    def _failed(self, about: str, failure: Failure) -> None:
        self._context.is_over.emit(about)
        self._context.tell_failure(failure, about)
        self.changed.emit()

    def _added(self, model: ModelFolder, notes: list[str]) -> None:
        self.changed.emit()
        self._context.model_changed.emit(self._context.settings.model)  # model boxes reload their lists
        for note in notes:
            self._context.show_message.emit(said(note), "info", "")
        self._context.offer.emit(
            self.tr("{name} is installed.").format(name=model.name),
            self.tr("Use"),
            partial(self.use, model.path.name),
        )

    def _removed(self, name: str, _freed_bytes: int) -> None:
        if self._context.settings.model == name:
            self._context.change_settings(model=DEFAULT_MODEL)
        else:
            self._context.model_changed.emit(self._context.settings.model)
        self.changed.emit()


def _about(what: str) -> str:
    """The cause of notices about a model or a task."""
    return f"models.{what}"
