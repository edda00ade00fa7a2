"""Typing on X11 through the XTEST extension, correct with every keyboard layout.

A character of the layout is typed with its key. Other characters are first assigned to unused ("spare") keys.
Such an assignment stays until the key is needed again or `close` is called: a slow program asks the server
for the layout only when it handles the key event, and would get a wrong character if the key were released at
once or reassigned immediately.

The whole text is sent to the server in one piece while other clients are blocked (GrabServer), after a check
of the window in front, so that the window cannot change in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from Xlib import X
from Xlib.display import Display

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.chord import parse_chord
from asr_desktop.dictation.desktop import (
    InsertionRefused,
    KeyboardTaken,
    KeysHeld,
    OtherWayNeeded,
    WindowChanged,
)
from asr_desktop.dictation.keysyms import (
    CAPS_LOCK,
    LEVEL_3_SHIFT,
    MODE_SWITCH,
    MODIFIER_KEYSYMS,
    NUM_LOCK,
    SHIFT_LEFT,
    character_of,
    keysym_of,
    keysym_of_key,
)

_GROUP_SHIFT = 13
"""Bit position of the active group (one of the configured layouts) in a modifier state."""
TEXT_IS_HANDLED_AFTER_SECONDS = 1.0
"""Until then a slow program may not have looked yet what the keys of a text mean."""


class TooManyCharacters(OtherWayNeeded):
    """The text has more different characters than there are spare keys, such as a page of Chinese."""

    def __init__(self) -> None:
        super().__init__(Sentence("This keyboard has too few free keys to type the text; paste it."))


class CapsLockStays(OtherWayNeeded):
    """Caps Lock is on and no key of this keyboard turns it off, so letters would have the wrong case."""

    def __init__(self) -> None:
        super().__init__(Sentence("Caps Lock is on."))


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key, and the modifier keys that are held with it, as keycodes."""

    keycode: int
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The current keyboard layout."""

    strokes: dict[str, Stroke]
    by_keysym: dict[int, Stroke]
    keycodes: dict[int, list[int]]
    """Keysym → all keys that have it on any level."""
    spare: tuple[int, ...]
    rows: list[list[int]]
    """The keys of each modifier: Shift, Lock, Control, Mod1 … Mod5."""
    caps: list[Stroke] = field(default_factory=list)
    """What turns Caps Lock on and off: some layouts have it on a key together with Shift, which does another
    thing alone."""

    def keycode(self, keysym: int) -> int:
        return self.keycodes.get(keysym, [0])[0]

    def bits(self, keysym: int) -> int:
        """The modifier bits that keys with this keysym set."""
        keys = set(self.keycodes.get(keysym, ()))
        return sum(1 << number for number, row in enumerate(self.rows) if keys & set(row))


class Keyboard:
    """Types on a display. `front`: returns the window with the keyboard focus; it is called while the server
    is grabbed, so it must use the same connection."""

    def __init__(self, display: Display, front: Callable[[], int]) -> None:
        self._display = display
        self._front = front
        self._on_spare: dict[str, tuple[int, int]] = {}
        """The characters on spare keys: (keycode, level 0 or 1), least recently used first."""
        self._typed_last: tuple[float, frozenset[int]] = (0.0, frozenset())
        """When a text was typed last (time.monotonic), and with which keys."""

    def prepare(self, characters: str) -> None:
        """Assign characters that the layout lacks to spare keys in advance: programs read the layout again
        after a change, which takes longer than typing."""
        layout = self._layout()
        missing = [character for character in dict.fromkeys(characters) if character not in layout.strokes]
        with suppress(TooManyCharacters):
            self._put_on_spare_keys(missing, layout)
        self._display.sync()

    def type_text(self, text: str, window: int) -> None:
        """Type the text into the window. Raises InsertionRefused without having typed anything."""
        layout = self._layout()
        strokes = self._strokes(text.replace("\r\n", "\n"), layout)
        self._send(strokes, layout, window, is_text=True)
        self._typed_last = time.monotonic(), frozenset(stroke.keycode for stroke in strokes)

    def press(self, chord: str, window: int, times: int = 1) -> None:
        """Press a chord such as "Ctrl+Z". Raises InsertionRefused, or ValueError for an invalid chord."""
        layout = self._layout()
        stroke = self._chord_stroke(chord, layout, can_use_spare_key=True)
        self._send([stroke] * times, layout, window)

    def to_grab(self, chord: str) -> tuple[int, int, int]:
        """(keycode, modifier bits, ignored modifier bits) for a passive grab of this chord.

        Raises InsertionRefused if this keyboard lacks the key, ValueError for an invalid chord.
        """
        layout = self._layout()
        stroke = self._chord_stroke(chord, layout)
        bits = sum(layout.bits(MODIFIER_KEYSYMS[name]) for name in parse_chord(chord).modifiers)
        return stroke.keycode, bits, X.LockMask | layout.bits(NUM_LOCK)

    def close(self) -> None:
        """Clear the assignments of the spare keys."""
        for keycode in {code for code, _ in self._on_spare.values()}:
            self._display.change_keyboard_mapping(keycode, [(0, 0)])
        self._on_spare.clear()
        self._display.sync()

    # Key strokes for characters and chords

    def _strokes(self, text: str, layout: Layout) -> list[Stroke]:
        missing = dict.fromkeys(character for character in text if character not in layout.strokes)
        self._put_on_spare_keys(list(missing), layout)
        holds = _holds(layout)
        strokes = dict(layout.strokes)
        for character in missing:
            keycode, level = self._on_spare[character]
            strokes[character] = Stroke(keycode, holds[level] or ())
        return [strokes[character] for character in text]

    def _put_on_spare_keys(self, characters: list[str], layout: Layout) -> None:
        """Assign two characters to each spare key: without and, if there is a Shift key, with Shift."""
        known = {
            character: self._on_spare[character] for character in characters if character in self._on_spare
        }
        levels = (0, 1) if _holds(layout)[1] is not None else (0,)
        taken = set(self._on_spare.values())
        free = [(code, level) for level in levels for code in layout.spare if (code, level) not in taken]
        wanted = [character for character in characters if character not in known]
        stale = [character for character in self._on_spare if character not in known]
        if len(wanted) > len(free) + len(stale):
            raise TooManyCharacters
        for character in wanted:
            if not free:
                free.append(self._on_spare.pop(stale.pop(0)))
            known[character] = free.pop(0)
        for character, place in known.items():  # last, as the most recently used
            self._on_spare.pop(character, None)
            self._on_spare[character] = place
        for keycode in dict.fromkeys(known[character][0] for character in wanted):
            self._write_spare_key(keycode)

    def _write_spare_key(self, keycode: int) -> None:
        on_it = {level: keysym_of(text) for text, (code, level) in self._on_spare.items() if code == keycode}
        first = on_it.get(0) or on_it.get(1, 0)
        self._display.change_keyboard_mapping(keycode, [(first, on_it.get(1, first))])

    def _chord_stroke(self, text: str, layout: Layout, *, can_use_spare_key: bool = False) -> Stroke:
        chord = parse_chord(text)
        held = tuple(layout.keycode(MODIFIER_KEYSYMS[name]) for name in chord.modifiers)
        if len(chord.key) == 1:
            stroke = layout.strokes.get(chord.key)
            if stroke is None and can_use_spare_key:  # a Greek layout, say
                stroke = self._chord_stroke_on_spare_key(chord.key, layout)
            if stroke is None and layout.keycode(keysym_of(chord.key)):
                # On the key that has it in another of the user's layouts; not all programs look there.
                stroke = Stroke(layout.keycode(keysym_of(chord.key)))
        else:
            stroke = layout.by_keysym.get(keysym_of_key(chord.key))
        if stroke is None or 0 in held:
            raise InsertionRefused(Sentence("This keyboard has no key {key}.", key=str(chord)))
        return Stroke(stroke.keycode, (*held, *(code for code in stroke.held if code not in held)))

    def _chord_stroke_on_spare_key(self, character: str, layout: Layout) -> Stroke | None:
        """A spare key that has the character alone and with Shift, which may be part of the chord; None if
        there is none."""
        keycode, level = self._on_spare.get(character, (0, 1))
        if level:
            typed_at, typed = self._typed_last
            just_typed = typed if time.monotonic() - typed_at < TEXT_IS_HANDLED_AFTER_SECONDS else frozenset()
            last_used = {code: number for number, (code, _) in enumerate(self._on_spare.values())}
            usable = [code for code in layout.spare if code not in just_typed]
            if not usable:
                return None
            keycode = min(usable, key=lambda code: last_used.get(code, -1))
        for other in [known for known, place in self._on_spare.items() if place[0] == keycode]:
            del self._on_spare[other]
        self._on_spare.pop(character, None)
        self._on_spare[character] = keycode, 0
        self._write_spare_key(keycode)
        return Stroke(keycode)

    # The state of the server

    def _layout(self) -> Layout:
        """Read the layout from the server; each time, because the user may have changed it."""
        first = self._display.display.info.min_keycode
        count = self._display.display.info.max_keycode - first + 1
        table = [list(keysyms) for keysyms in self._display.get_keyboard_mapping(first, count)]
        rows = [[code for code in row if code] for row in self._display.get_modifier_mapping()]
        self._forget_overwritten(table, first)
        ours = {code for code, _ in self._on_spare.values()}
        keycodes: dict[int, list[int]] = {}
        for keycode, keysyms in enumerate(table, start=first):
            for keysym in dict.fromkeys(keysyms):
                if keysym and keycode not in ours:
                    keycodes.setdefault(keysym, []).append(keycode)
        in_rows = {code for row in rows for code in row}
        spare = tuple(
            keycode
            for keycode, keysyms in enumerate(table, start=first)
            if (not any(keysyms) or keycode in ours) and keycode not in in_rows
        )
        layout = Layout({}, {}, keycodes, spare, rows)
        holds = _holds(layout)
        is_only_group = not _has_several_groups(table)
        group = (self._state() >> _GROUP_SHIFT) & 3
        for keycode, keysyms in enumerate(table, start=first):
            if keycode in ours:
                continue
            for held, keysym in zip(holds, _levels(keysyms, group, is_only_group), strict=False):
                if keysym == 0 or held is None:
                    continue
                stroke = Stroke(keycode, held)
                if keysym == CAPS_LOCK and keycode not in held:
                    layout.caps.append(stroke)
                layout.by_keysym.setdefault(keysym, stroke)
                character = character_of(keysym)
                known = layout.strokes.get(character)
                if character and (known is None or len(known.held) > len(held)):
                    layout.strokes[character] = stroke
        return layout

    def _forget_overwritten(self, table: list[list[int]], first: int) -> None:
        """Forget assignments that the loading of another layout has overwritten."""
        for character, (keycode, level) in list(self._on_spare.items()):
            if table[keycode - first][level] != keysym_of(character):
                del self._on_spare[character]

    def _state(self) -> int:
        return int(self._display.screen().root.query_pointer().mask)

    # Pressing

    def _send(self, strokes: list[Stroke], layout: Layout, window: int, *, is_text: bool = False) -> None:
        with self._alone():
            if self._front() != window:
                raise WindowChanged
            state = self._state()
            if state & 0xFF & ~(X.LockMask | layout.bits(NUM_LOCK)):
                raise KeysHeld
            self._require_keyboard()
            # Caps Lock would swap the case of letters, including those on spare keys.
            caps = min(layout.caps, key=lambda stroke: len(stroke.held), default=None)
            if state & X.LockMask and is_text:
                if caps is not None:
                    self._strike([caps])
                if self._state() & X.LockMask:
                    raise CapsLockStays
            self._strike(strokes)
            if state & X.LockMask and is_text and caps is not None:
                self._strike([caps])

    def _strike(self, strokes: list[Stroke]) -> None:
        held: tuple[int, ...] = ()
        for stroke in strokes:
            if stroke.held != held:
                self._hold(held, X.KeyRelease)
                self._hold(stroke.held, X.KeyPress)
                held = stroke.held
            self._tap(stroke.keycode)
        self._hold(held, X.KeyRelease)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._display.grab_server()
        try:
            yield
        finally:
            self._display.ungrab_server()
            self._display.sync()

    def _require_keyboard(self) -> None:
        """Raise KeyboardTaken if another client, such as a screen lock, has grabbed the keyboard, since keys
        go there whatever window is in front."""
        root = self._display.screen().root
        if root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) != X.GrabSuccess:
            raise KeyboardTaken
        self._display.ungrab_keyboard(X.CurrentTime)

    def _tap(self, keycode: int) -> None:
        self._display.xtest_fake_input(X.KeyPress, keycode)
        self._display.xtest_fake_input(X.KeyRelease, keycode)

    def _hold(self, keycodes: tuple[int, ...], event: int) -> None:
        for keycode in keycodes if event == X.KeyPress else reversed(keycodes):
            self._display.xtest_fake_input(event, keycode)


def _holds(layout: Layout) -> tuple[tuple[int, ...] | None, ...]:
    """The modifier keys for each of four levels; None if this keyboard cannot reach the level."""
    shift = next((code for code in layout.keycodes.get(SHIFT_LEFT, ()) if code in layout.rows[0]), 0)
    high = {code for row in layout.rows[3:] for code in row}
    thirds = layout.keycodes.get(LEVEL_3_SHIFT, []) + layout.keycodes.get(MODE_SWITCH, [])
    third = next((code for code in thirds if code in high), 0)
    return (
        (),
        (shift,) if shift else None,
        (third,) if third else None,
        (shift, third) if shift and third else None,
    )


def _has_several_groups(table: list[list[int]]) -> bool:
    return any(any(keysyms[2:4]) and keysyms[:2] != keysyms[2:4] for keysyms in table)


def _levels(keysyms: list[int], group: int, is_only_group: bool) -> list[int]:
    """The active group's keysyms on each level: plain, Shift, AltGr, Shift and AltGr.

    The core protocol's table has two groups: columns 0 and 1 are the first, 2 and 3 the second; 4 and 5
    (AltGr) may belong to either. With several groups, only the first two levels are therefore reliable, and
    of a third group none. Other characters are put on spare keys, which all groups share.
    """
    if group > 1:
        return []
    keysyms = keysyms + [0] * (6 - len(keysyms))
    first = keysyms[2 * group : 2 * group + 2]
    return first + keysyms[4:6] if is_only_group else first
