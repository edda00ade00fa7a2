"""Who says this? A name that is known or a new one, here or everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import button, label, row


class SpeakerDialog(QDialog):
    """Emits `named(name, everywhere)`; the name is "" for nobody in particular."""

    named = Signal(str, bool)

    def __init__(self, former: str | None, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Speaker"))
        self.setMinimumWidth(400)
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.addItems(list(dict.fromkeys([former or "", *names])))
        self.name.setCurrentIndex(0)
        self.everywhere = QCheckBox(self.tr("Rename “{name}” everywhere").format(name=former))
        self.everywhere.setToolTip(self.tr("Renames this person in the whole transcript"))
        self.everywhere.setVisible(former is not None)
        how_far = label(self.tr("Applies up to the next segment by someone else."), "muted", wrap=True)
        self.agree_button = button(self.tr("Name"), kind="primary", on_click=self._agree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + SPACE // 2)
        layout.addWidget(label(self.tr("Who is speaking?"), "heading"))
        layout.addWidget(self.name)
        layout.addWidget(how_far)
        layout.addWidget(self.everywhere)
        cancel = button(self.tr("Cancel"), on_click=self.reject)
        for made in (cancel, self.agree_button):
            made.setAutoDefault(False)  # Return belongs to the name
        layout.addLayout(row(None, cancel, self.agree_button))
        editor = self.name.lineEdit()
        assert editor is not None
        editor.returnPressed.connect(self._agree)
        editor.selectAll()
        self.name.setFocus()

    def _agree(self) -> None:
        self.named.emit(" ".join(self.name.currentText().split()), self.everywhere.isChecked())
        self.accept()
