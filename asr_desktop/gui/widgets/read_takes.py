"""What was read so far: how much of what is worth it, and the sentences, to listen to and to delete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QListWidgetItem, QProgressBar

from asr_desktop.gui.translations import number_text
from asr_desktop.gui.voice_reading import GOAL_MINUTES
from asr_desktop.gui.widgets.parts import Card, ListWidget, button, label, row

if TYPE_CHECKING:
    from asr_desktop.teaching.dataset import TrainingUtterance

SHOWN_TAKES = 50


class ReadTakes(Card):
    """Beside the sentence to read."""

    play_wanted = Signal(object)
    """The Path of a take."""
    delete_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(QCoreApplication.translate("ReadTakes", "Read so far"))
        self.minutes = label("", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Minutes read, of the recommended minutes"))
        self.list = ListWidget()
        self.list.setAccessibleName(self.tr("Kept sentences, newest first"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _item: self.play())
        self.no_takes = label(
            self.tr("Sentences you keep appear here; you can play and delete them."), "muted", wrap=True
        )
        self.play_button = button(
            self.tr("Play"),
            "play",
            tip=self.tr("Play the selected sentence (Enter)"),
            on_click=self.play,
        )
        self.delete_button = button(
            self.tr("Delete"),
            "trash",
            tip=self.tr("Delete the selected sentence; it will come up again"),
            on_click=self.delete,
        )
        self.body.addWidget(self.minutes)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.no_takes)
        self.body.addStretch(0)
        self.body.addLayout(row(self.play_button, self.delete_button, None))

    def show_takes(self, takes: Sequence[TrainingUtterance]) -> None:
        """What was kept, oldest first; the list is only made anew where it differs."""
        minutes = sum(take.seconds for take in takes) / 60
        self.bar.setValue(min(1000, round(1000 * minutes / GOAL_MINUTES)))
        said = self.tr("{minutes} of {goal} minutes").format(
            minutes=number_text(minutes), goal=number_text(GOAL_MINUTES, 0)
        )
        more = (
            self.tr("Ten minutes give most of the improvement.")
            if minutes < GOAL_MINUTES
            else self.tr("That is enough for training; more helps a little.")
        )
        self.minutes.setText(f"{said}. {more}")
        wanted = [(str(take.path), take.transcript) for take in reversed(takes[-SHOWN_TAKES:])]
        items = [self.list.item(place) for place in range(self.list.count())]
        if wanted != [(item.data(Qt.ItemDataRole.UserRole), item.text()) for item in items]:
            self.list.clear()
            for path, text in wanted:
                item = QListWidgetItem(text)
                item.setToolTip(text)  # the line shows its beginning
                item.setData(Qt.ItemDataRole.UserRole, path)
                self.list.addItem(item)
        self.list.setVisible(bool(takes))
        self.no_takes.setVisible(not takes)
        self._choose()

    def play(self) -> None:
        """Listen to the chosen take."""
        if (path := self._chosen()) is not None:
            self.play_wanted.emit(path)

    def delete(self) -> None:
        """Delete the chosen take."""
        if (path := self._chosen()) is not None:
            self.delete_wanted.emit(path)

    def _chosen(self) -> Path | None:
        item = self.list.currentItem()
        return None if item is None else Path(item.data(Qt.ItemDataRole.UserRole))

    def _choose(self) -> None:
        for part in (self.play_button, self.delete_button):
            part.setEnabled(self._chosen() is not None)
