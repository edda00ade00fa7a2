"""Find and replace, in a row above the text."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLineEdit, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import button, icon_button, label
from asr_desktop.transcripts.editing import Query


class FindBar(QFrame):
    """Emits the query and commands; the page carries them out."""

    query_changed = Signal(object)
    """A Query."""
    next_wanted = Signal()
    previous_wanted = Signal()
    replace_wanted = Signal(str)
    replace_all_wanted = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.tr("Find"))
        self.text.setAccessibleName(self.tr("Find"))
        self.text.setClearButtonEnabled(True)
        self.replacement = QLineEdit()
        self.replacement.setPlaceholderText(self.tr("Replace with"))
        self.replacement.setAccessibleName(self.tr("Replace with"))
        self.count = label("", "muted")
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("0000 of 0000") + SPACE)
        self.match_case = QCheckBox(self.tr("Match case"))
        self.whole_words = QCheckBox(self.tr("Whole words"))
        previous = icon_button("chevron-up", self.tr("Find previous"), on_click=self.previous_wanted.emit)
        following = icon_button("chevron-down", self.tr("Find next"), on_click=self.next_wanted.emit)
        close = icon_button("close", self.tr("Close"), tip=self.tr("Close (Esc)"), on_click=self.close_bar)
        self.replace = button(self.tr("Replace"), on_click=self._replace)
        self.replace_all = button(self.tr("Replace all"), on_click=self._replace_all)
        grid = QGridLayout(self)
        grid.setContentsMargins(SPACE + 4, SPACE, SPACE, SPACE)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        grid.addWidget(self.text, 0, 0)
        grid.addWidget(self.count, 0, 1)
        grid.addWidget(previous, 0, 2)
        grid.addWidget(following, 0, 3)
        grid.addWidget(self.match_case, 0, 4)
        grid.addWidget(self.whole_words, 0, 5)
        grid.addWidget(close, 0, 7)
        grid.addWidget(self.replacement, 1, 0)
        grid.addWidget(self.replace, 1, 1, 1, 3)
        grid.addWidget(self.replace_all, 1, 4, 1, 2, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(0, 1)
        self.text.textChanged.connect(lambda _text: self._tell())
        for box in (self.match_case, self.whole_words):
            box.toggled.connect(lambda _on: self._tell())
        self.hide()

    @property
    def query(self) -> Query:
        return Query(self.text.text(), self.match_case.isChecked(), self.whole_words.isChecked())

    def open(self, text: str = "") -> None:
        """Show the bar, with the selected text if any, and focus it."""
        self.show()
        if text:
            self.text.setText(text)
        self.text.setFocus()
        self.text.selectAll()
        self._tell()

    def close_bar(self) -> None:
        self.hide()
        self.closed.emit()

    def show_count(self, number: int, total: int) -> None:
        """Show the number of the current match and their total; number 0: none is current."""
        if not self.text.text().strip():
            self.count.setText("")
        elif not total:
            self.count.setText(self.tr("Not found"))
        else:
            self.count.setText(self.tr("{number} of {total}").format(number=number, total=total))
        for part in (self.replace, self.replace_all):
            part.setEnabled(total > 0)

    def event(self, event: QEvent) -> bool:
        """Esc closes the bar while it has the focus, whatever the key does on the page."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.replacement.hasFocus():
                self._replace()
            elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.previous_wanted.emit()
            else:
                self.next_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        self.query_changed.emit(self.query)

    def _replace(self) -> None:
        self.replace_wanted.emit(self.replacement.text())

    def _replace_all(self) -> None:
        self.replace_all_wanted.emit(self.replacement.text())
