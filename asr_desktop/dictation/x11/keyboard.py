"""Typing on X11 through the XTEST extension, so that every layout gives the text that was asked for.

A character that the layout has is typed with the key that has it. Any other is put on a key without a
meaning first. What lies on such a spare key stays there until it is needed again or `close` is called: a
program that is slow asks the server for the layout when it comes to the key, and would get another character
if the key were given back at once, or used twice in a row.

The whole text goes to the server in one piece while it serves nobody else (GrabServer), after a look at
which window is in front; so no window can come in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from Xlib import XK, X
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
from asr_desktop.dictation.x11.keysyms import (
    CAPS_LOCK,
    LEVEL_3_SHIFT,
    MODE_SWITCH,
    NUM_LOCK,
    SHIFT_LEFT,
    character_of,
    keysym_of,
)

_GROUP_SHIFT = 13
"""Where the active group (one of the layouts that are set up) stands in a modifier state."""
_MODIFIER_KEYSYMS = {"Ctrl": 0xFFE3, "Alt": 0xFFE9, "Shift": SHIFT_LEFT, "Meta": 0xFFEB}
"""Control_L, Alt_L, Shift_L, Super_L."""
_NAMED_KEYS = {"Enter": "KP_Enter", "Backspace": "BackSpace", "Space": "space", "ScrollLock": "Scroll_Lock"}


class TooManyCharacters(OtherWayNeeded):
    """More different characters than there are spare keys, such as a page of Chinese."""

    def __init__(self) -> None:
        super().__init__(Sentence("This keyboard has too few free keys to type the text; paste it."))


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key, and the keys that are held meanwhile."""

    keycode: int
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What the keys write now."""

    strokes: dict[str, Stroke]
    by_keysym: dict[int, Stroke]
    keycodes: dict[int, list[int]]
    """All keys that have a keysym anywhere."""
    spare: tuple[int, ...]
    rows: list[list[int]]
    """The keys of each modifier: Shift, Lock, Control, Mod1 … Mod5."""

    def keycode(self, keysym: int) -> int:
        return self.keycodes.get(keysym, [0])[0]

    def bits(self, keysym: int) -> int:
        """The bits that keys of this meaning set in a modifier state."""
        keys = set(self.keycodes.get(keysym, ()))
        return sum(1 << number for number, row in enumerate(self.rows) if keys & set(row))


class Keyboard:
    """`front`: asks which window has the keyboard; called while the server serves nobody else, on the same
    connection."""

    def __init__(self, display: Display, front: Callable[[], int]) -> None:
        self._display = display
        self._front = front
        self._on_spare: dict[str, tuple[int, int]] = {}
        """The characters on spare keys: (keycode, level 0 or 1), least recently used first."""

    def prepare(self, characters: str) -> None:
        """Put those that the layout lacks on spare keys now: programs read the layout anew after a change,
        which takes longer than to type."""
        layout = self._layout()
        missing = [character for character in dict.fromkeys(characters) if character not in layout.strokes]
        with suppress(TooManyCharacters):
            self._put_on_spare_keys(missing, layout)
        self._display.sync()

    def type_text(self, text: str, window: int) -> None:
        """Raises InsertionRefused with nothing typed."""
        layout = self._layout()
        strokes = self._strokes(text.replace("\r\n", "\n"), layout)
        self._send(strokes, layout, window)

    def press(self, chord: str, window: int, times: int = 1) -> None:
        """A chord such as "Ctrl+Z". Raises InsertionRefused, or ValueError for a chord that is none."""
        layout = self._layout()
        self._send([self._chord_stroke(chord, layout)] * times, layout, window)

    def to_grab(self, chord: str) -> tuple[int, int, int]:
        """(keycode, modifier bits, bits that do not matter) for a passive grab of this chord.

        Raises InsertionRefused where this keyboard lacks the key, ValueError for a chord that is none.
        """
        layout = self._layout()
        stroke = self._chord_stroke(chord, layout)
        bits = sum(layout.bits(_MODIFIER_KEYSYMS[name]) for name in parse_chord(chord).modifiers)
        return stroke.keycode, bits, X.LockMask | layout.bits(NUM_LOCK)

    def close(self) -> None:
        """Give the spare keys back."""
        for keycode in {code for code, _ in self._on_spare.values()}:
            self._display.change_keyboard_mapping(keycode, [(0, 0)])
        self._on_spare.clear()
        self._display.sync()

    # What is to be pressed

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
        """Two on each: alone, and with Shift where there is a Shift."""
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

    def _chord_stroke(self, text: str, layout: Layout) -> Stroke:
        chord = parse_chord(text)
        held = tuple(layout.keycode(_MODIFIER_KEYSYMS[name]) for name in chord.modifiers)
        if len(chord.key) == 1:
            stroke = layout.strokes.get(chord.key)
        else:
            name = _NAMED_KEYS.get(chord.key, chord.key)
            stroke = layout.by_keysym.get(XK.string_to_keysym(name))
        if stroke is None or 0 in held:
            raise InsertionRefused(Sentence("This keyboard has no key {key}.", key=str(chord)))
        return Stroke(stroke.keycode, (*held, *(code for code in stroke.held if code not in held)))

    # What the server says

    def _layout(self) -> Layout:
        """Asked anew each time: the user may have changed to another one."""
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
                layout.by_keysym.setdefault(keysym, stroke)
                character = character_of(keysym)
                known = layout.strokes.get(character)
                if character and (known is None or len(known.held) > len(held)):
                    layout.strokes[character] = stroke
        return layout

    def _forget_overwritten(self, table: list[list[int]], first: int) -> None:
        """Another layout that was loaded meanwhile takes the spare keys back."""
        for character, (keycode, level) in list(self._on_spare.items()):
            if table[keycode - first][level] != keysym_of(character):
                del self._on_spare[character]

    def _state(self) -> int:
        return int(self._display.screen().root.query_pointer().mask)

    # Pressing

    def _send(self, strokes: list[Stroke], layout: Layout, window: int) -> None:
        with self._alone():
            if self._front() != window:
                raise WindowChanged
            state = self._state()
            if state & 0xFF & ~(X.LockMask | layout.bits(NUM_LOCK)):
                raise KeysHeld
            self._require_keyboard()
            # Caps Lock would turn the letters over, those on spare keys as well.
            caps = layout.keycode(CAPS_LOCK) if state & X.LockMask else 0
            if caps:
                self._tap(caps)
            held: tuple[int, ...] = ()
            for stroke in strokes:
                if stroke.held != held:
                    self._hold(held, X.KeyRelease)
                    self._hold(stroke.held, X.KeyPress)
                    held = stroke.held
                self._tap(stroke.keycode)
            self._hold(held, X.KeyRelease)
            if caps:
                self._tap(caps)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._display.grab_server()
        try:
            yield
        finally:
            self._display.ungrab_server()
            self._display.sync()

    def _require_keyboard(self) -> None:
        """Keys go to whoever has grabbed the keyboard, such as a locked screen, whatever is in front."""
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
    """The keys to hold for each of four levels; None where this keyboard cannot reach one."""
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
    """What the active group has on each level: alone, with Shift, with AltGr, with both.

    The core protocol's table has room for two groups: columns 0 and 1 are the first's, 2 and 3 the second's,
    4 and 5 (AltGr) belong to whichever has them. So of several groups only the first two levels are certain,
    and of a third group nothing is; what is not certain is put on spare keys, which all groups share.
    """
    if group > 1:
        return []
    keysyms = keysyms + [0] * (6 - len(keysyms))
    first = keysyms[2 * group : 2 * group + 2]
    return first + keysyms[4:6] if is_only_group else first
