"""Shortcuts of the editor: oTranscribe's and VLC's for the sound, Vibe's for the text; configurable.

Foot pedals send keys as keyboards do, so they are configured in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext

SPEAKER_KEYS = 9
"""Number of speakers that have a key, Alt and a digit; a conversation rarely has more."""
# Return has another meaning in other widgets, so these keys work in the text only.
_KEYS_OF_THE_TEXT = ("next_segment", "split", "play_here", "new_turn")


@dataclass(frozen=True, slots=True)
class EditorKey:
    """An action: its name in the settings, its description, and its default key."""

    name: str
    description: str
    default: str


def editor_keys() -> list[EditorKey]:
    """All actions of the editor, described in the user's language."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("EditorKeys", text)

    said_by = tr("Assign speaker {number}")
    return [
        EditorKey("play", tr("Play or pause"), "Esc"),
        EditorKey("back", tr("Skip back"), "Alt+Left"),
        EditorKey("on", tr("Skip forward"), "Alt+Right"),
        EditorKey("slower", tr("Slower"), "F3"),
        EditorKey("faster", tr("Faster"), "F4"),
        EditorKey("play_here", tr("Play from cursor"), "Ctrl+Return"),
        EditorKey("play_segment", tr("Play segment"), "F5"),
        EditorKey("loop", tr("Repeat segment"), "F6"),
        EditorKey("go_to_time", tr("Go to time"), "Ctrl+Shift+G"),
        EditorKey("next_marker", tr("Next marker"), "F7"),
        EditorKey("next_doubtful", tr("Next doubtful word"), "F8"),
        EditorKey("guesses", tr("Suggestions for this word"), "Shift+F8"),
        EditorKey("confirm", tr("Mark word as correct"), "F10"),
        EditorKey("confirm_segment", tr("Confirm and go to next segment"), "Ctrl+F10"),
        EditorKey("next_segment", tr("Accept and go to next segment"), "Return"),
        EditorKey("previous_segment", tr("Accept and go to previous segment"), "Ctrl+Up"),
        EditorKey("split", tr("Split segment at cursor"), "Shift+Return"),
        EditorKey("merge", tr("Join with next segment"), "Ctrl+J"),
        EditorKey("delete", tr("Delete segment"), "Ctrl+Shift+Backspace"),
        EditorKey("new_turn", tr("Another speaker from cursor"), "Ctrl+Shift+Return"),
        EditorKey("speaker", tr("Name speaker"), "Ctrl+L"),
        EditorKey("speakers", tr("All speakers"), "Ctrl+Shift+L"),
        *(
            EditorKey(f"speaker_{number}", said_by.format(number=number), f"Alt+{number}")
            for number in range(1, SPEAKER_KEYS + 1)
        ),
        EditorKey("capital", tr("Capital or small letter"), "Shift+F3"),
        EditorKey("full_stop", tr("Full stop and next capital"), "Ctrl+."),
        EditorKey("written_form", tr("Spoken or written form"), "Shift+F9"),
        EditorKey("quote", tr("Copy with time and speaker"), "Ctrl+Shift+C"),
        EditorKey("find", tr("Find and replace"), "Ctrl+F"),
        EditorKey("find_next", tr("Find next"), "Ctrl+G"),
        EditorKey("undo", tr("Undo"), "Ctrl+Z"),
        EditorKey("redo", tr("Redo"), "Ctrl+Shift+Z"),
        EditorKey("save", tr("Save"), "Ctrl+S"),
        EditorKey("export", tr("Export"), "Ctrl+E"),
        EditorKey("subtitles", tr("Subtitle view"), "Ctrl+T"),
        EditorKey("zoom_in", tr("Zoom in"), "Ctrl+="),
        EditorKey("zoom_out", tr("Zoom out"), "Ctrl+-"),
    ]


class EditorKeys:
    """Binds each key to its action; provides keys and descriptions for menus and tooltips."""

    def __init__(self, context: AppContext) -> None:
        self._shortcuts = context.shortcuts
        self._keys = {key.name: key for key in editor_keys()}
        self._actions: Mapping[str, Callable[[], object]] = {}

    def bind(self, page: QWidget, text: QWidget, actions: Mapping[str, Callable[[], object]]) -> None:
        """`actions` must contain a function for each of `editor_keys`."""
        self._actions = actions
        for name in self._keys:
            of_text = name in _KEYS_OF_THE_TEXT
            target = text if of_text else page
            self._shortcuts.bind(f"editor.{name}", target, actions[name], only_within=of_text)

    def is_bound(self, key: QKeySequence) -> bool:
        """Whether the key triggers an action here."""
        return any(self._shortcuts.key(f"editor.{name}") == key for name in self._keys)

    def do(self, name: str) -> None:
        """Run an action as if its key were pressed."""
        self._actions[name]()

    def description(self, name: str) -> str:
        """The action's description for the user."""
        return self._keys[name].description

    def text(self, name: str) -> str:
        """The action's key in the system's notation, "" if it has none."""
        return self._shortcuts.text(f"editor.{name}")

    def tip(self, name: str) -> str:
        """Description and key, for a tooltip."""
        key = self.text(name)
        return f"{self.description(name)} ({key})" if key else self.description(name)
