"""Characters and X11's names for keys ("keysyms")."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache

RETURN = 0xFF0D
TAB = 0xFF09
CAPS_LOCK = 0xFFE5
NUM_LOCK = 0xFF7F
SHIFT_LEFT = 0xFFE1
LEVEL_3_SHIFT = 0xFE03
MODE_SWITCH = 0xFF7E

_UNICODE = 0x01000000
_FIRST_FUNCTION_KEY = 0xFF00
"""Keysyms from here on are keys, not characters, including those of the number pad, which are digits only
while Num Lock is on."""


def keysym_of(character: str) -> int:
    """The keysym of a character after the X protocol's appendix A: Latin 1 unchanged, others by their Unicode
    code point. Line breaks give the Return key."""
    if character in "\r\n":
        return RETURN
    if character == "\t":
        return TAB
    code = ord(character)
    return code if 0x20 <= code < 0x7F or 0xA0 <= code < 0x100 else _UNICODE + code


def character_of(keysym: int) -> str:
    """The character of a keysym, or "" for keys without one, including dead keys."""
    if keysym in (RETURN, TAB):
        return "\n" if keysym == RETURN else "\t"
    if 0x20 <= keysym < 0x7F or 0xA0 <= keysym < 0x100:
        return chr(keysym)
    if _UNICODE < keysym <= _UNICODE + 0x10FFFF:
        return chr(keysym - _UNICODE)
    if keysym >= _FIRST_FUNCTION_KEY:
        return ""
    return _legacy_character(keysym)


@cache
def _legacy_character(keysym: int) -> str:
    """Greek, Cyrillic and other characters also have keysyms from before Unicode; libxkbcommon, which Qt
    needs anyway, has the table. Without it, such characters are put on spare keys, as if the layout lacked
    them."""
    library = _xkbcommon()
    code = library.xkb_keysym_to_utf32(keysym) if library is not None else 0
    return chr(code) if code >= 0x20 else ""


@cache
def _xkbcommon() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(ctypes.util.find_library("xkbcommon") or "libxkbcommon.so.0")
    except OSError:
        return None
    library.xkb_keysym_to_utf32.argtypes = [ctypes.c_uint32]
    library.xkb_keysym_to_utf32.restype = ctypes.c_uint32
    return library
