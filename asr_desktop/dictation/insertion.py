"""Text into the program in front: whether, and how.

An insertion is whole or it does not happen. What could not be inserted is kept, and so is all that comes
after it, so that nothing is lost or out of order, until `retry` puts it into the window that is then in front
or `take_kept` hands it to the clipboard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.desktop import (
    Desktop,
    InsertionRefused,
    KeysHeld,
    OtherWayNeeded,
    Target,
    WindowChanged,
)

TYPE, PASTE, AUTOMATIC = "type", "paste", "auto"
WAYS = (AUTOMATIC, TYPE, PASTE)
LONGEST_TYPED_CHARACTERS = 400
"""Programs take some milliseconds for a key; a longer text is there sooner when it is pasted."""
WAITS_FOR_KEYS_SECONDS = 1.5
WAITS_FOR_WINDOW_SECONDS = 1.5
_LOOKS_EVERY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Field:
    """What has the keyboard inside of the window in front, as far as its toolkit tells."""

    is_password: bool = False
    takes_text: bool | None = None
    """None where it is not known."""
    text_before: str | None = None
    """The end of what stands before the cursor; None where it is not known."""


UNKNOWN_FIELD = Field()


class Fields(Protocol):
    """Who knows about fields; see `accessibility`."""

    def field(self, target: Target) -> Field: ...


class NoField(InsertionRefused):
    """Nothing has the keyboard, or what has it takes no text."""

    def __init__(self) -> None:
        super().__init__(Sentence("No text field has the cursor."))


class PasswordField(InsertionRefused):
    """Nobody dictates a password on purpose."""

    def __init__(self) -> None:
        super().__init__(Sentence("The cursor is in a password field."))


@dataclass(frozen=True, slots=True)
class Inserted:
    """The text is where the cursor was."""

    text: str
    target: Target


@dataclass(frozen=True, slots=True)
class Kept:
    """The text is here, all of it that waits, and nothing of it is anywhere else. `reason` for the user.
    `added`: the part of it that this insertion has added, from the character `start` on."""

    text: str
    reason: str
    added: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)

    @property
    def end(self) -> int:
        """Where the part ends that was added."""
        return self.start + len(self.added)


@dataclass
class Inserter:
    """Used from one thread at a time.

    ways: program → one of WAYS; `usual_way` for those that are not in it.
    """

    desktop: Desktop
    fields: Fields | None = None
    ways: Mapping[str, str] = field(default_factory=dict)
    usual_way: str = AUTOMATIC
    sleep: Callable[[float], None] = time.sleep
    target: Target | None = None
    """Where the dictation that goes on belongs."""
    kept: str = ""
    _kept_because: str = ""

    def begin(self) -> Target | None:
        """A dictation begins: what is in front now is where its text belongs."""
        self.target = self.desktop.front_window()
        return self.target

    def field(self) -> Field:
        """What has the keyboard now."""
        return self.fields.field(self.target) if self.fields is not None and self.target else UNKNOWN_FIELD

    def insert(self, text: str) -> Inserted | Kept:
        """Put the text where the cursor is, if that is still in the window where the dictation began."""
        if self.kept:
            return self._keep(text, self._kept_because)
        try:
            return self._insert(text)
        except InsertionRefused as refusal:
            return self._keep(text, str(refusal))

    def replace_kept(self, part: Kept, text: str) -> Kept | None:
        """Put a text in place of what `part` has added to the text that waits; None where that is gone."""
        if not part.text or not self.kept.startswith(part.text):
            return None
        self.kept = self.kept[: part.start] + text + self.kept[part.end :]
        return Kept(self.kept, self._kept_because, text, part.start)

    def wait_for_target(self) -> bool:
        """Wait until the window of the dictation is in front again, a moment; whether it is."""
        for _ in range(round(WAITS_FOR_WINDOW_SECONDS / _LOOKS_EVERY_SECONDS)):
            front = self.desktop.front_window()
            if front is not None and self.target is not None and front.is_same_window(self.target):
                return True
            self.sleep(_LOOKS_EVERY_SECONDS)
        return False

    def press(self, chord: str, times: int = 1) -> bool:
        """Keys instead of text; False where they were not pressed, as the text before them is kept or the
        window is another one. A chord that is none, or that the keyboard lacks, is not pressed either."""
        if self.kept:
            return False
        try:
            target = self._checked_target()
            self._when_keys_are_up(lambda: self.desktop.press(chord, target, times))
        except (InsertionRefused, ValueError):
            return False
        return True

    def retry(self) -> Inserted | Kept | None:
        """What is kept, into the window that is in front now; None where nothing is kept."""
        if not self.kept:
            return None
        former, text = self.target, self.kept
        self.begin()
        self.kept = ""
        outcome = self.insert(text)
        if isinstance(outcome, Kept):
            self.target = former
        return outcome

    def take_kept(self) -> str:
        """What is kept, which is now the caller's to keep."""
        text, self.kept = self.kept, ""
        return text

    # How

    def _insert(self, text: str) -> Inserted:
        target = self._checked_target()
        for way in self._ways_for(text, target):
            put = self.desktop.paste_text if way == PASTE else self.desktop.type_text
            try:
                self._when_keys_are_up(lambda put=put: put(text, target))  # type: ignore[misc]
                return Inserted(text, target)
            except OtherWayNeeded as refusal:
                last: InsertionRefused = refusal
        raise last

    def _checked_target(self) -> Target:
        front = self.desktop.front_window()
        if front is None or self.target is None:
            raise NoField
        if not front.is_same_window(self.target):
            raise WindowChanged
        self.target = front
        current = self.field()
        if current.is_password:
            raise PasswordField
        if current.takes_text is False:
            raise NoField
        return front

    def _ways_for(self, text: str, target: Target) -> list[str]:
        """The first is tried first; another only where that one says that it cannot."""
        wanted = self.ways.get(target.program, self.usual_way)
        if wanted == AUTOMATIC:
            wanted = PASTE if len(text) > LONGEST_TYPED_CHARACTERS else TYPE
        can = {TYPE: self.desktop.can_type, PASTE: self.desktop.can_paste}
        order = [wanted, PASTE if wanted == TYPE else TYPE]
        possible = [way for way in order if can[way]]
        if not possible:
            raise InsertionRefused(Sentence("There is no way to type into other programs here."))
        return possible

    def _when_keys_are_up(self, act: Callable[[], None]) -> None:
        """The keys of the shortcut may still be down."""
        for _ in range(round(WAITS_FOR_KEYS_SECONDS / _LOOKS_EVERY_SECONDS)):
            try:
                act()
                return
            except KeysHeld:
                self.sleep(_LOOKS_EVERY_SECONDS)
        act()

    def _keep(self, text: str, reason: str) -> Kept:
        start = len(self.kept)
        self.kept += text
        self._kept_because = reason
        return Kept(self.kept, reason, text, start)
