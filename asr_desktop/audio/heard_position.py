"""Which second of a recording is being heard, from what the sound card was given and when it comes out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

# Some seconds of callbacks; far more than what is between the card and the ear.
_MARKS = 256


@dataclass(frozen=True, slots=True)
class _Mark:
    """From `heard_at` on (the output's clock) `position` is heard, going on at `speed`; 0 is silence."""

    heard_at: float
    position: float
    speed: float


class HeardPosition:
    """All in seconds: `heard_at` in the card's clock, `position` in the recording.

    Told by the card's callback, which must not wait for a lock, and asked by other threads: marks are only
    ever appended, in one step.
    """

    def __init__(self) -> None:
        self._marks: deque[_Mark] = deque(maxlen=_MARKS)

    def begins(self, heard_at: float, position: float, speed: float) -> None:
        """Sound that was handed over is heard from then on."""
        self._marks.append(_Mark(heard_at, position, speed))

    def rests(self, heard_at: float, position: float) -> None:
        """Silence from then on; playing goes on at `position`."""
        last = self._marks[-1] if self._marks else None
        if last is None or last.speed or last.position != position:
            self._marks.append(_Mark(heard_at, position, 0.0))

    def position_at(self, now: float, *, handed_over: float) -> float:
        """What is heard now. handed_over: the end of what the card has been given."""
        marks = list(self._marks)
        for mark, following in zip(reversed(marks), [None, *reversed(marks)], strict=False):
            if mark.heard_at <= now:
                position = mark.position + (now - mark.heard_at) * mark.speed
                if following is None and mark.speed:
                    position = min(position, max(handed_over, mark.position))
                return position
        return marks[0].position if marks else handed_over
