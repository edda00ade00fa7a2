"""X11 as a Desktop: typing through XTEST, pasting through the clipboard."""

from __future__ import annotations

import threading

from Xlib.display import Display
from Xlib.error import DisplayError, XError

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.desktop import InsertionRefused, Target
from asr_desktop.dictation.x11.clipboard import Clipboard
from asr_desktop.dictation.x11.keyboard import Keyboard
from asr_desktop.dictation.x11.windows import X11Windows

PASTE_KEYS = {
    "xterm": "Shift+Insert",
    "uxterm": "Shift+Insert",
    "urxvt": "Shift+Insert",
    "st-256color": "Shift+Insert",
    "gnome-terminal": "Ctrl+Shift+V",
    "gnome-terminal-server": "Ctrl+Shift+V",
    "org.gnome.console": "Ctrl+Shift+V",
    "konsole": "Ctrl+Shift+V",
    "xfce4-terminal": "Ctrl+Shift+V",
    "mate-terminal": "Ctrl+Shift+V",
    "tilix": "Ctrl+Shift+V",
    "terminator": "Ctrl+Shift+V",
    "alacritty": "Ctrl+Shift+V",
    "kitty": "Ctrl+Shift+V",
    "emacs": "Ctrl+Y",
}
"""Paste shortcuts of programs that do not paste with Ctrl+V, by WM_CLASS in lower case."""
_PASTES_PRIMARY = {"xterm", "uxterm", "urxvt", "st-256color"}


class X11Desktop:
    """Raises InsertionRefused if there is no X server, or it has no XTEST."""

    can_type = True
    can_paste = True

    def __init__(self, display_name: str | None = None) -> None:
        try:
            self._display = Display(display_name)
        except (DisplayError, OSError, ValueError) as error:
            raise InsertionRefused(
                Sentence("The screen cannot be reached ({reason}).", reason=error)
            ) from error
        if not self._display.has_extension("XTEST"):
            self._display.close()
            raise InsertionRefused(Sentence("This screen's X server lets no program type (no XTEST)."))
        self._lock = threading.RLock()
        self._windows = X11Windows(self._display)
        self._keyboard = Keyboard(self._display, self._windows.front)
        self._display_name = display_name
        self._made_clipboard: Clipboard | None = None

    @property
    def clipboard(self) -> Clipboard:
        """The clipboard, opened on first use."""
        if self._made_clipboard is None:
            self._made_clipboard = Clipboard(self._display_name)
        return self._made_clipboard

    def prepare(self, text: str) -> None:
        with self._lock:
            self._keyboard.prepare(text)

    def front_window(self) -> Target | None:
        with self._lock:
            try:
                return self._windows.target()
            except XError:
                return None

    def type_text(self, text: str, target: Target) -> None:
        with self._lock:
            self._keyboard.type_text(text, int(target.window, 16))

    def paste_text(self, text: str, target: Target) -> None:
        chord = PASTE_KEYS.get(target.program, "Ctrl+V")
        self.clipboard.paste(
            text,
            lambda: self.press(chord, target),
            int(target.window, 16),
            is_primary=target.program in _PASTES_PRIMARY,
        )

    def press(self, chord: str, target: Target, times: int = 1) -> None:
        with self._lock:
            self._keyboard.press(chord, int(target.window, 16), times)

    def close(self) -> None:
        if self._made_clipboard is not None:
            self._made_clipboard.close()
        with self._lock:
            self._keyboard.close()
            self._display.close()
