"""One key, two habits: held it listens while it is held, pressed shortly it goes on until the next press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

LONG_PRESS_SECONDS = 0.35
"""People who mean to press a key shortly take 0.08 to 0.2 s."""


class KeyUse(Enum):
    """How the key is to work; the value is how the settings store it."""

    BOTH = "both"
    HOLD = "hold"
    TOGGLE = "toggle"


@dataclass
class TalkKey:
    """`start` and `stop` are called as the key wants it. Times in seconds of any one clock."""

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
        """The key goes down; the repeats that the system makes of a held key are to be left out."""
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
        """The key comes up."""
        down_since, self._down_since = self._down_since, None
        if down_since is None or not self._ends_with_release:
            return
        is_short = at_seconds - down_since < LONG_PRESS_SECONDS
        if self.use is KeyUse.HOLD or not is_short:
            self.stop()

    def forget(self) -> None:
        """Nobody will tell that the key comes up: it is another key now."""
        self._down_since = None
