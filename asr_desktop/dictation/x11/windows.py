"""Which window is in front on X11 (EWMH, ICCCM)."""

from __future__ import annotations

from Xlib import X
from Xlib.display import Display
from Xlib.error import XError

from asr_desktop.dictation.desktop import Target

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
