"""Details of a library entry, with editable name and tags."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QFormLayout, QVBoxLayout, QWidget

from asr_desktop.base.clock import clock
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.library_list import date_text
from asr_desktop.gui.widgets.parts import Card, ElidedLabel, LineEdit, button, label
from asr_desktop.transcripts.library import Entry


class EntryDetails(Card):
    """Emits the user's requests; the page carries them out."""

    renamed = Signal(int, str)
    tagged = Signal(int, list)
    opened = Signal()
    exported = Signal()
    shown_in_folder = Signal()
    binned = Signal()
    restored = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._entry: Entry | None = None
        self.nothing = label(
            self.tr("Select a transcript to see its details, rename it or add tags."),
            "muted",
            wrap=True,
        )
        self.body.addWidget(self.nothing)
        self._known = QWidget()
        column = QVBoxLayout(self._known)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE + SPACE // 2)
        self.name = LineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.name.setToolTip(self.tr("Rename: type, then press Enter"))
        self.name.editingFinished.connect(self._rename)
        self.tags = LineEdit()
        self.tags.setAccessibleName(self.tr("Tags"))
        self.tags.setPlaceholderText(self.tr("work, interview"))
        self.tags.setToolTip(self.tr("Separate tags with commas, then press Enter"))
        self.tags.editingFinished.connect(self._tag)
        column.addWidget(label(self.tr("Name"), "small"))
        column.addWidget(self.name)
        column.addWidget(label(self.tr("Tags"), "small"))
        column.addWidget(self.tags)
        facts = QFormLayout()
        facts.setHorizontalSpacing(2 * SPACE)
        facts.setVerticalSpacing(SPACE // 2)
        facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._facts: dict[str, ElidedLabel] = {}
        for name, words in (
            ("date", self.tr("Date")),
            ("length", self.tr("Length")),
            ("words", self.tr("Words")),
            ("model", self.tr("Model")),
            ("edited", self.tr("Corrected")),
            ("file", self.tr("File")),
        ):
            self._facts[name] = ElidedLabel()
            facts.addRow(label(words, "muted"), self._facts[name])
        column.addLayout(facts)
        self.open_button = button(self.tr("Open"), "editor", kind="primary", on_click=self.opened.emit)
        self.export_button = button(self.tr("Save as…"), "export", on_click=self.exported.emit)
        self.folder_button = button(self.tr("Show in folder"), "folder", on_click=self.shown_in_folder.emit)
        self.bin_button = button(self.tr("Move to bin"), "trash", on_click=self.binned.emit)
        self.restore_button = button(
            self.tr("Restore"), "restore", kind="primary", on_click=self.restored.emit
        )
        self.buttons = (
            self.open_button,
            self.export_button,
            self.folder_button,
            self.bin_button,
            self.restore_button,
        )
        column.addSpacing(SPACE)
        for made in self.buttons:
            column.addWidget(made)
        self.body.addWidget(self._known)
        self.body.addStretch(1)
        self.show_nothing()

    def show_nothing(self, selected: int = 0) -> None:
        """No entry is selected, or several are."""
        self._entry = None
        self._known.setVisible(selected > 1)
        self.nothing.setVisible(True)
        for fact in self._facts.values():
            fact.clear()
        for typed in (self.name, self.tags):
            typed.clear()
            typed.setEnabled(False)
        self.open_button.setEnabled(False)
        self.folder_button.setEnabled(False)
        several = self.tr("{count} transcripts selected.").format(count=selected)
        alone = self.tr("Select a transcript to see its details, rename it or add tags.")
        self.nothing.setText(several if selected > 1 else alone)

    def show_entry(self, entry: Entry, all_tags: list[str]) -> None:
        """Show the details of this entry."""
        is_another = self._entry is None or self._entry.id != entry.id
        self._entry = entry
        self.nothing.setVisible(False)
        self._known.setVisible(True)
        # Keep what the user is typing.
        if is_another or not self.name.hasFocus():
            self.name.setText(entry.title)
            self.name.setCursorPosition(0)
        if is_another or not self.tags.hasFocus():
            self.tags.setText(", ".join(entry.tags))
        completer = QCompleter(all_tags, self.tags)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.tags.setCompleter(completer)
        for part in (self.name, self.tags, self.open_button, self.folder_button):
            part.setEnabled(True)
        self._facts["date"].setText(date_text(entry))
        self._facts["length"].setText(clock(entry.duration_seconds))
        self._facts["words"].setText(f"{entry.word_count:n}")
        self._facts["model"].setText(entry.model or "–")
        self._facts["edited"].setText(self.tr("yes") if entry.edited_at else self.tr("not yet"))
        self._facts["file"].setText(str(entry.source))

    def show_bin(self, is_bin: bool) -> None:
        """Set the available buttons: entries in the bin can only be restored, not opened."""
        for made in self.buttons:
            made.setVisible(is_bin == (made is self.restore_button))

    def _rename(self) -> None:
        if self._entry is None:
            return
        if not self.name.text().strip():
            self.name.setText(self._entry.title)  # an empty name changes nothing
        elif self.name.text() != self._entry.title:
            self.renamed.emit(self._entry.id, self.name.text())

    def _tag(self) -> None:
        wanted = [tag.strip() for tag in self.tags.text().split(",") if tag.strip()]
        if self._entry is not None and wanted != list(self._entry.tags):
            self.tagged.emit(self._entry.id, wanted)
