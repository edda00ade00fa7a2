"""Typing through the desktop portal, against a stand-in that is strict about the specification."""

from __future__ import annotations

import stat
import string
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jeepney", reason="D-Bus")

from asr_desktop.base import private_files
from asr_desktop.dictation import portal_typing
from asr_desktop.dictation.desktop import InsertionRefused, OtherWayNeeded, Target
from asr_desktop.dictation.insertion import Inserted, Inserter, Kept
from asr_desktop.dictation.keysyms import character_of, keysym_of
from asr_desktop.dictation.portal import Portal, PortalError, PortalMissing, Signal
from asr_desktop.dictation.portal_typing import NotAllowedYet, PortalKeyboard
from asr_desktop.dictation.wayland import WaylandDesktop, open_keyboard
from tests.dictation.portal_stand_in import CANCEL, LEAVE_OPEN, PortalStandIn

TEXT = "Grüße – “quoted” €5, Łódź 日本.\nNext"
KEYSYMS = {character: keysym_of(character) for character in sorted({*TEXT, *string.printable, *"éü"})}
"""A layout that has them all."""
CONTROL, SHIFT, LEFT = 0xFFE3, 0xFFE1, 0xFF51
FRONT = Target("wayland")


@pytest.fixture(autouse=True)
def no_other_way(bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither programs that type nor a compositor are there, once the bus runs."""
    monkeypatch.setenv("ASR_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", str(tmp_path / "none"))
    monkeypatch.delenv("SWAYSOCK", raising=False)
    monkeypatch.setattr(portal_typing, "ALLOWED_WITHIN_SECONDS", 30.0)


@pytest.fixture
def token(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keyboard-permission"


@pytest.fixture
def keyboard(portal: PortalStandIn) -> Iterator[PortalKeyboard]:
    keyboard = PortalKeyboard(lambda: KEYSYMS)
    yield keyboard
    keyboard.close()


def type_text(keyboard: PortalKeyboard, text: str) -> None:
    """As an Inserter does, which looks at the window in between."""
    keyboard.wait_until_allowed()
    keyboard.type_text(text)


def typed(portal: PortalStandIn) -> str:
    """What the pressed keys give; each has to be released before the next."""
    pressed, released = portal.typed[::2], portal.typed[1::2]
    assert [keysym for keysym, _ in pressed] == [keysym for keysym, _ in released]
    assert {state for _, state in pressed} == {1}
    assert {state for _, state in released} == {0}
    return "".join(character_of(keysym) for keysym, _ in pressed)


def test_text_is_typed_by_keysym(portal: PortalStandIn, keyboard: PortalKeyboard) -> None:
    type_text(keyboard, TEXT)
    assert typed(portal) == TEXT
    assert [name for name, _ in portal.calls][:4] == ["Register", "CreateSession", "SelectDevices", "Start"]
    session, options = portal.wait_for("SelectDevices")
    assert options["types"] == ("u", 1), "the keyboard and nothing else"
    assert options["persist_mode"] == ("u", 2)
    assert "restore_token" not in options
    type_text(keyboard, "x" * 10)
    assert typed(portal) == TEXT + "x" * 10
    assert portal.dialogs == 1
    assert portal.wait_for("Start")[0] == session


def test_a_chord(portal: PortalStandIn, keyboard: PortalKeyboard) -> None:
    keyboard.wait_until_allowed()
    keyboard.press("Ctrl+Shift+Left", times=2)
    assert portal.typed == [
        *((CONTROL, 1), (SHIFT, 1), (LEFT, 1), (LEFT, 0), (LEFT, 1), (LEFT, 0), (SHIFT, 0), (CONTROL, 0))
    ]
    with pytest.raises(ValueError, match="Hyper"):
        keyboard.press("Hyper+A")


def test_what_the_layout_lacks_is_not_typed(portal: PortalStandIn) -> None:
    """The desktop would drop it without a word."""
    keyboard = PortalKeyboard(lambda: {"a": 0x61, "Ж": 0x6F6})
    with pytest.raises(OtherWayNeeded, match="“b”"):
        type_text(keyboard, "ab")
    with pytest.raises(InsertionRefused, match=r"no key Ctrl\+V"):
        keyboard.press("Ctrl+V")
    assert portal.typed == []
    type_text(keyboard, "Ж")
    assert portal.typed == [(0x6F6, 1), (0x6F6, 0)], "by the layout's own name for it"
    keyboard.close()


def test_the_permission_is_asked_for_once(portal: PortalStandIn, token: Path) -> None:
    private_files.begin()
    try:
        for number in (1, 2, 3):
            keyboard = PortalKeyboard(lambda: KEYSYMS)
            type_text(keyboard, "a")
            assert token.read_text() == f"token {number}", "each is good for one session"
            keyboard.close()
    finally:
        private_files.end()
    assert portal.dialogs == 1
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    portal.tokens.clear()  # revoked in the desktop's settings
    keyboard = PortalKeyboard(lambda: KEYSYMS)
    type_text(keyboard, "a")
    keyboard.close()
    assert portal.dialogs == 2
    assert typed(portal) == "aaaa"


def test_version_1_keeps_nothing(bus: str, token: Path) -> None:
    portal = PortalStandIn(bus, remote=1, registry=0)
    for _ in range(2):
        keyboard = PortalKeyboard(lambda: KEYSYMS)
        type_text(keyboard, "é")
        keyboard.close()
    assert portal.dialogs == 2
    assert typed(portal) == "éé"
    assert not token.exists()
    portal.close()
    assert portal.faults == []


def test_what_is_refused_is_kept_until_it_is_allowed(portal: PortalStandIn) -> None:
    portal.start_answer = CANCEL
    desktop = WaylandDesktop(PortalKeyboard(lambda: KEYSYMS))
    inserter = Inserter(desktop)
    inserter.begin()
    desktop.prepare("")
    outcome = inserter.insert("Dear Ada")
    assert outcome == Kept("Dear Ada", "Typing was not allowed in your desktop's dialog.")
    assert (portal.typed, portal.dialogs) == ([], 1)
    desktop.prepare("")
    assert portal.dialogs == 1, "a refusal is not answered by another question at each dictation"
    inserter.insert(", thanks")
    portal.start_answer = 0
    assert inserter.retry() == Inserted("Dear Ada, thanks", FRONT)
    assert typed(portal) == "Dear Ada, thanks"
    assert portal.dialogs == 2
    desktop.close()


def test_keys_that_are_down_do_not_stay_down(
    portal: PortalStandIn, keyboard: PortalKeyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_text(keyboard, "a")
    call, client = keyboard._portal.call, keyboard._portal

    def fails_at_left(interface: str, method: str, signature: str, *arguments: Any, **path: str) -> Any:
        if method == "NotifyKeyboardKeysym" and arguments[2] == LEFT:
            raise PortalError("Busy.")
        return call(interface, method, signature, *arguments, **path)

    monkeypatch.setattr(client, "call", fails_at_left)
    with pytest.raises(InsertionRefused, match="did not take the text: Busy"):
        keyboard.press("Ctrl+Left")
    assert portal.typed[2:] == [(CONTROL, 1)]
    portal.wait_for("Close")
    type_text(keyboard, "b")
    assert portal.typed[3:] == [(0x62, 1), (0x62, 0)], "in another session"


def test_an_answer_that_lacks_something_is_told(
    portal: PortalStandIn, keyboard: PortalKeyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyboard._portal, "create_session", lambda *_arguments: {})
    with pytest.raises(InsertionRefused, match="could not do it"):
        type_text(keyboard, "a")


def test_a_keyboard_that_the_user_takes_out_is_a_refusal(portal: PortalStandIn, token: Path) -> None:
    portal.devices = 0
    keyboard = PortalKeyboard(lambda: KEYSYMS)
    with pytest.raises(InsertionRefused, match="not allowed"):
        type_text(keyboard, "a")
    keyboard.close()


def test_while_the_dialog_is_open_the_text_is_kept(
    portal: PortalStandIn, keyboard: PortalKeyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.start_answer = LEAVE_OPEN
    monkeypatch.setattr(portal_typing, "ALLOWED_WITHIN_SECONDS", 0.0)
    keyboard.prepare()
    with pytest.raises(NotAllowedYet, match="asks whether"):
        type_text(keyboard, "a")
    portal.wait_for("Start")
    portal._started.update(portal._sessions)
    portal.decide(0, {"devices": ("u", 3)})
    monkeypatch.setattr(portal_typing, "ALLOWED_WITHIN_SECONDS", 30.0)
    type_text(keyboard, "b")
    assert typed(portal) == "b"
    assert portal.dialogs == 1


def test_text_is_not_typed_into_a_window_that_came_to_the_front_during_the_wait(
    portal: PortalStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The permission is waited for before the window is looked at, and not again afterwards."""
    desktop = WaylandDesktop(PortalKeyboard(lambda: KEYSYMS))

    def front_window() -> Target:
        # Not by portal.calls: the stand-in notes a call after it has told the outcome.
        return Target("other" if portal._started else "letter")

    monkeypatch.setattr(desktop, "front_window", front_window)
    inserter = Inserter(desktop)
    inserter.begin()
    assert inserter.insert("a") == Kept("a", "Another window is in front now.", "a")
    portal.close_sessions()
    portal.fence(desktop._keyboard._portal)  # type: ignore[attr-defined]
    monkeypatch.setattr(portal, "start_answer", LEAVE_OPEN)
    portal.tokens.clear()
    with pytest.raises(NotAllowedYet):
        desktop.type_text("b", front_window())
    assert portal.typed == []
    desktop.close()


def test_a_session_that_is_ended_from_outside_is_begun_anew(
    portal: PortalStandIn, keyboard: PortalKeyboard
) -> None:
    type_text(keyboard, "a")
    portal.close_sessions()
    portal.fence(keyboard._portal)
    type_text(keyboard, "b")
    assert typed(portal) == "ab"
    assert portal.dialogs == 1, "the token is good for it"


def test_a_portal_that_restarts(portal: PortalStandIn, keyboard: PortalKeyboard) -> None:
    type_text(keyboard, "a")
    portal.restart()
    portal.fence(keyboard._portal)
    type_text(keyboard, "b")
    assert typed(portal) == "ab"
    assert portal.app_ids == ["asr-desktop"] * 2


def test_closing_while_a_new_connection_is_made_asks_nothing(
    portal: PortalStandIn, keyboard: PortalKeyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_made, is_closed = threading.Event(), threading.Event()
    made: list[Portal] = []

    def slow_portal(on_signal: Callable[[Signal], object]) -> Portal:
        made.append(Portal(on_signal))
        is_made.set()
        assert is_closed.wait(timeout=30)
        return made[0]

    monkeypatch.setattr(portal_typing, "Portal", slow_portal)
    keyboard._portal.close()
    keyboard.prepare()
    assert is_made.wait(timeout=30)
    keyboard.close()
    is_closed.set()
    with pytest.raises(InsertionRefused, match="does not answer"):
        keyboard.wait_until_allowed()
    assert not made[0].is_open
    assert portal.dialogs == 0


def test_a_portal_that_went_away_keeps_the_text(portal: PortalStandIn, keyboard: PortalKeyboard) -> None:
    type_text(keyboard, "a")
    portal.close()
    with pytest.raises(InsertionRefused, match="does not answer"):
        type_text(keyboard, "b")
    portal._begin()
    type_text(keyboard, "c")
    assert typed(portal) == "ac"


@pytest.mark.parametrize("versions", [{"remote": 0}, {"remote": 0, "registry": 0}])
def test_without_the_interface_other_ways_are_taken(bus: str, versions: dict[str, int]) -> None:
    portal = PortalStandIn(bus, **versions)
    with pytest.raises(PortalMissing):
        PortalKeyboard(lambda: KEYSYMS)
    with pytest.raises(InsertionRefused, match="Install your desktop's xdg-desktop-portal"):
        open_keyboard({"wl_seat"})
    with pytest.raises(InsertionRefused, match="Install wtype"):
        open_keyboard(None)
    portal.close()


def test_which_keyboard_is_taken(portal: PortalStandIn, tmp_path: Path) -> None:
    (tmp_path / "wtype").write_text("#!/bin/sh\n")
    (tmp_path / "wtype").chmod(0o755)
    for interfaces, name in (
        ({"wl_seat", "zwp_virtual_keyboard_manager_v1"}, "Wtype"),
        ({"wl_seat"}, "PortalKeyboard"),
        (None, "PortalKeyboard"),
    ):
        keyboard = open_keyboard(interfaces)
        assert type(keyboard).__name__ == name
        keyboard.close()
