"""The XDG desktop portal (org.freedesktop.portal.Desktop) on the session bus: requests, sessions and signals.

A portal method that may ask the user answers at once with the path of a Request object, whose signal
Response brings the result when the user has decided. The path is known in advance from the caller's name on
the bus and a token, so that the signal cannot be missed. See https://flatpak.github.io/xdg-desktop-portal/docs/.

jeepney is used because it is pure Python and already needed for the accessibility bus; Qt's D-Bus module can
connect a signal only to a slot of C++ types, which PySide6 has not for `a(sa{sv})` and file descriptors.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.io.threading import ReceiveStopped, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence

APP_ID = "asr-desktop"
"""The name of the program's menu entry without ".desktop", by which desktops know it."""
ANSWERS_WITHIN_SECONDS = 10.0
"""For calls that ask nobody; the first one may start the portal."""

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
_REGISTRY = "org.freedesktop.host.portal.Registry"
_REQUEST = "org.freedesktop.portal.Request"
_SESSION = "org.freedesktop.portal.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")

_NO_PORTAL = Sentence("it has no desktop portal")
_NOBODY = {"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}

Variant = tuple[str, Any]
"""A D-Bus variant as jeepney has it: signature and value."""


class PortalError(AsrDesktopError):
    """The portal cannot do what was asked. `name`: of the D-Bus error, if there was one."""

    def __init__(self, sentence: str, name: str = "") -> None:
        super().__init__(sentence)
        self.name = name


class PortalMissing(PortalError):
    """There is no session bus, no portal, or it ended."""

    def __init__(self, reason: object = "") -> None:
        super().__init__(
            Sentence("The desktop does not answer ({reason}).", reason=reason or "no session bus")
        )


class PortalCancelled(PortalError):
    """The user closed the desktop's dialog without allowing what was asked."""

    def __init__(self) -> None:
        super().__init__(Sentence("It was not allowed in the desktop's dialog."))


class PortalFailed(PortalError):
    """It was allowed but did not work, or an answer lacks something."""

    def __init__(self) -> None:
        super().__init__(Sentence("The desktop could not do it."))


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal of the portal. Its owner's changes are signals as well: `member` is APPEARED or GONE."""

    member: str
    path: str = ""
    body: tuple[Any, ...] = ()


GONE, APPEARED = "(gone)", "(appeared)"
CLOSED = "Closed"
"""A session was closed from outside; `path` is the session."""


class Portal:
    """A connection of its own, under the program's app id. Calls may come from any thread but the one in
    which `on_signal` is called. Raises PortalMissing."""

    def __init__(self, on_signal: Callable[[Signal], object] = lambda _signal: None) -> None:
        self._on_signal = on_signal
        self._replies: dict[int, Future[Message]] = {}
        self._responses: dict[str, Future[tuple[int, dict[str, Variant]]]] = {}
        self._lock = threading.Lock()
        self._is_closed = self._is_disconnected = self._has_begun = False
        try:
            self._connection = open_dbus_connection(_bus_address())
        except (OSError, ValueError, RuntimeError, DBusErrorResponse, StopIteration) as error:
            raise PortalMissing(error if isinstance(error, OSError) else "") from error
        self._owner = ""
        self._thread = threading.Thread(target=self._receive, name="portal", daemon=True)
        self._thread.start()
        try:
            self._begin()
        except PortalError:
            self.close()
            raise

    def _begin(self) -> None:
        for rule in (
            f"type='signal',sender='{PORTAL}'",
            f"type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='{PORTAL}'",
        ):
            self._call(_BUS, "AddMatch", "s", rule)
        with suppress(PortalError):  # where nothing can start it, it may still run
            self._call(_BUS, "StartServiceByName", "su", PORTAL, 0)
        try:
            self._owner = self._call(_BUS, "GetNameOwner", "s", PORTAL)[0]
        except PortalError:
            raise PortalMissing(_NO_PORTAL) from None
        self._register()
        self._has_begun = True

    def _register(self) -> None:
        # Older portals have no registry; newer ones refuse a program that is not in the menu, and then refuse
        # what needs a name with a reason of their own.
        with suppress(PortalError):
            self.call(_REGISTRY, "Register", "sa{sv}", APP_ID, {})

    @property
    def is_open(self) -> bool:
        """Whether the connection works and the portal runs."""
        return not self._is_closed and bool(self._owner)

    def version(self, interface: str) -> int:
        """The version of one of the portal's interfaces; 0 if it lacks it."""
        return int(self.property(interface, "version") or 0)

    def property(self, interface: str, name: str) -> Any:
        """A property of one of the portal's interfaces; None if there is none."""
        try:
            return self.call(_PROPERTIES, "Get", "ss", interface, name)[0][1]
        except PortalError:
            return None

    def call(self, interface: str, method: str, signature: str, *arguments: Any, path: str = PATH) -> Any:
        """Call a method and return its results. Raises PortalError."""
        return self._call(DBusAddress(path, PORTAL, interface), method, signature, *arguments)

    def request(
        self, interface: str, method: str, signature: str, *arguments: Any, **options: Variant
    ) -> dict[str, Any]:
        """Call a method that may ask the user, wait until the user has decided, and return the results.

        signature, arguments: without the options, which come last in all these methods. Raises
        PortalCancelled, and PortalError for all else, also when the connection is closed meanwhile.
        """
        token = _new_token()
        name = str(self._connection.unique_name).removeprefix(":").replace(".", "_")
        path = f"{PATH}/request/{name}/{token}"
        answer: Future[tuple[int, dict[str, Variant]]] = Future()
        with self._lock:
            self._responses[path] = answer
        handle = path
        try:
            all_options = {**options, "handle_token": ("s", token)}
            handle = self.call(interface, method, f"{signature}a{{sv}}", *arguments, all_options)[0]
            with self._lock:  # portals before version 0.9 choose a path themselves
                self._responses[handle] = answer
                if self._is_closed:
                    raise PortalMissing
            code, results = answer.result()
        except CancelledError:
            raise PortalMissing from None
        finally:
            with self._lock:
                self._responses.pop(path, None)
                self._responses.pop(handle, None)
        if code == 1:
            raise PortalCancelled
        if code:
            raise PortalFailed
        return {key: value for key, (_signature, value) in results.items()}

    def create_session(self, interface: str, token: str = "", **options: Variant) -> dict[str, Any]:
        """Create a session; its path is the result `session_handle`. token: the last part of the path; random
        if empty."""
        options["session_handle_token"] = ("s", token or _new_token())
        return self.request(interface, "CreateSession", "", **options)

    def close_session(self, session: str, *, waits: bool = False) -> None:
        """End a session. waits: until it has ended, and another one may have its path."""
        with suppress(PortalError):
            reply = self._sent(DBusAddress(session, PORTAL, _SESSION), "Close", "")
            if waits:
                _checked(reply)

    def close(self) -> None:
        """Close the connection, with which all its sessions end; whoever waits gets PortalMissing."""
        self._end()
        with self._lock:
            if not self._is_disconnected:
                self._connection.interrupt()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)

    # The connection

    def _call(self, address: DBusAddress, method: str, signature: str, *arguments: Any) -> Any:
        return _checked(self._sent(address, method, signature, *arguments)).body

    def _sent(self, address: DBusAddress, method: str, signature: str, *arguments: Any) -> Future[Message]:
        message = new_method_call(address, method, signature or None, arguments)
        serial = next(self._connection.outgoing_serial)
        reply: Future[Message] = Future()
        with self._lock:
            if self._is_closed:
                raise PortalMissing
            self._replies[serial] = reply
        try:
            self._connection.send(message, serial=serial)
        except OSError as error:
            raise PortalMissing(error) from error
        return reply

    def _receive(self) -> None:
        try:
            while True:
                self._dispatch(self._connection.receive())
        except (ReceiveStopped, OSError):
            pass
        finally:
            was_closed = self._is_closed
            self._end()
            self._disconnect()
            if not was_closed:
                self._on_signal(Signal(GONE))

    def _disconnect(self) -> None:
        """Close all that the connection has open; its own `close` leaves its pipe."""
        connection = self._connection
        with self._lock:  # nobody may write into a pipe whose number another file may have by then
            self._is_disconnected = True
            connection.selector.close()
            connection.sock.close()
            for end in (connection._stop_r, connection._stop_w):
                os.close(end)

    def _dispatch(self, message: Message) -> None:
        header = message.header
        serial = header.fields.get(HeaderFields.reply_serial)
        if serial is not None:
            with self._lock:
                reply = self._replies.pop(serial, None)
            if reply is not None:
                reply.set_result(message)
            return
        if header.message_type is not MessageType.signal:
            return
        sender = header.fields.get(HeaderFields.sender)
        interface = header.fields.get(HeaderFields.interface)
        member = header.fields.get(HeaderFields.member, "")
        path = header.fields.get(HeaderFields.path, "")
        if sender == "org.freedesktop.DBus":
            if member == "NameOwnerChanged" and message.body[0] == PORTAL:
                self._owner_changed(message.body[2])
        elif sender != self._owner:
            return  # anybody on the bus can send what looks like an answer of the portal
        elif interface == _REQUEST and member == "Response":
            with self._lock:
                answer = self._responses.pop(path, None)
            if answer is not None:
                answer.set_result(message.body)
        else:
            self._on_signal(Signal(member, path, message.body))

    def _owner_changed(self, owner: str) -> None:
        former, self._owner = self._owner, owner
        if former:
            self._fail(self._responses)
            self._on_signal(Signal(GONE))
        if owner and self._has_begun:
            with suppress(PortalError):  # without waiting: this is the thread that takes replies
                self._sent(DBusAddress(PATH, PORTAL, _REGISTRY), "Register", "sa{sv}", APP_ID, {})
            self._on_signal(Signal(APPEARED))

    def _end(self) -> None:
        with self._lock:
            self._is_closed = True
        self._fail(self._replies)
        self._fail(self._responses)

    def _fail(self, waiting: dict[Any, Future[Any]]) -> None:
        with self._lock:
            given_up = list(waiting.values())
            waiting.clear()
        for future in given_up:
            future.cancel()


def _checked(reply: Future[Message]) -> Message:
    try:
        message = reply.result(timeout=ANSWERS_WITHIN_SECONDS)
    except CancelledError:
        raise PortalMissing from None
    except TimeoutError as error:
        raise PortalMissing(Sentence("Connection timed out")) from error
    if message.header.message_type is MessageType.error:
        name = message.header.fields.get(HeaderFields.error_name, "")
        if name in _NOBODY:
            raise PortalMissing(_NO_PORTAL)
        text = next((part for part in message.body if isinstance(part, str)), name)
        raise PortalError(Sentence("The desktop refused ({reason}).", reason=text), name)
    return message


def _bus_address() -> str:
    """As libdbus finds it: the variable, else the socket where systemd has it."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    socket = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent", "bus")
    return f"unix:path={socket}"


def _new_token() -> str:
    return f"asr_desktop_{secrets.token_hex(8)}"
