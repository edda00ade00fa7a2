"""Shortcuts that work whatever is in front, and are named where another program has them."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.display import Display

from asr_desktop.dictation.x11.global_keys import X11GlobalKeys
from tests.dictation.x_screen import EditorWindow, Screen, wait_until

Told = queue.Queue[tuple[str, bool]]
CTRL, ALT, SPACE, NUM_LOCK, F8, SHIFT = 37, 64, 65, 77, 74, 50


@pytest.fixture
def told() -> Told:
    return queue.Queue()


@pytest.fixture
def keys(screen: Screen, editor: EditorWindow, told: Told, hand: Display) -> Iterator[X11GlobalKeys]:
    keys = X11GlobalKeys(
        {"talk": "Ctrl+Alt+Space", "cancel": "F8"}, lambda name, down, at: told.put((name, down)), screen.name
    )
    yield keys
    keys.close()


@pytest.fixture
def hand(screen: Screen) -> Iterator[Display]:
    display = Display(screen.name)
    # The first key of a new screen makes the server tell everybody of another keyboard: before the test.
    strike(display, SHIFT)
    yield display
    display.close()


def strike(hand: Display, *keycodes: int) -> None:
    for keycode in keycodes:
        hand.xtest_fake_input(X.KeyPress, keycode)
    for keycode in reversed(keycodes):
        hand.xtest_fake_input(X.KeyRelease, keycode)
    hand.sync()


def test_press_and_release_are_told_and_the_program_in_front_gets_nothing(
    keys: X11GlobalKeys, hand: Display, told: Told, editor: EditorWindow
) -> None:
    assert keys.conflicts == {}
    strike(hand, CTRL, ALT, SPACE)
    assert [told.get(timeout=30), told.get(timeout=30)] == [("talk", True), ("talk", False)]
    strike(hand, 38)
    editor.wait_for("text", "a")
    assert told.empty()


def test_num_lock_makes_no_difference(keys: X11GlobalKeys, hand: Display, told: Told) -> None:
    strike(hand, NUM_LOCK)
    strike(hand, F8)
    assert [told.get(timeout=30), told.get(timeout=30)] == [("cancel", True), ("cancel", False)]
    strike(hand, NUM_LOCK)


def test_a_held_key_is_one_press(keys: X11GlobalKeys, hand: Display, told: Told) -> None:
    hand.xtest_fake_input(X.KeyPress, F8)
    hand.sync()
    assert told.get(timeout=30) == ("cancel", True)
    with pytest.raises(queue.Empty):
        told.get(timeout=1.2)  # the server repeats a held key after 0.66 s
    hand.xtest_fake_input(X.KeyRelease, F8)
    hand.sync()
    assert told.get(timeout=30) == ("cancel", False)


def test_a_key_that_another_program_has_is_named(screen: Screen, keys: X11GlobalKeys, told: Told) -> None:
    second = X11GlobalKeys({"talk": "Ctrl+Alt+Space", "cancel": "F7"}, lambda *_: None, screen.name)
    assert list(second.conflicts) == ["talk"]
    assert "Another program uses Ctrl+Alt+Space already" in second.conflicts["talk"]
    second.close()


def test_a_key_that_the_keyboard_lacks_is_named(screen: Screen, editor: EditorWindow) -> None:
    keys = X11GlobalKeys({"talk": "F35", "cancel": "Ctrl+Nonsense"}, lambda *_: None, screen.name)
    assert "no key F35" in keys.conflicts["talk"]
    assert "no key Ctrl+Nonsense" in keys.conflicts["cancel"]
    keys.close()


def test_another_layout_has_the_key_elsewhere(
    screen: Screen, editor: EditorWindow, hand: Display, told: Told
) -> None:
    keys = X11GlobalKeys({"talk": "Ctrl+Z"}, lambda name, down, at: told.put((name, down)), screen.name)
    z_on_us, z_on_de = 52, 29
    strike(hand, CTRL, z_on_us)
    assert told.get(timeout=30) == ("talk", True)
    told.get(timeout=30)
    screen.set_layout("de")
    wait_until(lambda: (z_on_de, 4) in keys._grabbed, "the key in its new place")
    strike(hand, CTRL, z_on_de)
    assert told.get(timeout=30) == ("talk", True)
    keys.close()


def test_keys_whose_connection_was_ended_can_be_closed(screen: Screen, told: Told, hand: Display) -> None:
    keys = X11GlobalKeys({"talk": "F9"}, lambda name, down, at: told.put((name, down)), screen.name)
    mark = keys._root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly)
    keys._display.sync()
    hand.create_resource_object("window", mark.id).kill_client()
    hand.sync()
    wait_until(lambda: not keys._thread.is_alive(), "the end of its thread")
    keys.close()
