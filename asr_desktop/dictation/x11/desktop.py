"""X11 as a Desktop: the window in front (EWMH, ICCCM), typing with XTEST, pasting through the clipboard."""

from __future__ import annotations

import threading

from Xlib import X
from Xlib.display import Display
from Xlib.error import DisplayError, XError

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.desktop import InsertionRefused, Target
from asr_desktop.dictation.x11.clipboard import Clipboard
from asr_desktop.dictation.x11.keyboard import Keyboard

# Windows

_LONGEST_ANCESTRY = 64


class X11Windows:
    """Queries windows on the given connection, so that it also works while that connection has grabbed the
    server."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._root = display.screen().root
        self._active = display.get_atom("_NET_ACTIVE_WINDOW")
        self._manager = display.get_atom("_NET_SUPPORTING_WM_CHECK")
        self._process = display.get_atom("_NET_WM_PID")
        self._name = display.get_atom("_NET_WM_NAME")

    def front(self) -> int:
        """The id of the window with the keyboard focus; 0 if there is none.

        Keys go to the focus window, so it must be inside the window manager's active window. Without a window
        manager, the result is the top-level window that contains the focus.
        """
        focus = self._display.get_input_focus().focus
        if isinstance(focus, int) or focus.id == self._root.id:  # no focus, or it follows the pointer
            return 0
        active = self._active_window()
        window = focus
        for _ in range(_LONGEST_ANCESTRY):
            if window.id == active:
                return active
            try:
                parent = window.query_tree().parent
            except XError:
                return 0
            if isinstance(parent, int) or parent.id == self._root.id:
                return 0 if self._is_managed() else int(window.id)
            window = parent
        return 0

    def target(self) -> Target | None:
        """The window in front, with its program's name; None if there is none."""
        window_id = self.front()
        if not window_id:
            return None
        window = self._display.create_resource_object("window", window_id)
        try:
            wm_class = window.get_wm_class()
            process = window.get_full_property(self._process, X.AnyPropertyType)
            name = window.get_full_property(self._name, X.AnyPropertyType)
        except XError:
            return None
        program = (wm_class[1] or wm_class[0]) if wm_class else ""
        title = bytes(name.value).decode("utf-8", "replace") if name is not None else ""
        return Target(
            hex(window_id), program.lower(), title, int(process.value[0]) if process is not None else 0
        )

    def _is_managed(self) -> bool:
        return self._root.get_full_property(self._manager, X.AnyPropertyType) is not None

    def _active_window(self) -> int:
        found = self._root.get_full_property(self._active, X.AnyPropertyType)
        return int(found.value[0]) if found is not None and len(found.value) else 0


# The desktop

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

    def wait_until_allowed(self) -> None:
        """Does nothing: every program may type."""

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
