"""Actions on library entries, run in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from asr_desktop.base.private_files import make_folder
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Operation
from asr_desktop.gui.widgets.export_dialog import SaveSeveral, file_filter
from asr_desktop.gui.widgets.parts import question_box
from asr_desktop.jobs.outputs import file_name
from asr_desktop.transcripts.export import FORMATS, ExportOptions, write
from asr_desktop.transcripts.library import Entry


class LibraryActions(QObject):
    """Belongs to one page, which is the parent of its dialogs."""

    def __init__(self, context: AppContext, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._page = page

    def rename(self, entry_id: int, title: str) -> None:
        """Rename an entry."""
        self._change(self._context.library.rename, entry_id, title)

    def set_tags(self, entry_id: int, tags: Sequence[str]) -> None:
        """Replace an entry's tags."""
        self._change(self._context.library.set_tags, entry_id, tags)

    # The bin

    def delete(self, entries: Sequence[Entry]) -> None:
        """Move entries to the bin; the message offers to undo it."""
        if not entries:
            return
        numbers = [entry.id for entry in entries]
        one = self.tr("“{title}” was moved to the bin.").format(title=entries[0].title)
        several = self.tr("{count} transcripts were moved to the bin.").format(count=len(entries))
        sentence = one if len(entries) == 1 else several
        undo = partial(self.restore, numbers)
        self._change(_for_each, self._context.library.delete, numbers).on_success(
            lambda _: self._context.offer.emit(sentence, self.tr("Undo"), undo)
        )

    def restore(self, numbers: Sequence[int]) -> None:
        """Move entries out of the bin."""
        self._change(_for_each, self._context.library.restore, numbers)

    def empty_bin(self, count: int) -> None:
        """Delete everything in the bin, after a question. count: how many entries it holds."""
        box = self.emptying_question(count)
        box.exec()
        if box.buttonRole(box.clickedButton()) is QMessageBox.ButtonRole.DestructiveRole:
            self._change(self._context.library.empty_bin)

    def emptying_question(self, count: int) -> QMessageBox:
        """The question before emptying the bin; its first button empties it."""
        box = question_box(self._page, "warning")
        box.setWindowTitle(self.tr("Empty bin"))
        box.setText(self.tr("Permanently delete everything in the bin ({count})?").format(count=count))
        box.setInformativeText(
            self.tr("Recordings are deleted with their audio. Files that you transcribed are not touched.")
        )
        remove = box.addButton(self.tr("Delete permanently"), QMessageBox.ButtonRole.DestructiveRole)
        remove.setProperty("kind", "danger")
        keep = box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        return box

    # Files

    def export(self, entries: Sequence[Entry]) -> None:
        """Export one entry to a file, several to a folder, in a chosen format."""
        if not entries:
            return
        folder = Path(self._context.recall("library.export_folder", str(Path.home())))
        targets = (
            self._ask_for_file(entries[0], folder)
            if len(entries) == 1
            else self._ask_for_folder(entries, folder)
        )
        if targets:
            self._context.remember("library.export_folder", str(targets[0].parent))
            self.save(entries, targets)

    def _ask_for_file(self, entry: Entry, folder: Path) -> list[Path]:
        kinds = {file_filter(key): format for key, format in FORMATS.items()}
        name, kind = QFileDialog.getSaveFileName(
            self._page,
            self.tr("Save transcript"),
            str(folder / f"{file_name(entry.title)}.txt"),
            ";;".join(kinds),
        )
        path = Path(name)
        if name and path.suffix.lower() not in {format.suffix for format in FORMATS.values()}:
            path = path.with_name(path.name + kinds[kind].suffix)
        return [path] if name else []

    def _ask_for_folder(self, entries: Sequence[Entry], folder: Path) -> list[Path]:
        dialog = SaveSeveral(
            len(entries), folder, self._context.recall("library.export_format", "txt"), self._page.window()
        )
        dialog.deleteLater()
        if not dialog.exec():
            return []
        self._context.remember("library.export_format", dialog.chosen_format)
        return targets_in(dialog.folder, entries, FORMATS[dialog.chosen_format].suffix)

    def save(self, entries: Sequence[Entry], targets: Sequence[Path]) -> None:
        """Write each entry to its file, then show where they are."""
        library = self._context.library

        def write_them() -> None:
            make_folder(targets[0].parent)
            for entry, path in zip(entries, targets, strict=True):
                write(library.transcript(entry.id), path, options=ExportOptions(title=entry.title))

        where = targets[0] if len(targets) == 1 else targets[0].parent
        sentence = self.tr("Saved: {path}").format(path=where)
        self._context.run(write_them).on_success(
            lambda _: self._context.show_message.emit(sentence, "info", "")
        )

    def show_in_folder(self, entry: Entry) -> None:
        """Show the entry's files in the system's file manager."""
        folder = entry.session_folder or entry.source.parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _change(self, change: Callable[..., Any], *arguments: Any) -> Operation:
        operation = self._context.run(change, *arguments)
        return operation.on_success(lambda _: self._context.library_changed.emit())


def targets_in(folder: Path, entries: Sequence[Entry], suffix: str) -> list[Path]:
    """A path for each entry, from its title; numbered where the same name exists already."""
    taken: set[str] = set()
    targets = []
    for entry in entries:
        name = file_name(entry.title)
        path, number = folder / f"{name}{suffix}", 1
        while path.name.casefold() in taken or path.exists():
            number += 1
            path = folder / f"{name} ({number}){suffix}"
        taken.add(path.name.casefold())
        targets.append(path)
    return targets


def _for_each(change: Callable[[int], None], numbers: Sequence[int]) -> None:
    for number in numbers:
        change(number)
