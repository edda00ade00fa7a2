"""Inserts text into the program in front, after checking whether and how that is possible.

A text is inserted as a whole or not at all. Text that could not be inserted is kept, together with all later
text, so that nothing is lost or out of order, until `retry` inserts it into the window then in front or
the caller drops it.
"""

from __future__ import annotations

import logging
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

_logger = logging.getLogger(__name__)
FAILED = Sentence("Inserting failed; a part of the text may have arrived.")
"""The reason for keeping a text where the system has failed in an unexpected way."""
TYPE, PASTE, AUTOMATIC = "type", "paste", "auto"
WAYS = (AUTOMATIC, TYPE, PASTE)
LONGEST_TYPED_CHARACTERS = 400
"""Programs need some milliseconds per key, so longer texts are pasted, which is faster."""
WAITS_FOR_KEYS_SECONDS = 1.5
WAITS_FOR_WINDOW_SECONDS = 1.5
_LOOKS_EVERY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Field:
    """The element with the keyboard focus in the window in front, as far as its toolkit reports it."""

    is_password: bool = False
    takes_text: bool | None = None
    """None if unknown."""
    text_before: str | None = None
    """The end of the text before the cursor; None if unknown."""


UNKNOWN_FIELD = Field()


class Fields(Protocol):
    """A source of information about fields; see `accessibility`."""

    def field(self, target: Target) -> Field: ...


class NoField(InsertionRefused):
    """Nothing has the keyboard focus, or what has it does not accept text."""

    def __init__(self) -> None:
        super().__init__(Sentence("No text field has the cursor."))


class PasswordField(InsertionRefused):
    """The cursor is in a password field, into which nothing is dictated."""

    def __init__(self) -> None:
        super().__init__(Sentence("The cursor is in a password field."))


@dataclass(frozen=True, slots=True)
class Inserted:
    """The text was inserted at the cursor. `added`, `start`: where a correction was put into a longer text,
    the part of it that is the correction, and the character where it starts."""

    text: str
    target: Target
    added: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)

    @property
    def end(self) -> int:
        """The end of the part, as an index into `text`."""
        return self.start + len(self.added) if self.added else len(self.text)


@dataclass(frozen=True, slots=True)
class Kept:
    """The text was not inserted. `text`: all text that is kept; `reason`: for the user; `added`: the part of
    it that this insertion has added, from the character `start` on."""

    text: str
    reason: str
    added: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)

    @property
    def end(self) -> int:
        """The end of the added part, as an index into `text`."""
        return self.start + len(self.added)


@dataclass
class Inserter:
    """Inserts text into the window of the current dictation. To be used from one thread at a time.

    ways: program → one of WAYS; `usual_way` for all other programs.
    """

    desktop: Desktop
    fields: Fields | None = None
    ways: Mapping[str, str] = field(default_factory=dict)
    usual_way: str = AUTOMATIC
    sleep: Callable[[float], None] = time.sleep
    target: Target | None = None
    """The window of the current dictation."""
    kept: str = ""
    _kept_because: str = ""

    def begin(self) -> Target | None:
        """Begin a dictation: the window in front becomes the target of its text."""
        self.target = self.desktop.front_window()
        return self.target

    def field(self) -> Field:
        """The field that has the keyboard focus."""
        return self.fields.field(self.target) if self.fields is not None and self.target else UNKNOWN_FIELD

    def insert(self, text: str) -> Inserted | Kept:
        """Insert the text at the cursor, if the window where the dictation began is still in front."""
        if self.kept:
            return self._keep(text, self._kept_because)
        try:
            return self._insert(text)
        except InsertionRefused as refusal:
            return self._keep(text, str(refusal))
        except Exception:  # such as a lost connection to the screen; it must not cost the text
            _logger.exception("a text could not be inserted")
            return self._keep(text, str(FAILED))

    def replace_kept(self, part: Kept, text: str) -> Kept | None:
        """Replace the part of the kept text that `part` has added; None if it is no longer kept."""
        if not part.text or not self.kept.startswith(part.text):
            return None
        self.kept = self.kept[: part.start] + text + self.kept[part.end :]
        return Kept(self.kept, self._kept_because, text, part.start)

    def wait_for_target(self) -> bool:
        """Wait up to WAITS_FOR_WINDOW_SECONDS until the dictation's window is in front; whether it is."""
        for _ in range(round(WAITS_FOR_WINDOW_SECONDS / _LOOKS_EVERY_SECONDS)):
            try:
                front = self.desktop.front_window()
            except Exception:  # what waits for the window must not be lost
                _logger.exception("the window in front is unknown")
                return False
            if front is not None and self.target is not None and front.is_same_window(self.target):
                return True
            self.sleep(_LOOKS_EVERY_SECONDS)
        return False

    def press(self, chord: str, times: int = 1) -> bool:
        """Press keys; False if they were not pressed, because earlier text is kept, another window is in
        front, the chord is invalid or missing on the keyboard, or the system failed."""
        if self.kept:
            return False
        try:
            target = self._checked_target()
            self._when_keys_are_up(lambda: self.desktop.press(chord, target, times))
        except (InsertionRefused, ValueError):
            return False
        except Exception:  # the text that follows must not be lost
            _logger.exception("%s could not be pressed", chord)
            return False
        return True

    def retry(self) -> Inserted | Kept | None:
        """Insert the kept text into the window in front; None if nothing is kept."""
        if not self.kept:
            return None
        former, text = self.target, self.kept
        self.begin()
        self.kept = ""
        outcome = self.insert(text)
        if isinstance(outcome, Kept):
            self.target = former
        return outcome

    def drop_kept(self, text: str) -> Kept:
        """Forget `text`, if the kept text begins with it; returns what is kept now, perhaps ""."""
        self.kept = self.kept.removeprefix(text)
        return Kept(self.kept, self._kept_because)

    def take_kept(self) -> str:
        """Return the kept text and forget it here."""
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
        """The window in front, if it is the dictation's and its field takes text. Raises InsertionRefused."""
        self.desktop.wait_until_allowed()  # first: meanwhile the user may have gone elsewhere
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
        """The possible ways in order; a later one is used only if the one before raises OtherWayNeeded."""
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
        """Wait until keys are released: those of the shortcut may still be down."""
        for _ in range(round(WAITS_FOR_KEYS_SECONDS / _LOOKS_EVERY_SECONDS)):
            try:
                act()
                return
            except KeysHeld:
                self.sleep(_LOOKS_EVERY_SECONDS)
                self._checked_target()
        act()

    def _keep(self, text: str, reason: str) -> Kept:
        start = len(self.kept)
        self.kept += text
        self._kept_because = reason
        return Kept(self.kept, reason, text, start)
