"""The talk key: when held, it listens while it is held; a short press listens until the next press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

LONG_PRESS_SECONDS = 0.35
"""Longer presses count as holding; deliberate short presses take 0.08 to 0.2 s."""


class KeyUse(Enum):
    """How the key works; the values are those of the settings."""

    BOTH = "both"
    HOLD = "hold"
    TOGGLE = "toggle"


@dataclass
class TalkKey:
    """Calls `start` and `stop` according to the key's use. All times in seconds of one clock."""

    start: Callable[[], object]
    stop: Callable[[], object]
    is_listening: Callable[[], bool]
    use: KeyUse = KeyUse.BOTH
    _down_since: float | None = None
    _ends_with_release: bool = False

    @property
    def is_down(self) -> bool:
        return self._down_since is not None

    def press(self, at_seconds: float) -> None:
        """The key was pressed; further presses by the keyboard's auto-repeat are ignored."""
        if self._down_since is not None:
            return
        self._down_since = at_seconds
        if self.is_listening():
            self._ends_with_release = False
            self.stop()
        else:
            self._ends_with_release = self.use is not KeyUse.TOGGLE
            self.start()

    def release(self, at_seconds: float) -> None:
        """The key was released."""
        down_since, self._down_since = self._down_since, None
        if down_since is None or not self._ends_with_release:
            return
        is_short = at_seconds - down_since < LONG_PRESS_SECONDS
        if self.use is KeyUse.HOLD or not is_short:
            self.stop()

    def forget(self) -> None:
        """Forget that the key is down, because a different key is used now and no release will follow."""
        self._down_since = None
