"""Selects the dictation implementation for this system."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.desktop import Desktop, InsertionRefused


class GlobalKeys(Protocol):
    """Global shortcuts. `conflicts`: name → a sentence, for those that do not work."""

    conflicts: dict[str, str]

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


def open_global_keys(chords: Mapping[str, str], on_key: Callable[[str, bool, float], object]) -> GlobalKeys:
    """Listen for global shortcuts, name → chord; raises InsertionRefused if the desktop does not allow them.

    on_key: called in another thread with the name, whether the key is down, and the time in seconds of
    time.monotonic.
    """
    if sys.platform == "linux" and os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        from asr_desktop.dictation.x11.global_keys import X11GlobalKeys

        return X11GlobalKeys(chords, on_key)
    if sys.platform in ("win32", "darwin"):
        from asr_desktop.dictation.pynput_keys import PynputGlobalKeys

        return PynputGlobalKeys(chords, on_key)
    raise InsertionRefused(
        Sentence(
            "This desktop lets no program have global shortcuts; set one in its keyboard settings that runs: "
            "asr-desktop toggle"
        )
    )
