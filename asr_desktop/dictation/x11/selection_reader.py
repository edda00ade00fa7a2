"""Reads an X11 selection from its owner in every type that it offers (ICCCM 2), with incremental transfer
(INCR) of data that is too large for one property.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom

from asr_desktop.dictation.desktop import ClipboardBusy

SAVED_WITHIN_SECONDS = 0.6
"""Timeout for saving the old clipboard; after it the text is typed instead."""
MOST_BYTES = 64 * 1024 * 1024
_WHOLE = 1 << 28  # maximum length of a property, in units of 4 bytes
ASKED_ONLY = (
    "TARGETS",
    "TIMESTAMP",
    "MULTIPLE",
    "SAVE_TARGETS",
    "DELETE",
    "INSERT_SELECTION",
    "INSERT_PROPERTY",
)
"""Targets that are requests to the owner, not contents of the clipboard."""


@dataclass(frozen=True, slots=True)
class Content:
    """The clipboard's contents in one type: the bytes as transferred, in items of `format` bits."""

    type: int
    format: int
    data: bytes


Contents = dict[int, Content]
"""Contents by the target's atom."""


class _OwnerChanged(Exception):
    """Another window owns the selection now, or none; the one that was asked will not answer."""


class SelectionReader:
    """Reads into properties of `window` on its connection. `note` must be called with the window's events.
    `until` handles events until a condition is true or a deadline (time.monotonic) has passed, and returns
    whether it is true."""

    def __init__(self, display: Any, window: Any, until: Callable[[Callable[[], bool], float], bool]) -> None:
        self._display = display
        self._atom = display.get_atom
        self._window = window
        self._until = until
        self._serial = 0
        self._last_notify: Any = None
        self._last_change = (0, 0)
        """The atom of the window's last changed property, and the server time of the change."""

    def note(self, event: Any) -> None:
        """Take note of an event of the window."""
        if event.type == X.SelectionNotify:
            self._last_notify = event
        elif event.type == X.PropertyNotify:
            self._last_change = (event.atom, event.time)

    def owner(self, selection: int) -> int:
        """The window that owns the selection; 0 if there is none."""
        owner = self._display.get_selection_owner(selection)
        return 0 if isinstance(owner, int) else int(owner.id)

    def contents(self, selection: int) -> Contents:
        """Everything that the owner offers; of the next owner where it changes meanwhile. Raises
        ClipboardBusy if that takes too long or is too large."""
        deadline = time.monotonic() + SAVED_WITHIN_SECONDS
        while owner := self.owner(selection):
            with suppress(_OwnerChanged):
                return self._offered(selection, owner, deadline)
        return {}

    def _offered(self, selection: int, owner: int, deadline: float) -> Contents:
        targets = self._converted(selection, self._atom("TARGETS"), owner, deadline)
        if targets is None:
            return {}  # an owner that offers nothing
        asked_only = {self._atom(name) for name in ASKED_ONLY}
        contents: Contents = {}
        size = 0
        for target in array("I", targets.data):
            if target in asked_only or target in contents:
                continue
            content = self._converted(selection, target, owner, deadline)
            if content is not None:
                contents[target] = content
                size += len(content.data)
                if size > MOST_BYTES:
                    raise ClipboardBusy
        return contents

    def _converted(self, selection: int, target: int, owner: int, deadline: float) -> Content | None:
        """The selection in one type; None if the owner refuses this type."""
        self._serial += 1
        place = self._atom(f"ASR_DESKTOP_{self._serial % 8}")
        self._window.delete_property(place)
        self._last_notify = None
        self._window.convert_selection(selection, target, place, self.now())

        def has_come() -> bool:
            event = self._last_notify
            return event is not None and (event.selection, event.target) == (selection, target)

        # GTK does not answer a request that reaches it after it gave the selection up.
        if not self._until(lambda: has_come() or self.owner(selection) != owner, deadline):
            raise ClipboardBusy
        if not has_come():
            raise _OwnerChanged
        if self._last_notify.property == X.NONE:
            return None
        content = self._taken(place)
        if content is None or content.type != self._atom("INCR"):
            return content
        return self._gathered(place, deadline)

    def _taken(self, place: int) -> Content | None:
        """Read and delete a property in one request, so that a piece that arrives in between is not lost."""
        found = self._window.get_property(place, X.AnyPropertyType, 0, _WHOLE, delete=True)
        self._display.flush()
        if found is None:
            return None
        data = found.value if isinstance(found.value, bytes) else found.value.tobytes()
        return Content(found.property_type, found.format, data)

    def _gathered(self, place: int, deadline: float) -> Content:
        """Read the pieces of an incremental transfer, until an empty one."""
        pieces: list[Content] = []
        while True:
            self._last_change = (0, 0)
            piece = self._taken(place)
            if piece is None:
                if not self._until(lambda: self._last_change[0] == place, deadline):
                    raise ClipboardBusy
                continue
            if not piece.data:
                break
            pieces.append(piece)
            if sum(len(known.data) for known in pieces) > MOST_BYTES:
                raise ClipboardBusy
        first = pieces[0] if pieces else piece
        return Content(first.type, first.format, b"".join(known.data for known in pieces))

    def now(self) -> int:
        """The server's time in ms, which only events report; ICCCM forbids CurrentTime for selections."""
        place = self._atom("ASR_DESKTOP_TIME")
        self._last_change = (0, 0)
        self._window.change_property(place, Xatom.INTEGER, 32, [], X.PropModeAppend)
        self._until(lambda: self._last_change[0] == place, time.monotonic() + 1.0)
        return int(self._last_change[1])
