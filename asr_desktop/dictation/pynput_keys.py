"""Windows and macOS through pynput: typing and global shortcuts.

pynput types Unicode characters independently of the keyboard layout. It does not identify windows: on
Windows, the system is asked for the front window's handle; on macOS, all windows count as the same one.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Mapping
from typing import Any

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.chord import Chord, parse_chord
from asr_desktop.dictation.desktop import InsertionRefused, Target, WindowChanged

_NAMES = {
    "Return": "enter",
    "Escape": "esc",
    "Backspace": "backspace",
    "Page_Up": "page_up",
    "Page_Down": "page_down",
    "Print": "print_screen",
    "ScrollLock": "scroll_lock",
}
_MODIFIERS = {"Ctrl": "ctrl", "Alt": "alt", "Shift": "shift", "Meta": "cmd"}


class PynputDesktop:
    """A Desktop without a clipboard. `keyboard`: pynput's module of that name, or a substitute in tests."""

    can_type = True
    can_paste = False

    def __init__(self, keyboard: Any = None) -> None:
        self._keyboard = keyboard or _pynput_keyboard()
        self._controller = self._keyboard.Controller()

    def prepare(self, text: str) -> None:
        """Does nothing: no preparation is needed."""

    def wait_until_allowed(self) -> None:
        """Does nothing: the system asks no question that could be waited for."""

    def front_window(self) -> Target | None:
        user32 = getattr(getattr(ctypes, "windll", None), "user32", None)
        if user32 is None:  # not Windows
            return Target("front")
        handle = user32.GetForegroundWindow()
        return Target(str(handle)) if handle else None

    def type_text(self, text: str, target: Target) -> None:
        self._check(target)
        for number, line in enumerate(text.split("\n")):
            if number:
                self._controller.tap(self._keyboard.Key.enter)
            if line:
                self._controller.type(line)

    def paste_text(self, text: str, target: Target) -> None:
        raise InsertionRefused(Sentence("Pasting is not possible on this system."))

    def press(self, chord: str, target: Target, times: int = 1) -> None:
        parsed = parse_chord(chord)
        key = _key(self._keyboard, parsed.key)
        held = [getattr(self._keyboard.Key, _MODIFIERS[name]) for name in parsed.modifiers]
        self._check(target)
        for modifier in held:
            self._controller.press(modifier)
        for _ in range(times):
            self._controller.tap(key)
        for modifier in reversed(held):
            self._controller.release(modifier)

    def close(self) -> None:
        """Does nothing: there is nothing to restore."""

    def _check(self, target: Target) -> None:
        front = self.front_window()
        if front is None or not front.is_same_window(target):
            raise WindowChanged


class PynputGlobalKeys:
    """Same interface as X11GlobalKeys. Other programs receive the keys as well, so there are no
    conflicts."""

    bound: dict[str, str] | None = None

    def __init__(
        self,
        chords: Mapping[str, str],
        on_key: Callable[[str, bool, float], object],
        keyboard: Any = None,
    ) -> None:
        self._keyboard = keyboard or _pynput_keyboard()
        self.conflicts: dict[str, str] = {}
        self._chords: dict[str, Chord] = {}
        for name, chord in chords.items():
            try:
                if chord:
                    self._chords[name] = parse_chord(chord)
            except ValueError:
                self.conflicts[name] = Sentence("There is no key {key}.", key=chord)
        self._on_key = on_key
        self._held: set[str] = set()
        self._down: dict[str, str] = {}
        """Name of a shortcut → the key that is held down for it."""
        self._listener = self._keyboard.Listener(on_press=self._press, on_release=self._release)
        self._listener.start()

    def configure(self) -> None:
        """Does nothing: the settings decide."""

    def close(self) -> None:
        self._listener.stop()

    def _press(self, key: Any) -> None:
        named = self._named(key)
        self._held.add(named)
        modifiers = tuple(name for name, told in _MODIFIERS.items() if told in self._held)
        for name, chord in self._chords.items():
            wanted = _NAMES.get(chord.key, chord.key.lower())
            if (modifiers, named) == (chord.modifiers, wanted) and name not in self._down:
                self._down[name] = named
                self._on_key(name, True, time.monotonic())

    def _release(self, key: Any) -> None:
        named = self._named(key)
        self._held.discard(named)
        for name in [name for name, down in self._down.items() if down == named]:
            del self._down[name]
            self._on_key(name, False, time.monotonic())

    def _named(self, key: Any) -> str:
        """The key's name as in _NAMES and _MODIFIERS, the same for left and right keys; a character in lower
        case."""
        name = getattr(key, "name", None)  # asked first: the canonical form of space and others has no name
        if name is None:
            plain = self._listener.canonical(key) if hasattr(self, "_listener") else key
            character = getattr(plain, "char", None)
            if character:
                return str(character).lower()
            name = getattr(plain, "name", plain)
        return str(name).removesuffix("_l").removesuffix("_r").removesuffix("_gr")


def _key(keyboard: Any, name: str) -> Any:
    if len(name) == 1:
        return name
    try:
        return getattr(keyboard.Key, _NAMES.get(name, name.lower()))
    except AttributeError:
        raise InsertionRefused(Sentence("This keyboard has no key {key}.", key=name)) from None


def _pynput_keyboard() -> Any:
    try:
        from pynput import keyboard
    except ImportError as error:
        raise InsertionRefused(Sentence("Install pynput to dictate into other programs.")) from error
    return keyboard
