"""Global shortcuts through the desktop portal, against a stand-in that is strict about the specification."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jeepney", reason="D-Bus")

from jeepney import DBusAddress, HeaderFields, new_signal
from jeepney.io.blocking import open_dbus_connection

from asr_desktop.dictation import portal_shortcuts
from asr_desktop.dictation.portal import Portal, PortalMissing, Signal
from asr_desktop.dictation.portal_shortcuts import NO_SHORTCUTS, SHORTCUTS, PortalGlobalKeys
from tests.dictation.portal_stand_in import (
    CANCEL,
    FAIL,
    LEAVE_OPEN,
    PATH,
    REQUEST,
    PortalStandIn,
    running_bus,
)

CHORDS = {"talk": "Ctrl+Alt+Space", "cancel": "Ctrl+Alt+X", "correct": "Meta+,"}
NAMES = {"talk": "Dictate", "cancel": "Cancel dictation", "correct": "Correct last dictation"}
PATIENCE_SECONDS = 30


class Listener:
    """Shortcuts, and what they told."""

    def __init__(self, chords: dict[str, str] | None = None) -> None:
        self.keys: queue.Queue[tuple[str, bool]] = queue.Queue()
        self.changes: queue.Queue[tuple[dict[str, str], dict[str, str]]] = queue.Queue()
        self._is_made = threading.Event()
        self.shortcuts = PortalGlobalKeys(
            CHORDS if chords is None else chords,
            lambda name, is_down, _seconds: self.keys.put((name, is_down)),
            NAMES,
            self._changed,
        )
        self._is_made.set()

    def _changed(self) -> None:
        self._is_made.wait()
        self.changes.put((dict(self.shortcuts.bound or {}), dict(self.shortcuts.conflicts)))

    def change(self) -> tuple[dict[str, str], dict[str, str]]:
        """The next (bound, conflicts)."""
        return self.changes.get(timeout=PATIENCE_SECONDS)

    def key(self) -> tuple[str, bool]:
        return self.keys.get(timeout=PATIENCE_SECONDS)


@pytest.fixture
def listener(portal: PortalStandIn) -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.shortcuts.close()


def test_what_is_asked_for_follows_the_specification(portal: PortalStandIn, listener: Listener) -> None:
    bound, conflicts = listener.change()
    assert conflicts == {}
    assert bound == {"talk": "CTRL+ALT+space", "cancel": "CTRL+ALT+x", "correct": "LOGO+comma"}
    assert portal.app_ids == ["asr-desktop"]
    _session, shortcuts, parent, _options = portal.wait_for("BindShortcuts")
    assert parent == ""
    assert {name: about["description"][1] for name, about in shortcuts} == NAMES
    methods = [name for name, _ in portal.calls]
    assert methods == ["Register", "CreateSession", "BindShortcuts"], "the name first, else it is refused"


def test_pressing_and_releasing(portal: PortalStandIn, listener: Listener) -> None:
    listener.change()
    for name, is_down in (("talk", True), ("talk", True), ("talk", False), ("cancel", True), ("none", True)):
        portal.activate(name, is_down)
    portal.activate("correct")
    told = [listener.key() for _ in range(4)]
    assert told == [("talk", True), ("talk", False), ("cancel", True), ("correct", True)], (
        "repeats count once"
    )


def test_an_answer_that_lacks_something_is_told(
    portal: PortalStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Portal, "create_session", lambda *_arguments, **_options: {})
        listener = Listener()
        reason = "The shortcuts could not be set: The desktop could not do it."
        assert listener.change() == ({}, {"talk": reason})
    listener.shortcuts.configure()
    assert set(listener.change()[0]) == {"talk", "cancel", "correct"}
    listener.shortcuts.close()


def test_the_user_decides_on_the_keys(portal: PortalStandIn, bus: str) -> None:
    portal.binds = {"talk": "Press F9"}
    portal.leaves_out = {"cancel"}
    listener = Listener()
    bound, conflicts = listener.change()
    assert bound == {"talk": "Press F9", "correct": "LOGO+comma"}
    assert conflicts == {"cancel": "“Cancel dictation” has no key; set one in the desktop's settings."}
    portal.change_keys(talk="Press F10", cancel="Press F11", correct="")
    bound, conflicts = listener.change()
    assert bound == {"talk": "Press F10", "cancel": "Press F11"}
    assert list(conflicts) == ["correct"]
    listener.shortcuts.configure()
    session, parent, options = portal.wait_for("ConfigureShortcuts")
    assert (session, parent, options) == (portal.wait_for("BindShortcuts")[0], "", {})
    listener.shortcuts.close()


def test_a_response_without_the_shortcuts(portal: PortalStandIn, bus: str) -> None:
    """KDE has them only in its list after the dialog."""
    portal.bind_says_nothing = True
    listener = Listener()
    assert listener.change() == (
        {"talk": "CTRL+ALT+space", "cancel": "CTRL+ALT+x", "correct": "LOGO+comma"},
        {},
    )
    listener.shortcuts.close()


def test_plasma_5_27_opens_no_settings_unless_asked(portal: PortalStandIn, bus: str) -> None:
    portal.is_draft = True
    listener = Listener()
    assert listener.change()[0]["talk"] == "CTRL+ALT+space"
    portal.activate("talk")
    assert listener.key() == ("talk", True)
    assert portal.dialogs == 0
    portal.versions[SHORTCUTS] = 1
    listener.shortcuts.can_configure = False
    listener.shortcuts.configure()
    portal.wait_for("BindShortcuts")
    assert listener.key() == ("talk", False)
    listener.shortcuts.close()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (CANCEL, "The shortcuts were not allowed in the desktop's dialog; set them again."),
        (FAIL, "The shortcuts could not be set: The desktop could not do it."),
    ],
)
def test_a_refusal_is_said_once_and_can_be_asked_anew(
    portal: PortalStandIn, answer: int, sentence: str
) -> None:
    portal.bind_answer = answer
    listener = Listener()
    assert listener.change() == ({}, {"talk": sentence})
    portal.bind_answer = 0
    listener.shortcuts.configure()
    bound, conflicts = listener.change()
    assert set(bound) == set(CHORDS)
    assert conflicts == {}
    portal.activate("talk")
    assert listener.key() == ("talk", True)
    listener.shortcuts.close()


def test_closing_while_the_dialog_is_open(portal: PortalStandIn) -> None:
    portal.bind_answer = LEAVE_OPEN
    listener = Listener()
    portal.wait_for("BindShortcuts")
    listener.shortcuts.close()
    listener.shortcuts._thread.join(timeout=PATIENCE_SECONDS)
    assert not listener.shortcuts._thread.is_alive()
    assert listener.changes.empty(), "nobody is told any more"


def test_a_session_that_the_desktop_ends_releases_the_key(portal: PortalStandIn, listener: Listener) -> None:
    listener.change()
    portal.activate("talk")
    assert listener.key() == ("talk", True)
    portal.close_sessions()
    assert listener.key() == ("talk", False), "else it would listen for ever"
    assert listener.change() == (
        {},
        {"talk": "The desktop has ended the shortcuts of ASR Desktop; set them again."},
    )


def test_a_portal_that_restarts(portal: PortalStandIn, listener: Listener) -> None:
    bound, _ = listener.change()
    portal.activate("talk")
    listener.key()
    portal.restart()
    assert listener.key() == ("talk", False)
    assert listener.change()[0] == {}
    assert listener.change() == (bound, {})
    assert portal.app_ids == ["asr-desktop"] * 2, "the new one does not know the name yet"
    portal.activate("cancel")
    assert listener.key() == ("cancel", True)


@pytest.mark.parametrize("versions", [{"shortcuts": 0}, {"shortcuts": 0, "registry": 0}])
def test_a_portal_without_shortcuts_says_what_to_do(bus: str, versions: dict[str, int]) -> None:
    portal = PortalStandIn(bus, **versions)
    listener = Listener()
    assert listener.change() == ({}, {"talk": NO_SHORTCUTS})
    assert "asr-desktop toggle" in NO_SHORTCUTS
    listener.shortcuts.close()
    portal.close()


def test_version_1_without_registry_and_dialog(bus: str) -> None:
    portal = PortalStandIn(bus, shortcuts=1, registry=0)
    listener = Listener()
    assert set(listener.change()[0]) == set(CHORDS)
    assert not listener.shortcuts.can_configure
    listener.shortcuts.configure()
    assert set(listener.change()[0]) == set(CHORDS)
    portal.wait_for("BindShortcuts", count=2)
    portal.activate("talk")
    assert listener.key() == ("talk", True)
    assert listener.keys.empty()
    listener.shortcuts.close()
    portal.close()
    assert portal.faults == []


def test_a_session_has_ended_before_another_of_the_same_name_begins(bus: str) -> None:
    portal = PortalStandIn(bus, shortcuts=1)
    listener = Listener()
    listener.change()
    portal.closes_late = True
    listener.shortcuts.configure()
    assert set(listener.change()[0]) == set(CHORDS)
    listener.shortcuts.close()
    portal.close()
    assert portal.faults == []


def test_closing_while_the_connection_is_made_asks_nothing(
    portal: PortalStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_closed = threading.Event()

    def slow_portal(on_signal: Callable[[Signal], object]) -> Portal:
        made = Portal(on_signal)
        assert is_closed.wait(timeout=PATIENCE_SECONDS)
        return made

    monkeypatch.setattr(portal_shortcuts, "Portal", slow_portal)
    listener = Listener()
    listener.shortcuts.close()
    is_closed.set()
    listener.shortcuts._thread.join(timeout=PATIENCE_SECONDS)
    assert not listener.shortcuts._thread.is_alive()
    assert listener.shortcuts._portal is not None
    assert not listener.shortcuts._portal.is_open
    portal.wait_for("Register")  # the stand-in notes a call after it has answered
    assert [name for name, _ in portal.calls] == ["Register"]


def test_a_bus_without_a_portal(bus: str) -> None:
    listener = Listener()
    assert listener.change() == ({}, {"talk": NO_SHORTCUTS})
    listener.shortcuts.close()


@pytest.mark.parametrize(
    "address", ["", "unix:path=/nonexistent/bus", "tcp:host=localhost,port=1", "nonsense"]
)
def test_no_bus_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    listener = Listener()
    assert listener.change() == ({}, {"talk": NO_SHORTCUTS})
    listener.shortcuts.close()


def test_a_bus_that_ends(portal: PortalStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        other = PortalStandIn(address)
        listener = Listener()
        listener.change()
        other.activate("talk")
        assert listener.key() == ("talk", True)
    assert listener.key() == ("talk", False)
    assert listener.change()[0] == {}
    listener.shortcuts.close()
    other.close()


def test_only_the_portal_itself_is_believed(portal: PortalStandIn, bus: str) -> None:
    """Any program on the bus could answer in its place, or press a shortcut."""
    portal.bind_answer = LEAVE_OPEN
    listener = Listener()
    session, _, _, options = portal.wait_for("BindShortcuts")
    assert listener.shortcuts._portal is not None
    caller = str(listener.shortcuts._portal._connection.unique_name)
    handle = f"{PATH}/request/{caller[1:].replace('.', '_')}/{options['handle_token'][1]}"
    with open_dbus_connection(bus) as liar:
        answer: tuple[Any, ...] = (0, {"shortcuts": ("a(sa{sv})", [])})
        for path, interface, member, signature, body in (
            (handle, REQUEST, "Response", "ua{sv}", answer),
            (PATH, SHORTCUTS, "Activated", "osta{sv}", (session, "talk", 1, {})),
        ):
            message = new_signal(DBusAddress(path, interface=interface), member, signature, body)
            message.header.fields[HeaderFields.destination] = caller
            liar.send(message)
    portal.decide(0, {"shortcuts": ("a(sa{sv})", [("cancel", {"trigger_description": ("s", "F2")})])})
    assert listener.change()[0] == {"cancel": "F2"}
    portal.activate("cancel")
    assert listener.key() == ("cancel", True)
    listener.shortcuts.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux")
def test_a_connection_that_was_closed_leaves_no_file_open(portal: PortalStandIn) -> None:
    Portal().close()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        connection = Portal()
        assert connection.version(SHORTCUTS)
        connection.close()
        connection.close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_bus_that_passes_no_files_will_do(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one behind a proxy: it knows no NEGOTIATE_UNIX_FD, which then is not to be asked."""
    sent: list[bytes] = []
    sendall = socket.socket.sendall

    def watched(self: socket.socket, data: bytes, *flags: int) -> None:
        sent.append(bytes(data))
        sendall(self, data, *flags)

    monkeypatch.setattr(socket.socket, "sendall", watched)
    with pytest.raises(PortalMissing):
        Portal()
    assert any(b"AUTH" in data for data in sent)
    assert not any(b"NEGOTIATE_UNIX_FD" in data for data in sent)


def test_a_connection_that_was_closed_refuses(portal: PortalStandIn) -> None:
    connection = Portal()
    connection.close()
    with pytest.raises(PortalMissing):
        connection.create_session(SHORTCUTS)
