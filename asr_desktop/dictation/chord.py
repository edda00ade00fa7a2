"""Key combinations in Qt's notation, as in the settings: "Ctrl+Alt+D", "Return", "Shift+Left"."""

from __future__ import annotations

from dataclasses import dataclass

MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")

_ALIASES = {"Esc": "Escape", "Del": "Delete", "Ins": "Insert", "PgUp": "Page_Up", "PgDown": "Page_Down"}
_NAMED = {
    "Return", "Enter", "Tab", "Backspace", "Delete", "Escape", "Insert", "Home", "End", "Left", "Right", "Up",
    "Down", "Page_Up", "Page_Down", "Space", "Pause", "Print", "Menu", "ScrollLock",
    *(f"F{number}" for number in range(1, 36)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chord:
    """`modifiers`: from MODIFIERS, in that order; `key`: a lower-case character, or a key's name."""

    modifiers: tuple[str, ...]
    key: str

    def __str__(self) -> str:
        return "+".join((*self.modifiers, self.key.upper() if len(self.key) == 1 else self.key))


def parse_chord(text: str) -> Chord:
    """Parse a key combination. Raises ValueError if it is invalid or has only modifiers."""
    head, plus, key = text.strip().rpartition("+")
    if not key and head.endswith("+"):  # "Ctrl++"
        head, key = head[:-1], "+"
    elif not key and plus and not head:  # "+"
        key = "+"
    wanted = [part.strip().capitalize() for part in head.split("+")] if head else []
    if not set(wanted) <= set(MODIFIERS):
        raise ValueError(text)
    key = _ALIASES.get(key, key)
    by_lower = {name.lower(): name for name in _NAMED}
    if len(key) == 1:
        key = key.lower()
    elif key.lower() in by_lower:
        key = by_lower[key.lower()]
    else:
        raise ValueError(text)
    return Chord(tuple(name for name in MODIFIERS if name in wanted), key)
