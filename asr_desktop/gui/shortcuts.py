"""Keys: every action in `key_list` has a default key, and perhaps another one that the user chose.

    context.shortcuts.bind("live.marker", self, self.set_marker)

A page's keys hold while the page is shown, wherever the focus is in the window: in the list of pages, in a
message, or nowhere. Qt sees to that by itself, as a widget that is not shown has no shortcuts. Foot pedals
send keys too, so they are bound in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from asr_desktop.gui.key_list import EVERYWHERE, KeyAction, key_actions

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext


class Shortcuts(QObject):
    """All keys of the window."""

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
        """Calls `handler` when the action's key is pressed in the window while `target` is shown in it.

        only_within: the key means something else in other parts of the page, so the focus has to be in
        `target`. The page of an action may be made anew; the former key is then forgotten.
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
        """The action's key in another window as well, beside the one of `bind`."""
        shortcut = QShortcut(window)
        shortcut.activated.connect(handler)
        shortcut.setKey(self.key(name))
        self._copies.append((name, shortcut))

    def bound(self) -> dict[str, QShortcut]:
        """The actions whose pages were made, by name."""
        return {name: shortcut for name, shortcut in self._bound.items() if shiboken6.isValid(shortcut)}

    def key(self, name: str) -> QKeySequence:
        """The key of an action: the user's, or the usual one unless the user has given that to another."""
        chosen = self._context.settings.shortcuts
        if name in chosen:
            return _sequence(chosen[name])
        usual = _sequence(self._actions[name].default)
        page = self._actions[name].page
        for other, key in chosen.items():
            if other in self._actions and _meet(page, self._actions[other].page) and _sequence(key) == usual:
                return QKeySequence()
        return usual

    def text(self, name: str) -> str:
        """The key as it is written on this system, for tooltips; empty where there is none."""
        return self.key(name).toString(QKeySequence.SequenceFormat.NativeText)

    def rebind(self, name: str, key: QKeySequence) -> str | None:
        """Another key, kept in the settings; or, if another action has it already, that one's description."""
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
    """Whether one key cannot serve both: two pages may use one, as only one of them is shown; the window's
    own keys work on each."""
    return page == other or EVERYWHERE in (page, other)


def _sequence(portable: str) -> QKeySequence:
    return QKeySequence(portable, QKeySequence.SequenceFormat.PortableText)
