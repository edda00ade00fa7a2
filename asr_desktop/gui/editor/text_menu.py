"""The context menu of the text."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from asr_desktop.gui.editor.commands import EditorCommands
from asr_desktop.gui.editor.keys import SPEAKER_KEYS, EditorKeys
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.speakers import EditorSpeakers
from asr_desktop.gui.theme import icon
from asr_desktop.gui.translations import said_speaker

_ACTIONS = {
    "guesses": "quote",
    "confirm": "check",
    "confirm_segment": "check",
    "capital": "editor",
    "full_stop": "editor",
    "written_form": "editor",
    "play_here": "play",
    "play_segment": "play",
    "split": "split",
    "new_turn": "person",
    "merge": "merge",
    "delete": "trash",
}
_BEGIN_A_GROUP = ("capital", "play_here", "split")


class TextMenu(QObject):
    """Offers the actions that also have keys, each with its key."""

    def __init__(
        self,
        panes: EditorPanes,
        keys: EditorKeys,
        speakers: EditorSpeakers,
        commands: EditorCommands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panes = panes
        self._keys = keys
        self._commands = commands
        self._speakers = speakers
        panes.view.menu_wanted.connect(self.open)

    def open(self, at: QPoint) -> None:
        """Open the menu at this screen position."""
        if not self._panes.view.has_segments:
            return
        menu = QMenu(self._panes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, icon_name in _ACTIONS.items():
            if name in _BEGIN_A_GROUP:
                menu.addSeparator()
            self._add(menu, name, icon_name)
            if name == "confirm_segment" and self._commands.is_confirmed:
                taken_back = menu.addAction(self.tr("Remove confirmation"))
                taken_back.triggered.connect(lambda _on=False: self._commands.unconfirm_segment())
        menu.addSeparator()
        self._add_speakers(menu)
        menu.addSeparator()
        self._add_clipboard(menu)
        menu.popup(at)

    def _add(self, menu: QMenu, name: str, icon_name: str, text: str = "") -> None:
        shown = text or self._keys.description(name)
        action = menu.addAction(icon(icon_name), f"{shown}\t{self._keys.text(name)}")
        action.triggered.connect(lambda _on=False: self._keys.do(name))

    def _add_speakers(self, menu: QMenu) -> None:
        for number, name in self._speakers.in_use():
            if number <= SPEAKER_KEYS:
                text = self.tr("Speaker: {name}").format(name=said_speaker(name))
                self._add(menu, f"speaker_{number}", "person", text)
        self._add(menu, "speaker", "person")
        self._add(menu, "speakers", "person")

    def _add_clipboard(self, menu: QMenu) -> None:
        view = self._panes.view
        copied = menu.addAction(icon("copy"), self.tr("Copy"))
        copied.setEnabled(view.textCursor().hasSelection())
        copied.triggered.connect(view.copy)
        self._add(menu, "quote", "copy")
        pasted = menu.addAction(self.tr("Paste"))
        pasted.setEnabled(bool(QApplication.clipboard().text()))
        pasted.triggered.connect(view.paste)
