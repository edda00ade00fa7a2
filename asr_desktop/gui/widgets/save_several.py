"""Several transcripts at once as files: in which format, and into which folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.format_names import format_name
from asr_desktop.gui.widgets.parts import button, label, row
from asr_desktop.transcripts.export import FORMATS


class SaveSeveral(QDialog):
    """count: of the transcripts; each becomes a file by its name, in the format and folder chosen here."""

    def __init__(self, count: int, folder: Path, format: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save {count} transcripts").format(count=count))
        self.setMinimumWidth(520)
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        for key, exporter in FORMATS.items():
            self.format.addItem(f"{format_name(key)} ({exporter.suffix})", key)
        self.format.setCurrentIndex(max(0, self.format.findData(format)))
        self.place = QLineEdit(str(folder))
        self.place.setAccessibleName(self.tr("Folder"))
        self.place.textChanged.connect(self._check)
        choose = button(self.tr("Choose…"), on_click=self._choose)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for name, field, line in (
            (self.tr("Format"), self.format, row(self.format)),
            (self.tr("Folder"), self.place, row(self.place, choose)),
        ):
            shown = label(name)
            shown.setMinimumHeight(field.sizeHint().height())  # both on one line
            form.addRow(shown, line)
        about = self.tr("Files are named as in the Library. Existing files are not replaced.")
        self.save_button = button(self.tr("Save"), "export", kind="primary", on_click=self.accept)
        self.save_button.setDefault(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        outer.setSpacing(2 * SPACE)
        outer.addLayout(form)
        outer.addWidget(label(about, "muted", wrap=True))
        outer.addStretch(1)
        outer.addLayout(row(None, button(self.tr("Cancel"), on_click=self.reject), self.save_button))

    @property
    def chosen_format(self) -> str:
        return str(self.format.currentData())

    @property
    def folder(self) -> Path:
        return Path(self.place.text().strip()).expanduser()

    def _check(self, text: str) -> None:
        self.save_button.setEnabled(bool(text.strip()))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Save in"), str(self.folder))
        if chosen:
            self.place.setText(chosen)
