"""The keys of all actions, each of which can be another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QKeySequenceEdit, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import icon_button, label

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext
    from asr_desktop.gui.shortcuts import Binding


class KeyTable(QWidget):
    """A row for each action that was bound when the table is shown."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.editors: dict[str, KeyEdit] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(SPACE // 2)
        self._grid.setColumnStretch(0, 1)
        self.refresh()

    def showEvent(self, event: object) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Pages that were opened meanwhile have brought keys of their own."""
        for binding in self.context.shortcuts.bindings():
            if binding.name not in self.editors:
                self._add(binding)

    def _add(self, binding: Binding) -> None:
        row = self._grid.rowCount()
        editor = KeyEdit(self.context.shortcuts.key(binding.name))
        editor.setAccessibleName(binding.description)
        editor.setFixedWidth(180)
        editor.editingFinished.connect(lambda: self._changed(binding, editor))
        reset = icon_button(
            "restore",
            self.tr("The usual key for “{action}”").format(action=binding.description),
            on_click=lambda: self._reset(binding, editor),
        )
        name = label(binding.description)
        name.setBuddy(editor)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(editor, row, 1)
        self._grid.addWidget(reset, row, 2)
        self.editors[binding.name] = editor

    def _changed(self, binding: Binding, editor: KeyEdit) -> None:
        keys = self.context.shortcuts
        if editor.keySequence() == keys.key(binding.name):
            return
        other = keys.rebind(binding.name, editor.keySequence())
        if other is not None:
            sentence = self.tr("{key} is the key for “{action}” already: choose another one.").format(
                key=editor.keySequence().toString(QKeySequence.SequenceFormat.NativeText), action=other
            )
            self.context.show_message.emit(sentence, "warning", "")
            editor.setKeySequence(keys.key(binding.name))

    def _reset(self, binding: Binding, editor: KeyEdit) -> None:
        editor.setKeySequence(QKeySequence(binding.default, QKeySequence.SequenceFormat.PortableText))
        self._changed(binding, editor)


class KeyEdit(QKeySequenceEdit):
    """One key; Backspace removes it, and Tab leaves it, as everywhere."""

    def __init__(self, key: QKeySequence) -> None:
        super().__init__(key)
        self.setMaximumSequenceLength(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            event.ignore()
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        elif event.key() == Qt.Key.Key_Backspace and not event.modifiers():
            self.clear()
            self.editingFinished.emit()
        else:
            super().keyPressEvent(event)
