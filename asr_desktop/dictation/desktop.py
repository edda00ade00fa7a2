"""What dictation asks of a desktop: which window is in front, and how text gets into it.

There is one implementation for each kind of system (`x11.desktop`, `wayland`, `pynput_keys`). All of them
either do the whole of what they are asked or raise InsertionRefused having done nothing, except where their
documentation says that the system cannot promise that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Target:
    """A window of some program, as far as the system tells.

    Two are the same window where `window` is the same; the title may change while one types.
    """

    window: str
    """The system's own name of it; empty where the system names no windows (most Wayland desktops)."""
    program: str = ""
    """The program's name in lower case, such as "xterm"; empty where it is not known."""
    title: str = ""
    process: int = 0

    def is_same_window(self, other: Target | None) -> bool:
        return other is not None and self.window == other.window


class InsertionRefused(AsrDesktopError):
    """Text cannot go where it was meant to go; nothing was inserted. The message says why."""


class WindowChanged(InsertionRefused):
    """Another window is in front."""

    def __init__(self) -> None:
        super().__init__(Sentence("Another window is in front now."))


class KeysHeld(InsertionRefused):
    """The user holds a key that would turn typed text into shortcuts."""

    def __init__(self) -> None:
        super().__init__(Sentence("A key such as Ctrl or Alt is being held down."))


class KeyboardTaken(InsertionRefused):
    """Another program has all keys for itself: a locked screen, or an open menu."""

    def __init__(self) -> None:
        super().__init__(Sentence("The screen is locked or a menu is open."))


class OtherWayNeeded(InsertionRefused):
    """This way of inserting cannot do it, another may."""


class ClipboardBusy(OtherWayNeeded):
    """The clipboard could not be set aside whole, so it must not be replaced."""

    def __init__(self) -> None:
        super().__init__(Sentence("The clipboard could not be saved."))


class Desktop(Protocol):
    """The program in front, and ways into it. Methods may be called from any one thread at a time."""

    can_type: bool
    can_paste: bool

    def prepare(self, text: str) -> None:
        """Characters that are likely to be typed soon, where getting ready for them takes a moment."""

    def front_window(self) -> Target | None:
        """The window that has the keyboard; None where no window has it."""

    def type_text(self, text: str, target: Target) -> None:
        """As if typed. Line breaks are the Return key. Raises InsertionRefused."""

    def paste_text(self, text: str, target: Target) -> None:
        """Through the clipboard, which afterwards holds what it held before. Raises InsertionRefused."""

    def press(self, chord: str, target: Target, times: int = 1) -> None:
        """Keys such as "Return", "Ctrl+Z" or "Shift+Left", in Qt's portable notation.

        Raises InsertionRefused, ValueError for a chord that is none.
        """

    def close(self) -> None:
        """Leave everything as it was found."""
