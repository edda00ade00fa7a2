"""The sentences that corrections gave: to listen to, and to remove where they are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.sound import EditorSound
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import Card, button, label, row

if TYPE_CHECKING:
    from asr_desktop.teaching.dataset import TrainingUtterance


class VoicePairs(Card):
    """Beside what is said of them; hidden while there are none."""

    changed = Signal()
    """Some were removed."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(QCoreApplication.translate("VoicePairs", "From your corrections"))
        self._context = context
        self.sound = EditorSound(context, self)
        self.sound.opened.connect(lambda _seconds: self.sound.play())
        self.sound.failed.connect(lambda sentence: context.show_message.emit(sentence, "error", ""))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Sentences from your corrections"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemSelectionChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _item: self.play())
        delete = QShortcut(QKeySequence.StandardKey.Delete, self.list, self.remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        hint = label(
            self.tr("The model learns each sentence as it is written here. Remove those that are wrong."),
            "small",
            wrap=True,
        )
        self.play_button = button(
            self.tr("Play"), "play", tip=self.tr("Play the selected sentence (Enter)"), on_click=self.play
        )
        self.remove_button = button(
            self.tr("Remove"),
            "trash",
            tip=self.tr("Remove the selected sentences (Delete); their transcripts stay"),
            on_click=self.remove,
        )
        self.body.addWidget(hint)
        self.body.addWidget(self.list, 1)
        self.body.addLayout(row(self.play_button, self.remove_button, None))
        self.show_pairs([])

    def show_pairs(self, pairs: Sequence[TrainingUtterance]) -> None:
        """What there is; the list is only made anew where it differs."""
        wanted = [(str(pair.path), pair.transcript) for pair in pairs]
        items = [self.list.item(place) for place in range(self.list.count())]
        if wanted != [(item.data(Qt.ItemDataRole.UserRole), item.text()) for item in items]:
            place = self.list.currentRow()
            self.list.clear()
            for path, text in wanted:
                item = QListWidgetItem(text)
                item.setToolTip(text)  # the line shows its beginning
                item.setData(Qt.ItemDataRole.UserRole, path)
                self.list.addItem(item)
            if place >= 0:
                self.list.setCurrentRow(min(place, len(wanted) - 1))
        self.setVisible(bool(wanted))
        self._choose()

    def play(self) -> None:
        """Listen to the selected one."""
        chosen = self._chosen()
        if len(chosen) == 1:
            self.sound.open(chosen[0])

    def remove(self) -> None:
        """Learn from the selected ones no more."""
        from asr_desktop.teaching.dataset import DataError
        from asr_desktop.teaching.material import corrections_folder
        from asr_desktop.teaching.pair_folder import remove_pairs

        chosen = self._chosen()
        if not chosen:
            return
        self.sound.close()
        try:
            remove_pairs(corrections_folder(), [path.name for path in chosen])
        except DataError as error:
            self._context.show_message.emit(said(str(error)), "error", "")
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.sound.close()

    def _chosen(self) -> list[Path]:
        return [Path(item.data(Qt.ItemDataRole.UserRole)) for item in self.list.selectedItems()]

    def _choose(self) -> None:
        chosen = self._chosen()
        self.play_button.setEnabled(len(chosen) == 1)
        self.remove_button.setEnabled(bool(chosen))
