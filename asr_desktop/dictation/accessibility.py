"""The focused field of the program in front, from Linux's accessibility bus (AT-SPI 2) through jeepney:
whether it is a password field, and the text before the cursor.

Programs report which of their elements gets the keyboard focus; that element is remembered and queried when a
text is inserted. For programs that report nothing, the field is unknown.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, MatchRule, MessageType, Properties, message_bus, new_method_call
from jeepney.io.common import RouterClosed
from jeepney.io.threading import DBusRouter, open_dbus_connection

from asr_desktop.dictation.desktop import Target
from asr_desktop.dictation.insertion import UNKNOWN_FIELD, Field

ANSWERS_WITHIN_SECONDS = 0.15
"""Timeout for a program's answer; after it the field counts as unknown."""
CONTEXT_CHARACTERS = 120
MOST_PARTS = 400
"""Maximum number of elements searched for the focused one, if it got the focus before listening began."""

_PASSWORD, _TERMINAL = 40, 60
_TEXT_ROLES = {_TERMINAL, 61, 79, 73, 6, 94, 95}  # text, entry, paragraph, canvas, documents
_NO_TEXT_ROLES = {7, 8, 13, 26, 32, 33, 34, 35, 37, 41, 43, 44, 45, 48, 50, 51, 62}
"""Buttons, menus, list entries, tabs, sliders: typed keys trigger actions there."""
_EDITABLE, _FOCUSED = 7, 12  # bits of a state

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_TEXT = "org.a11y.atspi.Text"


class _Refused(Exception):
    """A program answered with an error."""


_NO_ANSWER = (TimeoutError, OSError, RouterClosed, _Refused)


@dataclass(frozen=True, slots=True)
class _Part:
    """An element of a program's window: the program's name on the bus, and the element's path."""

    name: str
    path: str


class AccessibleFields:
    """Reports the focused field. `begin` connects in a thread; until then, or without an accessibility bus,
    every field is unknown."""

    def __init__(self) -> None:
        self._router: DBusRouter | None = None
        self._focused: dict[int, _Part] = {}
        """The focused element by process id."""
        self._signals: queue.Queue[Any] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._is_closing = False

    def begin(self) -> None:
        """Connect in the background, and enable accessibility in programs that report only on request."""
        self._thread = threading.Thread(target=self._listen, name="accessibility", daemon=True)
        self._thread.start()

    def field(self, target: Target) -> Field:
        """The focused field of this window."""
        if self._router is None:
            return UNKNOWN_FIELD
        try:
            part = self._focused.get(target.process) or self._searched(target.process)
            return self._described(part) if part is not None else UNKNOWN_FIELD
        except _NO_ANSWER:
            return UNKNOWN_FIELD

    def close(self) -> None:
        self._is_closing = True
        self._signals.put(None)
        if self._thread is not None:
            self._thread.join(timeout=5)

    # Listening

    def _listen(self) -> None:
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged")
        with suppress(Exception):  # without a working bus, fields are unknown, which is not an error
            address = _bus_address()
            with (
                DBusRouter(open_dbus_connection(address)) as router,
                router.filter(rule, queue=self._signals),
            ):
                self._router = router
                self._call(_bus(), "AddMatch", "s", rule.serialise())
                registry = DBusAddress(
                    "/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry"
                )
                self._call(registry, "RegisterEvent", "s", "object:state-changed:focused")
                while not self._is_closing:
                    self._note(self._signals.get())
        self._router = None

    def _note(self, signal: Any) -> None:
        if signal is None or signal.body[0] != "focused" or not signal.body[1]:
            return
        name, path = signal.header.fields[7], signal.header.fields[1]  # sender, path
        with suppress(*_NO_ANSWER):
            self._focused[self._process(name)] = _Part(name, path)

    # Asking

    def _process(self, name: str) -> int:
        return int(self._call(_bus(), "GetConnectionUnixProcessID", "s", name)[0])

    def _searched(self, process: int) -> _Part | None:
        """The focused element of a process, found breadth first; for a focus set before listening began."""
        root = _Part("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
        waiting = [part for part in self._children(root) if self._process(part.name) == process]
        for _ in range(MOST_PARTS):
            if not waiting:
                return None
            part = waiting.pop(0)
            if self._state(part) >> _FOCUSED & 1:
                self._focused[process] = part
                return part
            waiting += self._children(part)
        return None

    def _described(self, part: _Part) -> Field:
        role = int(self._ask(part, _ACCESSIBLE, "GetRole")[0])
        if role == _PASSWORD:
            return Field(is_password=True, takes_text=True)
        is_editable = bool(self._state(part) >> _EDITABLE & 1)
        takes_text = True if is_editable or role in _TEXT_ROLES else None
        if role in _NO_TEXT_ROLES and not is_editable:
            takes_text = False
        before = self._text_before(part) if is_editable else None
        return Field(False, takes_text, before)

    def _text_before(self, part: _Part) -> str | None:
        with suppress(_Refused):
            address = DBusAddress(part.path, part.name, _TEXT)
            caret = self._reply(Properties(address).get("CaretOffset"))[0][1]
            if caret < 0:
                return None
            text = self._ask(part, _TEXT, "GetText", "ii", max(0, caret - CONTEXT_CHARACTERS), caret)[0]
            return str(text)
        return None

    def _state(self, part: _Part) -> int:
        low, high = self._ask(part, _ACCESSIBLE, "GetState")[0]
        return int(low) | int(high) << 32

    def _children(self, part: _Part) -> list[_Part]:
        return [_Part(*child) for child in self._ask(part, _ACCESSIBLE, "GetChildren")[0]]

    def _ask(self, part: _Part, interface: str, method: str, signature: str | None = None, *body: Any) -> Any:
        return self._call(DBusAddress(part.path, part.name, interface), method, signature, *body)

    def _call(self, address: DBusAddress, method: str, signature: str | None = None, *body: Any) -> Any:
        return self._reply(new_method_call(address, method, signature, body))

    def _reply(self, message: Any) -> Any:
        assert self._router is not None
        reply = self._router.send_and_get_reply(message, timeout=ANSWERS_WITHIN_SECONDS)
        if reply.header.message_type is MessageType.error:
            raise _Refused
        return reply.body


def _bus() -> DBusAddress:
    return DBusAddress(message_bus.object_path, message_bus.bus_name, message_bus.interface)


def _bus_address() -> str:
    """The address of the accessibility bus; asking the session bus for it starts it. Also enables
    accessibility in programs that report only on request (Qt, Chromium, Firefox)."""
    status = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status")
    bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
    with DBusRouter(open_dbus_connection("SESSION")) as session:
        session.send_and_get_reply(Properties(status).set("IsEnabled", "b", True), timeout=5)
        return str(session.send_and_get_reply(new_method_call(bus, "GetAddress"), timeout=5).body[0])
