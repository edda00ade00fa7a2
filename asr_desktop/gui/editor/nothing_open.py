"""What the editor shows before a transcript is open: where to get one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from asr_desktop.gui.widgets.parts import Card, button, label, page_layout, row


class NothingOpen(QWidget):
    """Two ways to a transcript."""

    library_wanted = Signal()
    file_chosen = Signal(object)
    """A Path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = page_layout(self, self.tr("Editor"), self.tr("Correct a transcript while you listen to it."))
        card = Card(self.tr("No transcript is open"))
        hint = self.tr("Choose one in the Library, or open a transcript that was exported as JSON.")
        card.body.addWidget(label(hint, "muted", wrap=True))
        library = button(
            self.tr("Go to the Library"), "library", kind="primary", on_click=self.library_wanted.emit
        )
        from_file = button(self.tr("Open a file …"), "folder", on_click=self._choose)
        card.body.addLayout(row(library, from_file, None))
        layout.addWidget(card)
        layout.addStretch(1)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open a transcript"), "", self.tr("Transcripts (*.json)")
        )
        if chosen:
            self.file_chosen.emit(Path(chosen))
