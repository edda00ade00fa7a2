"""Keys: every action of the window has a name, a default key, and perhaps another one that the user chose.

    context.shortcuts.bind("live.marker", self.tr("Set a marker"), "Ctrl+M", self, self.set_marker)

Foot pedals send keys too, so they are bound in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext


@dataclass(frozen=True, slots=True)
class Binding:
    """An action that has a key."""

    name: str
    description: str
    default: str
    """In Qt's portable notation, such as "Ctrl+Space"; empty for none."""
    shortcut: QShortcut
    is_listed: bool


class Shortcuts(QObject):
    """All keys of the window, in the order in which they were bound."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._bindings: dict[str, Binding] = {}
        context.settings_changed.connect(self._apply)

    def bind(
        self,
        name: str,
        description: str,
        default: str,
        target: QWidget,
        handler: Callable[[], object],
        *,
        everywhere: bool = False,
        is_listed: bool = True,
    ) -> QShortcut:
        """Calls `handler` when the action's key is pressed in `target` (or anywhere in its window).

        name: "page.action", as the settings store it. is_listed: whether the Settings page offers to
        change it. The page of an action may be made anew; the former key is then forgotten.
        """
        former = self._bindings.get(name)
        if former is not None and shiboken6.isValid(former.shortcut):
            former.shortcut.setEnabled(False)
            former.shortcut.deleteLater()
        shortcut = QShortcut(target)
        shortcut.setContext(
            Qt.ShortcutContext.WindowShortcut if everywhere else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        shortcut.activated.connect(handler)
        self._bindings[name] = Binding(name, description, default, shortcut, is_listed)
        shortcut.setKey(self.key(name))
        return shortcut

    def key(self, name: str) -> QKeySequence:
        """The key of an action that was bound."""
        chosen = self._context.settings.shortcuts.get(name, self._bindings[name].default)
        return QKeySequence(chosen, QKeySequence.SequenceFormat.PortableText)

    def text(self, name: str) -> str:
        """The key as it is written on this system, for tooltips; empty where there is none."""
        return self.key(name).toString(QKeySequence.SequenceFormat.NativeText)

    def bindings(self) -> list[Binding]:
        """Those that can be changed."""
        return [binding for binding in self._bindings.values() if binding.is_listed]

    def rebind(self, name: str, key: QKeySequence) -> str | None:
        """Another key, kept in the settings; or, if another action has it already, that one's description."""
        portable = key.toString(QKeySequence.SequenceFormat.PortableText)
        page = name.partition(".")[0]
        for other in self._bindings.values():
            # Two pages may use one key, as only one of them is shown; the window's own keys hold on each.
            shares = other.name.partition(".")[0] in (page, "window") or page == "window"
            if portable and other.name != name and shares and self.key(other.name) == key:
                return other.description
        chosen = dict(self._context.settings.shortcuts)
        chosen.pop(name, None)
        if portable != self._bindings[name].default:
            chosen[name] = portable
        self._context.change_settings(shortcuts=chosen)
        return None

    def _apply(self) -> None:
        for binding in list(self._bindings.values()):
            if shiboken6.isValid(binding.shortcut):
                binding.shortcut.setKey(self.key(binding.name))
            else:
                del self._bindings[binding.name]
