"""A stand-in for org.freedesktop.portal.Desktop on a real D-Bus daemon.

It takes calls only with the signatures and options of the specification (data/*.xml of xdg-desktop-portal),
and answers them as a test says: with a dialog that is accepted, refused or left open.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.threading import ReceiveStopped, open_dbus_connection

from asr_desktop.dictation.portal import Portal

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REMOTE = "org.freedesktop.portal.RemoteDesktop"
REGISTRY = "org.freedesktop.host.portal.Registry"
SESSION, REQUEST = "org.freedesktop.portal.Session", "org.freedesktop.portal.Request"
PROPERTIES = "org.freedesktop.DBus.Properties"

TOKEN, SESSION_TOKEN = {"handle_token": "s"}, {"handle_token": "s", "session_handle_token": "s"}
METHODS: dict[tuple[str, str], tuple[str, dict[str, str], int]] = {
    # (interface, method): (signature, options with their types, version of the interface that brought it)
    # `shortcuts` is of a draft that Plasma 5.27 follows.
    (SHORTCUTS, "CreateSession"): ("a{sv}", {**SESSION_TOKEN, "shortcuts": "a(sa{sv})"}, 1),
    (SHORTCUTS, "BindShortcuts"): ("oa(sa{sv})sa{sv}", TOKEN, 1),
    (SHORTCUTS, "ListShortcuts"): ("oa{sv}", TOKEN, 1),
    (SHORTCUTS, "ConfigureShortcuts"): ("osa{sv}", {"activation_token": "s"}, 2),
    (REMOTE, "CreateSession"): ("a{sv}", SESSION_TOKEN, 1),
    (REMOTE, "SelectDevices"): ("oa{sv}", {**TOKEN, "types": "u"}, 1),
    (REMOTE, "Start"): ("osa{sv}", TOKEN, 1),
    (REMOTE, "NotifyKeyboardKeysym"): ("oa{sv}iu", {}, 1),
    (REGISTRY, "Register"): ("sa{sv}", {}, 1),
    (PROPERTIES, "Get"): ("ss", {}, 1),
    (SESSION, "Close"): ("", {}, 1),
    (REQUEST, "Close"): ("", {}, 1),
}
SHORTCUT_KEYS = {"description": "s", "preferred_trigger": "s"}
PERSISTENCE = {"persist_mode": "u", "restore_token": "s"}

ACCEPT, CANCEL, FAIL, LEAVE_OPEN = 0, 1, 2, None


class PortalStandIn:
    """Runs in a thread. `faults`: where a call did not follow the specification; has to stay empty."""

    def __init__(self, address: str, **versions: int) -> None:
        self.address = address
        self.versions = {SHORTCUTS: versions.get("shortcuts", 2), REMOTE: versions.get("remote", 2)}
        self.has_registry = versions.get("registry", 1) > 0
        self.app_ids: list[str] = []
        self.faults: list[str] = []
        self.calls: list[tuple[str, Any]] = []
        """(method, arguments) of all calls but those of properties."""
        self.called = threading.Condition()
        self.bind_answer: int | None = ACCEPT
        self.binds: dict[str, str] = {}
        """Keys that the user has chosen, by shortcut; others get what is preferred."""
        self.leaves_out: set[str] = set()
        self.is_draft = False
        """As Plasma 5.27: the shortcuts are bound as the session is created."""
        self.closes_late = False
        """Sessions end only when nothing else is asked for: portals handle calls in threads."""
        self.bind_says_nothing = False
        """As KDE: the response to BindShortcuts is empty, and ListShortcuts has them."""
        self.start_answer: int | None = ACCEPT
        self.devices = 1
        self.tokens: list[str] = []
        """The token that is valid; each is given once and used once."""
        self.dialogs = 0
        self.typed: list[tuple[int, int]] = []
        self._tokens_given = 0
        self._shortcuts: dict[str, list[Any]] = {}
        self._sessions: dict[str, tuple[str, str]] = {}
        """Path → (its caller, its interface)."""
        self._selected: dict[str, dict[str, Any]] = {}
        self._started: set[str] = set()
        self._open_requests: list[tuple[str, str]] = []
        self._begin()

    def _begin(self) -> None:
        self._connection = open_dbus_connection(self.address)
        self._send_to_bus("RequestName", "su", NAME, 4)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _send_to_bus(self, method: str, signature: str, *arguments: Any) -> None:
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        self._connection.send(new_method_call(bus, method, signature, arguments))
        while self._connection.receive(timeout=20).header.message_type is MessageType.signal:
            pass

    def close(self) -> None:
        self._connection.interrupt()
        self._thread.join()
        self._connection.close()

    def restart(self) -> None:
        """As after a crash: nothing is known any more but the tokens and what the user has bound."""
        self.close()
        for known in (self._sessions, self._selected, self._started, self._open_requests, self._shortcuts):
            known.clear()
        self._begin()

    # What the user and the desktop do

    def activate(self, name: str, is_down: bool = True) -> None:
        for session, (caller, interface) in list(self._sessions.items()):
            if interface == SHORTCUTS:
                member = "Activated" if is_down else "Deactivated"
                self._signal(SHORTCUTS, member, "osta{sv}", caller, session, name, 1234, {})

    def change_keys(self, **keys: str) -> None:
        """In the desktop's settings."""
        for session, (caller, interface) in list(self._sessions.items()):
            if interface == SHORTCUTS:
                told = [(name, {"trigger_description": ("s", key)}) for name, key in keys.items()]
                self._signal(SHORTCUTS, "ShortcutsChanged", "oa(sa{sv})", caller, session, told)

    def close_sessions(self) -> None:
        """From outside, as by the button in a desktop's panel."""
        for session, (caller, _interface) in list(self._sessions.items()):
            del self._sessions[session]
            self._signal(SESSION, "Closed", "a{sv}", caller, {}, path=session)

    def decide(self, code: int, results: dict[str, Any] | None = None) -> None:
        """End the dialog that was left open."""
        caller, handle = self._open_requests.pop()
        self._respond(caller, handle, code, results or {})

    def fence(self, client: Portal) -> None:
        """Return when the client has taken all signals that were sent before."""
        client.property(REMOTE, "version")

    def wait_for(self, method: str, count: int = 1) -> Any:
        """The arguments of the last of `count` calls of a method."""

        def made() -> list[Any]:
            return [arguments for name, arguments in self.calls if name == method]

        with self.called:
            assert self.called.wait_for(lambda: len(made()) >= count, timeout=60), (method, self.calls)
        return made()[-1]

    # Serving

    def _serve(self) -> None:
        with suppress(ReceiveStopped, OSError):
            while True:
                message = self._connection.receive()
                if self.closes_late and message.header.fields.get(HeaderFields.member) == "Close":
                    with suppress(TimeoutError):
                        while True:
                            self._serve_call(self._connection.receive(timeout=0.3))
                self._serve_call(message)

    def _serve_call(self, message: Message) -> None:
        if message.header.message_type is MessageType.method_call:
            self._connection.send(self._answered(message))
            self._after(message)

    def _answered(self, call: Message) -> Message:
        fields = call.header.fields
        interface, method = fields[HeaderFields.interface], fields[HeaderFields.member]
        signature = fields.get(HeaderFields.signature, "")
        known = METHODS.get((interface, method))
        version = self.versions.get(interface, 1) if interface != REGISTRY or self.has_registry else 0
        if known is None or not version or known[2] > version:
            return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("no such method",))
        self._check(interface, method, signature, call.body)
        if interface == PROPERTIES:
            return self._property(call)
        reply = new_method_return(call)
        caller = fields[HeaderFields.sender]
        match interface, method:
            case (_, "Register"):
                self.app_ids.append(call.body[0])
            case (_, "NotifyKeyboardKeysym"):
                if call.body[0] not in self._started:
                    return new_error(call, "org.freedesktop.DBus.Error.AccessDenied", "s", ("no session",))
                self.typed.append(call.body[2:])
            case (_, "CreateSession" | "BindShortcuts" | "ListShortcuts" | "SelectDevices" | "Start"):
                if method != "CreateSession" and call.body[0] not in self._sessions:
                    return new_error(call, "org.freedesktop.DBus.Error.AccessDenied", "s", ("no session",))
                token = _plain(call.body[-1])["handle_token"]
                reply = new_method_return(call, "o", (_path("request", caller, token),))
            case (_, "Close"):
                for known in (self._sessions, self._shortcuts):
                    known.pop(fields[HeaderFields.path], None)
        return reply

    def _check(self, interface: str, method: str, signature: str, body: tuple[Any, ...]) -> None:
        wanted, options, _ = METHODS[interface, method]
        if signature != wanted:
            self.faults.append(f"{method}: signature {signature!r} instead of {wanted!r}")
            return
        if interface == REMOTE and self.versions[REMOTE] >= 2 and method == "SelectDevices":
            options = {**options, **PERSISTENCE}
        place = wanted.find("a{sv}") if "(" not in wanted else wanted.rfind("a{sv}")
        if place >= 0:
            index = {"oa{sv}iu": 1}.get(wanted, len(body) - 1)
            self._check_options(method, body[index], options)
        if method == "BindShortcuts":
            for _name, about in body[1]:
                self._check_options(method, about, SHORTCUT_KEYS)

    def _check_options(self, method: str, given: dict[str, tuple[str, Any]], known: dict[str, str]) -> None:
        for key, (signature, value) in given.items():
            if known.get(key) != signature:
                self.faults.append(f"{method}: option {key} of type {signature}")
            if key.endswith("handle_token") and not value.replace("_", "").isalnum():
                self.faults.append(f"{method}: {key} {value!r} is no part of a path")

    def _property(self, call: Message) -> Message:
        interface, name = call.body
        value = {"version": self.versions.get(interface), "AvailableDeviceTypes": 7}.get(name)
        if not self.versions.get(interface) or value is None:
            return new_error(call, "org.freedesktop.DBus.Error.InvalidArgs", "s", ("no such interface",))
        return new_method_return(call, "v", (("u", value),))

    def _after(self, call: Message) -> None:
        """Send the response, after the reply as portals do."""
        fields = call.header.fields
        interface, method = fields[HeaderFields.interface], fields[HeaderFields.member]
        caller = fields[HeaderFields.sender]
        if interface != PROPERTIES and (interface, method) in METHODS:
            self._react(caller, interface, method, call.body)
            with self.called:
                self.calls.append((method, call.body))
                self.called.notify_all()

    def _react(self, caller: str, interface: str, method: str, body: tuple[Any, ...]) -> None:
        if not self.versions.get(interface) or method in ("NotifyKeyboardKeysym", "ConfigureShortcuts"):
            return
        options = _plain(body[-1])
        handle = _path("request", caller, options["handle_token"])
        if method == "CreateSession":
            session = _path("session", caller, options["session_handle_token"])
            if session in self._sessions:
                self.faults.append("CreateSession: there is a session of this path")
            self._sessions[session] = (caller, interface)
            # As the specification says, a string here and an object path there.
            results = {"session_handle": ("s" if interface == SHORTCUTS else "o", session)}
            if interface == SHORTCUTS and self.is_draft:
                results["shortcuts"] = ("a(sa{sv})", self._bound(options["shortcuts"]))
            self._respond(caller, handle, 0, results)
        elif method == "BindShortcuts":
            self.dialogs += 1
            if body[0] in self._shortcuts:
                self.faults.append("BindShortcuts: twice in one session")
            bound = self._shortcuts[body[0]] = self._bound(body[1])
            results = {} if self.bind_says_nothing else {"shortcuts": ("a(sa{sv})", bound)}
            self._conclude(caller, handle, self.bind_answer, results)
        elif method == "ListShortcuts":
            self._respond(caller, handle, 0, {"shortcuts": ("a(sa{sv})", self._shortcuts.get(body[0], []))})
        elif method == "SelectDevices":
            self._selected[body[0]] = options
            self._respond(caller, handle, 0, {})
        elif method == "Start":
            self._start(caller, handle, body[0])

    def _bound(self, shortcuts: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        return [
            (name, {"trigger_description": ("s", self.binds.get(name, about["preferred_trigger"][1]))})
            for name, about in shortcuts
            if name not in self.leaves_out
        ]

    def _start(self, caller: str, handle: str, session: str) -> None:
        selected = self._selected.get(session, {})
        is_restored = selected.get("restore_token") in self.tokens
        self.tokens.clear()
        if not is_restored:
            self.dialogs += 1
        code = ACCEPT if is_restored else self.start_answer
        results: dict[str, Any] = {"devices": ("u", self.devices)}
        if code == ACCEPT:
            self._started.add(session)
            if selected.get("persist_mode") == 2:
                self._tokens_given += 1
                self.tokens.append(f"token {self._tokens_given}")
                results["restore_token"] = ("s", self.tokens[0])
        self._conclude(caller, handle, code, results)

    def _conclude(self, caller: str, handle: str, code: int | None, results: dict[str, Any]) -> None:
        if code is None:
            self._open_requests.append((caller, handle))
        else:
            self._respond(caller, handle, code, results if code == ACCEPT else {})

    def _respond(self, caller: str, handle: str, code: int, results: dict[str, Any]) -> None:
        self._signal(REQUEST, "Response", "ua{sv}", caller, code, results, path=handle)

    def _signal(
        self, interface: str, member: str, signature: str, to: str, *body: Any, path: str = PATH
    ) -> None:
        message = new_signal(DBusAddress(path, interface=interface), member, signature, body)
        message.header.fields[HeaderFields.destination] = to
        self._connection.send(message)


def _plain(options: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, (_signature, value) in options.items()}


def _path(kind: str, caller: str, token: str) -> str:
    return f"{PATH}/{kind}/{caller.removeprefix(':').replace('.', '_')}/{token}"


@contextmanager
def running_bus(folder: Path) -> Iterator[str]:
    """The address of a session bus on which nothing can be started."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    configuration = folder / "bus.conf"
    configuration.write_text(
        # Not in the test's folder: a socket's name has at most 108 bytes.
        f"<busconfig><type>session</type><listen>unix:tmpdir={tempfile.gettempdir()}</listen>"
        '<policy context="default"><allow send_destination="*"/><allow eavesdrop="false"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--print-address", "--nofork", "--nopidfile"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert bus.stdout is not None
    try:
        yield bus.stdout.readline().strip()
    finally:
        bus.kill()
        bus.wait()
        bus.stdout.close()
