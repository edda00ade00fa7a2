"""What you write: the list of a person's texts, and how others are added and taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QListWidgetItem

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.widgets.parts import Card, ListWidget, button, label, row

if TYPE_CHECKING:
    from asr_desktop.language_model.own_texts import OwnText


class OwnTexts(Card):
    """Whoever made it reads the texts again when they have `changed`, and shows them."""

    changed = Signal()
    """A text came or went, or that did not succeed."""
    told = Signal(str)
    """A sentence upon what was wished; "" where there is none."""

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
        """These are there now."""
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
        """Whether texts may come and go: not while they are being learnt."""
        self._is_free = is_free
        for part in (self.add_button, self.paste_button):
            part.setEnabled(is_free)
        self._choose()

    def choose_files(self) -> None:
        """Ask for text files, and add them."""
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Your texts"), "", self.tr("Texts (*.txt *.md *.text *.docx)")
        )
        if names:
            self._do(_add_files, [Path(name) for name in names])

    def paste(self) -> None:
        """Add what is in the clipboard."""
        text = QGuiApplication.clipboard().text()
        if text.strip():
            self._do(_add_pasted, text)
        else:
            self.told.emit(self.tr("There is no text to paste: copy some first."))

    def remove(self) -> None:
        """Take the chosen text out."""
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
