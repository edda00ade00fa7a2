"""The interface between dictation and the desktop: the window in front, and insertion of text into it.

There is one implementation for each kind of system (`x11.desktop`, `wayland`, `pynput_keys`); `open_desktop`
and `open_global_keys` select it. Each method either succeeds completely or raises InsertionRefused without
having done anything, except where its documentation says that the system cannot guarantee this.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Target:
    """A window of a program, as far as the system identifies it.

    Two targets are the same window if `window` is equal; the title may change during typing.
    """

    window: str
    """The system's identifier of the window; constant where it identifies none (most Wayland desktops)."""
    program: str = ""
    """The program's name in lower case, such as "xterm"; empty if unknown."""
    title: str = ""
    process: int = 0

    def is_same_window(self, other: Target | None) -> bool:
        return other is not None and self.window == other.window


class InsertionRefused(AsrDesktopError):
    """Text could not be inserted; nothing was changed. The message says why."""


class WindowChanged(InsertionRefused):
    """Another window is in front."""

    def __init__(self) -> None:
        super().__init__(Sentence("Another window is in front now."))


class KeysHeld(InsertionRefused):
    """The user holds down a key that would turn typed text into shortcuts."""

    def __init__(self) -> None:
        super().__init__(Sentence("A key such as Ctrl or Alt is being held down."))


class KeyboardTaken(InsertionRefused):
    """Another program has grabbed the keyboard: a locked screen, or an open menu."""

    def __init__(self) -> None:
        super().__init__(Sentence("The screen is locked or a menu is open."))


class OtherWayNeeded(InsertionRefused):
    """This way of inserting is not possible, but another one may be."""


class ClipboardBusy(OtherWayNeeded):
    """The clipboard's contents could not be saved completely, so they must not be replaced."""

    def __init__(self) -> None:
        super().__init__(Sentence("The clipboard could not be saved."))


class Desktop(Protocol):
    """Access to the program in front. Methods may be called from any thread, but from one at a time."""

    can_type: bool
    can_paste: bool

    def prepare(self, text: str) -> None:
        """Prepare for typing these characters, if that takes time on this system."""

    def wait_until_allowed(self) -> None:
        """Wait some seconds at most for what typing needs from the user, such as a permission.

        The other methods do not wait for it: what is in front has to be looked at afterwards. Raises
        InsertionRefused.
        """

    def front_window(self) -> Target | None:
        """The window that has the keyboard focus; None if there is none."""

    def type_text(self, text: str, target: Target) -> None:
        """Type the text; line breaks are typed as the Return key. Raises InsertionRefused."""

    def paste_text(self, text: str, target: Target) -> None:
        """Paste the text through the clipboard, and restore the clipboard. Raises InsertionRefused."""

    def press(self, chord: str, target: Target, times: int = 1) -> None:
        """Press keys such as "Return", "Ctrl+Z" or "Shift+Left", in Qt's portable notation.

        Raises InsertionRefused, or ValueError for an invalid chord.
        """

    def close(self) -> None:
        """Undo all changes to the desktop and close connections."""


# The implementation for this system


class GlobalKeys(Protocol):
    """Global shortcuts. `conflicts`: name → a sentence, for those that do not work. `bound`: name → the key
    in the desktop's words, where the desktop decides; None where the settings do. Both may change later."""

    conflicts: dict[str, str]
    bound: dict[str, str] | None

    def configure(self) -> None:
        """Let the user choose keys in the desktop's own dialog, where the desktop decides."""

    def close(self) -> None: ...


def open_desktop() -> Desktop:
    """The Desktop of this system; raises InsertionRefused if there is none."""
    if sys.platform == "linux" and os.environ.get("WAYLAND_DISPLAY"):
        from asr_desktop.dictation.wayland import WaylandDesktop

        return WaylandDesktop()
    if sys.platform == "linux" and os.environ.get("DISPLAY"):
        from asr_desktop.dictation.x11.desktop import X11Desktop

        return X11Desktop()
    if sys.platform in ("win32", "darwin"):
        from asr_desktop.dictation.pynput_keys import PynputDesktop

        return PynputDesktop()
    raise InsertionRefused(Sentence("There is no screen to dictate on."))


def open_global_keys(
    chords: Mapping[str, str],
    on_key: Callable[[str, bool, float], object],
    descriptions: Mapping[str, str],
    on_change: Callable[[], object],
) -> GlobalKeys:
    """Listen for global shortcuts, name → chord; raises InsertionRefused if the desktop does not allow them.

    on_key: called in another thread with the name, whether the key is down, and the time in seconds of
    time.monotonic. descriptions: name → what a desktop that asks the user shows. on_change: called in another
    thread when `conflicts` or `bound` have changed.
    """
    if sys.platform == "linux" and os.environ.get("WAYLAND_DISPLAY"):
        from asr_desktop.dictation.portal_shortcuts import PortalGlobalKeys

        return PortalGlobalKeys(chords, on_key, descriptions, on_change)
    if sys.platform == "linux" and os.environ.get("DISPLAY"):
        from asr_desktop.dictation.x11.global_keys import X11GlobalKeys

        return X11GlobalKeys(chords, on_key)
    if sys.platform in ("win32", "darwin"):
        from asr_desktop.dictation.pynput_keys import PynputGlobalKeys

        return PynputGlobalKeys(chords, on_key)
    raise InsertionRefused(Sentence("There is no screen to dictate on."))
