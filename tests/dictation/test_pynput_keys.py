"""Windows and macOS as far as a stand-in for pynput goes: what is asked of it, and what is made of keys."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from asr_desktop.dictation.desktop import InsertionRefused, Target
from asr_desktop.dictation.pynput_keys import PynputDesktop, PynputGlobalKeys

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there the window in front is asked for")


class Key(Enum):
    enter = 1
    backspace = 2
    left = 3
    ctrl = 4
    ctrl_l = 5
    alt = 6
    shift = 7
    cmd = 8
    space = 9
    f8 = 10


class Controller:
    done: list[tuple[str, Any]]

    def __init__(self) -> None:
        Controller.done = []

    def __getattr__(self, name: str) -> Callable[[Any], None]:
        return lambda what: Controller.done.append((name, what))


class Listener:
    def __init__(self, on_press: Callable[[Any], None], on_release: Callable[[Any], None]) -> None:
        Listener.last = self  # type: ignore[attr-defined]
        self.press, self.release = on_press, on_release

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def canonical(self, key: Any) -> Any:
        """As pynput's: modifiers of the left and right are one, other keys are a code without a name."""
        if key in (Key.ctrl, Key.ctrl_l):
            return Key.ctrl
        return SimpleNamespace(vk=key.value, char=None) if isinstance(key, Key) else key


KEYBOARD = SimpleNamespace(Key=Key, Controller=Controller, Listener=Listener)
FRONT = Target("front")


def test_lines_are_typed_with_enter_between() -> None:
    desktop = PynputDesktop(KEYBOARD)
    desktop.type_text("Grüße\n\nAda", FRONT)
    assert Controller.done == [("type", "Grüße"), ("tap", Key.enter), ("tap", Key.enter), ("type", "Ada")]


def test_chords() -> None:
    desktop = PynputDesktop(KEYBOARD)
    desktop.press("Ctrl+Shift+Left", FRONT, times=2)
    assert Controller.done == [
        ("press", Key.ctrl), ("press", Key.shift), ("tap", Key.left), ("tap", Key.left),
        ("release", Key.shift), ("release", Key.ctrl),
    ]  # fmt: skip
    with pytest.raises(InsertionRefused, match="no key F35"):
        desktop.press("F35", FRONT)


def test_global_keys() -> None:
    told: list[tuple[str, bool]] = []
    keys = PynputGlobalKeys(
        {"talk": "Ctrl+Space", "cancel": "F8", "odd": "Ctrl+Nonsense", "none": ""},
        lambda name, down, at: told.append((name, down)),
        KEYBOARD,
    )
    assert list(keys.conflicts) == ["odd"]
    press, release = Listener.last.press, Listener.last.release  # type: ignore[attr-defined]
    press(Key.space)
    release(Key.space)
    press(Key.ctrl_l)
    press(Key.space)
    press(Key.space)  # repeated
    release(Key.ctrl_l)
    release(Key.space)
    press(Key.f8)
    release(Key.f8)
    press(SimpleNamespace(char="x"))
    assert told == [("talk", True), ("talk", False), ("cancel", True), ("cancel", False)]
    keys.close()


def test_without_pynput_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynput", None)
    with pytest.raises(InsertionRefused, match="Install pynput"):
        PynputDesktop()
