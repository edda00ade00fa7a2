"""The table of keyboard shortcuts, in which they can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QKeySequenceEdit, QWidget

from asr_desktop.gui.shortcuts import KeyAction, key_groups
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import icon_button, label

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext


class KeyTable(QWidget):
    """One row for each action, grouped by page."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.editors: dict[str, KeyEdit] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(SPACE // 2)
        self._grid.setColumnStretch(0, 1)
        for group in key_groups():
            self._add_heading(group.heading)
            for action in group.actions:
                self._add(action)
        context.settings_changed.connect(self._show_keys)

    def _add_heading(self, text: str) -> None:
        row = self._grid.rowCount()
        if self.editors:
            self._grid.setRowMinimumHeight(row, SPACE)
            row += 1
        self._grid.addWidget(label(text, "group"), row, 0, 1, 3)

    def _add(self, action: KeyAction) -> None:
        row = self._grid.rowCount()
        editor = KeyEdit(self.context.shortcuts.key(action.name))
        editor.setAccessibleName(action.description)
        editor.setFixedWidth(180)
        editor.editingFinished.connect(lambda: self._changed(action, editor))
        reset = icon_button(
            "restore",
            self.tr("Restore the default shortcut for “{action}”").format(action=action.description),
            on_click=lambda: self._reset(action, editor),
        )
        name = label(action.description, wrap=True)
        name.setBuddy(editor)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(editor, row, 1)
        self._grid.addWidget(reset, row, 2)
        self.editors[action.name] = editor

    def _changed(self, action: KeyAction, editor: KeyEdit) -> None:
        keys = self.context.shortcuts
        if editor.keySequence() == keys.key(action.name):
            return
        other = keys.rebind(action.name, editor.keySequence())
        if other is not None:
            sentence = self.tr("{key} is already the shortcut for “{action}”: choose another one.").format(
                key=editor.keySequence().toString(QKeySequence.SequenceFormat.NativeText), action=other
            )
            self.context.show_message.emit(sentence, "warning", "")
            editor.setKeySequence(keys.key(action.name))

    def _reset(self, action: KeyAction, editor: KeyEdit) -> None:
        editor.setKeySequence(QKeySequence(action.default, QKeySequence.SequenceFormat.PortableText))
        self._changed(action, editor)

    def _show_keys(self) -> None:
        for name, editor in self.editors.items():
            key = self.context.shortcuts.key(name)
            if editor.keySequence() != key and not editor.hasFocus():
                editor.setKeySequence(key)


class KeyEdit(QKeySequenceEdit):
    """Records one key; Backspace removes it, Tab moves the focus as usual."""

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
