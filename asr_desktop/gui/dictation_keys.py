"""The global shortcuts of dictation: those of the settings, or what the desktop says where that decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from asr_desktop.dictation.desktop import InsertionRefused
from asr_desktop.gui.notices import EVERY_PAGE, Notice
from asr_desktop.gui.shortcuts import native_text
from asr_desktop.gui.translations import said

if TYPE_CHECKING:
    from asr_desktop.dictation.desktop import GlobalKeys
    from asr_desktop.gui.app_context import AppContext

TALK, CANCEL, CORRECT = "talk", "cancel", "correct"
KEYS = "dictation.keys"
"""Subject of notices."""


class DictationKeys(QObject):
    """on_key: called in another thread with the name, whether the key is down, and the time in seconds.
    on_release: called when other keys are taken, after which no release of a key that is down will come."""

    changed = Signal()
    """`text` or `desktop_decides` has changed."""

    _told = Signal()

    def __init__(
        self,
        context: AppContext,
        on_key: Callable[[str, bool, float], object],
        on_release: Callable[[], object],
    ) -> None:
        super().__init__(context)
        self._context = context
        self._on_key, self._on_release = on_key, on_release
        self._keys: GlobalKeys | None = None
        self._wanted: dict[str, str] | None = None
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def listen(self) -> None:
        """Listen for the shortcuts of the settings, and follow changes of the settings."""
        self._context.settings_changed.connect(self._grab)
        self._grab()

    @property
    def desktop_decides(self) -> bool:
        """Whether the shortcuts are chosen in the desktop's settings, not in this program's."""
        return self._keys is not None and self._keys.bound is not None

    def text(self, name: str) -> str:
        """The shortcut for TALK, CANCEL or CORRECT, for the user; "" if there is none."""
        if self._keys is not None and self._keys.bound is not None:
            return self._keys.bound.get(name, "")
        return native_text(self._chosen()[name])

    def configure(self) -> None:
        """Let the user choose the shortcuts in the desktop's own dialog."""
        if self._keys is not None:
            self._keys.configure()

    def close(self) -> None:
        if self._keys is not None:
            self._keys.close()
            self._keys = None

    def _chosen(self) -> dict[str, str]:
        chosen = self._context.settings
        return {
            TALK: chosen.dictation_key,
            CANCEL: chosen.dictation_cancel_key,
            CORRECT: chosen.dictation_correct_key,
        }

    def _grab(self) -> None:
        from asr_desktop.dictation.desktop import open_global_keys

        wanted = self._chosen()
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if self._keys is not None:
            self.close()
            self._on_release()
        if any(wanted.values()):
            descriptions = {
                TALK: self.tr("Dictate"),
                CANCEL: self.tr("Cancel dictation"),
                CORRECT: self.tr("Correct last dictation"),
            }
            try:
                self._keys = open_global_keys(wanted, self._on_key, descriptions, self._told.emit)
            except InsertionRefused as refusal:
                self._show()
                self._say(str(refusal))
                return
        self._show()

    def _show(self) -> None:
        """Report shortcuts that do not work; a desktop that decides on them may tell so at any time."""
        self._context.is_over.emit(KEYS)
        for sentence in self._keys.conflicts.values() if self._keys is not None else ():
            self._say(sentence)
        self.changed.emit()

    def _say(self, sentence: str) -> None:
        self._context.notify.emit(Notice(said(sentence), "warning", "", KEYS, EVERY_PAGE))
