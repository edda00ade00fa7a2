"""Keyboard shortcuts: every action in `key_groups` has a default key, which the user can change
in the KeyTable.

    context.shortcuts.bind("live.marker", self, self.set_marker)

A page's shortcuts work while the page is shown, wherever the focus is in the window: in the list of pages, in
a message, or nowhere. Qt does this itself, as hidden widgets have no shortcuts. Foot pedals send keys too, so
they are bound in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QKeySequenceEdit, QWidget

from asr_desktop.gui.editor.keys import editor_keys
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import icon_button, label

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext


# All actions of the window that have a key, by page, including pages not created yet

EVERYWHERE = "window"
"""Pseudo-page for actions that work on every page."""


@dataclass(frozen=True, slots=True)
class KeyAction:
    """An action: its name, description and default key."""

    name: str
    """"page.action", as stored in the settings; "window.action" for actions of every page."""
    description: str
    default: str
    """In Qt's portable notation, such as "Ctrl+Space"; empty for none."""
    is_everywhere: bool = False

    @property
    def page(self) -> str:
        """The page on which it works, or EVERYWHERE."""
        return EVERYWHERE if self.is_everywhere else self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The actions of one page."""

    heading: str
    actions: tuple[KeyAction, ...]


def key_groups() -> list[KeyGroup]:
    """All actions by page, in the order of the window's pages and in the user's language."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("KeyList", text)

    go_to = tr("Go to {page}")
    pages = (
        ("live", tr("Live")),
        ("files", tr("Files")),
        ("library", tr("Library")),
        ("editor", tr("Editor")),
        ("models", tr("Models")),
        ("voice", tr("Voice")),
        ("settings", tr("Settings")),
    )
    record = KeyAction("live.record", tr("Start or stop recording"), "F9", is_everywhere=True)
    go_to_pages = [
        KeyAction(f"window.{page}", go_to.format(page=title), f"Ctrl+{number}")
        for number, (page, title) in enumerate(pages, start=1)
    ]
    go_to_pages += [
        KeyAction("window.help", tr("Help"), "F1"),
        KeyAction("window.quit", tr("Quit"), "Ctrl+Q"),
    ]
    titles = dict(pages)
    return [
        KeyGroup(tr("On every page"), (record, *go_to_pages)),
        KeyGroup(
            titles["live"],
            (
                KeyAction("live.pause", tr("Pause or resume"), "F8"),
                KeyAction("live.marker", tr("Add marker"), "F7"),
                KeyAction("live.overlay", tr("Captions over other windows"), "F6"),
            ),
        ),
        KeyGroup(
            titles["files"],
            (
                KeyAction("files.add", tr("Add files"), "Ctrl+O"),
                KeyAction("files.retry", tr("Try again"), "Ctrl+R"),
                KeyAction("files.cancel", tr("Cancel file"), "Esc"),
                KeyAction("files.earlier", tr("Move up"), "Alt+Up"),
                KeyAction("files.later", tr("Move down"), "Alt+Down"),
                KeyAction("files.remove", tr("Remove"), "Del"),
            ),
        ),
        KeyGroup(
            titles["library"],
            (
                KeyAction("library.search", tr("Search"), "Ctrl+F"),
                KeyAction("library.delete", tr("Move to bin"), "Del"),
                KeyAction("library.rename", tr("Rename"), "F2"),
            ),
        ),
        KeyGroup(
            titles["editor"],
            tuple(KeyAction(f"editor.{key.name}", key.description, key.default) for key in editor_keys()),
        ),
        KeyGroup(
            titles["voice"],
            (
                KeyAction("voice.take", tr("Start or stop reading, and keep"), "Space"),
                KeyAction("voice.again", tr("Record sentence again"), "Ctrl+R"),
                KeyAction("voice.another", tr("Skip sentence"), "Ctrl+N"),
            ),
        ),
    ]


def key_actions() -> dict[str, KeyAction]:
    """All actions by name."""
    return {action.name: action for group in key_groups() for action in group.actions}


class Shortcuts(QObject):
    """The keyboard shortcuts of the window."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._actions: dict[str, KeyAction] = key_actions()
        self._bound: dict[str, QShortcut] = {}
        self._copies: list[tuple[str, QShortcut]] = []
        context.settings_changed.connect(self._apply)

    def bind(
        self,
        name: str,
        target: QWidget,
        handler: Callable[[], object],
        *,
        only_within: bool = False,
    ) -> QShortcut:
        """Call `handler` when the action's key is pressed in the window while `target` is visible.

        only_within: require the focus within `target`, for keys with another meaning elsewhere on the page.
        Binding an action again, for a page that was created anew, replaces its former shortcut.
        """
        former = self._bound.get(name)
        if former is not None and shiboken6.isValid(former):
            former.setEnabled(False)
            former.deleteLater()
        shortcut = QShortcut(target)
        shortcut.setContext(
            Qt.ShortcutContext.WidgetWithChildrenShortcut
            if only_within
            else Qt.ShortcutContext.WindowShortcut
        )
        shortcut.activated.connect(handler)
        shortcut.setKey(self.key(name))
        self._bound[name] = shortcut
        return shortcut

    def bind_in(self, window: QWidget, name: str, handler: Callable[[], object]) -> None:
        """Bind the action's key in another window as well, in addition to `bind`."""
        shortcut = QShortcut(window)
        shortcut.activated.connect(handler)
        shortcut.setKey(self.key(name))
        self._copies.append((name, shortcut))

    def bound(self) -> dict[str, QShortcut]:
        """The shortcuts of pages created so far, by action name."""
        return {name: shortcut for name, shortcut in self._bound.items() if shiboken6.isValid(shortcut)}

    def key(self, name: str) -> QKeySequence:
        """An action's key: the user's, or the default unless the user has assigned that to another action."""
        chosen = self._context.settings.shortcuts
        if name in chosen:
            return key_sequence(chosen[name])
        usual = key_sequence(self._actions[name].default)
        page = self._actions[name].page
        for other, key in chosen.items():
            if (
                other in self._actions
                and _meet(page, self._actions[other].page)
                and key_sequence(key) == usual
            ):
                return QKeySequence()
        return usual

    def text(self, name: str) -> str:
        """The action's key in the system's notation, for tooltips; "" if it has none."""
        return native_text(self.key(name))

    def rebind(self, name: str, key: QKeySequence) -> str | None:
        """Set and store another key; if an action uses it already, return that action's description."""
        portable = key.toString(QKeySequence.SequenceFormat.PortableText)
        page = self._actions[name].page
        for other in key_actions().values():
            if portable and other.name != name and _meet(page, other.page) and self.key(other.name) == key:
                return other.description
        chosen = dict(self._context.settings.shortcuts)
        chosen.pop(name, None)
        if portable != self._actions[name].default:
            chosen[name] = portable
        self._context.change_settings(shortcuts=chosen)
        return None

    def _apply(self) -> None:
        for name, shortcut in list(self._bound.items()):
            if shiboken6.isValid(shortcut):
                shortcut.setKey(self.key(name))
            else:
                del self._bound[name]
        self._copies = [(name, copy) for name, copy in self._copies if shiboken6.isValid(copy)]
        for name, copy in self._copies:
            copy.setKey(self.key(name))


def _meet(page: str, other: str) -> bool:
    """Whether two pages cannot share a key. Two pages may, as only one is shown; keys of every page conflict
    with all."""
    return page == other or EVERYWHERE in (page, other)


def native_text(key: QKeySequence | str) -> str:
    """A key, or its text in Qt's portable notation, in the system's notation and the interface language."""
    sequence = key_sequence(key) if isinstance(key, str) else key
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def key_sequence(portable: str) -> QKeySequence:
    """A key from its text in Qt's portable notation, as in the settings."""
    return QKeySequence(portable, QKeySequence.SequenceFormat.PortableText)


# The table of keyboard shortcuts, in which they can be changed


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
        editor.setKeySequence(key_sequence(action.default))
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
