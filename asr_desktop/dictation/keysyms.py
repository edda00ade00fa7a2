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
_ALT_GR_LEVEL = 2
MODIFIER_KEYSYMS = {"Ctrl": 0xFFE3, "Alt": 0xFFE9, "Shift": SHIFT_LEFT, "Meta": 0xFFEB}
"""Control_L, Alt_L, Shift_L, Super_L."""
NAMED_KEYS = {"Enter": "KP_Enter", "Backspace": "BackSpace", "Space": "space", "ScrollLock": "Scroll_Lock"}
"""Keys of `chord` whose names are others here."""

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


def keysym_of_key(key: str) -> int:
    """The keysym of a chord's key, as `chord.Chord` has it; 0 if there is none."""
    if len(key) == 1:
        return keysym_of(key)
    library = _xkbcommon()
    return int(library.xkb_keysym_from_name(NAMED_KEYS.get(key, key).encode(), 0)) if library else 0


def name_of_key(key: str) -> str:
    """The name of a chord's key in xkbcommon-keysyms.h, without the prefix; "" if there is none."""
    library, keysym = _xkbcommon(), keysym_of_key(key)
    if library is None or not keysym:
        return ""
    name = ctypes.create_string_buffer(64)
    return name.value.decode() if library.xkb_keysym_get_name(keysym, name, 64) > 0 else ""


def typable_keysyms(keymap: bytes) -> dict[str, int]:
    """Character → keysym, for those that a desktop can type by keysym with this keymap (XKB's text format).

    Desktops look for the key by its keysym, so it has to be the layout's own, which for Greek or Cyrillic is
    from before Unicode. KDE takes the first layout whichever is active, and knows Shift and AltGr alone;
    GNOME takes the active one; both drop what they do not find. Hence a character counts if its key and level
    are the same in all layouts.
    """
    library = _xkbcommon()
    if library is None:
        return {}
    context = library.xkb_context_new(0)
    parsed = library.xkb_keymap_new_from_string(context, keymap, 1, 0)
    found: dict[str, int] = {}
    unsafe: set[str] = set()
    if parsed:
        layouts = range(library.xkb_keymap_num_layouts(parsed))
        for keycode in range(
            library.xkb_keymap_min_keycode(parsed), library.xkb_keymap_max_keycode(parsed) + 1
        ):
            for level in range(library.xkb_keymap_num_levels_for_key(parsed, keycode, 0)):
                keysyms = {_keysym_at(library, parsed, keycode, layout, level) for layout in layouts}
                first = _keysym_at(library, parsed, keycode, 0, level)
                character = character_of(first)
                if character and character not in found and character not in unsafe:
                    if len(keysyms) == 1 and level <= _ALT_GR_LEVEL:
                        found[character] = first
                    else:
                        unsafe.add(character)
        library.xkb_keymap_unref(parsed)
    library.xkb_context_unref(context)
    return found


def _keysym_at(library: ctypes.CDLL, keymap: int, keycode: int, layout: int, level: int) -> int:
    keysyms = ctypes.POINTER(ctypes.c_uint32)()
    if layout >= library.xkb_keymap_num_layouts_for_key(keymap, keycode):
        layout = 0  # a key with fewer layouts has the same in all
    count = library.xkb_keymap_key_get_syms_by_level(keymap, keycode, layout, level, ctypes.byref(keysyms))
    return int(keysyms[0]) if count == 1 else 0


@cache
def _xkbcommon() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(ctypes.util.find_library("xkbcommon") or "libxkbcommon.so.0")
    except OSError:
        return None
    library.xkb_keysym_to_utf32.argtypes = [ctypes.c_uint32]
    library.xkb_keysym_to_utf32.restype = ctypes.c_uint32
    library.xkb_keysym_from_name.argtypes = [ctypes.c_char_p, ctypes.c_int]
    library.xkb_keysym_from_name.restype = ctypes.c_uint32
    library.xkb_context_new.restype = library.xkb_keymap_new_from_string.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_string.argtypes = [
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)
    ]
    for name, numbers in (
        *(("min_keycode", 0), ("max_keycode", 0), ("num_layouts", 0), ("num_layouts_for_key", 1)),
        *(("num_levels_for_key", 2), ("unref", 0)),
    ):
        function = getattr(library, f"xkb_keymap_{name}")
        function.argtypes = [ctypes.c_void_p, *[ctypes.c_uint32] * numbers]
    library.xkb_keymap_key_get_syms_by_level.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p)
    ]
    library.xkb_context_unref.argtypes = [ctypes.c_void_p]
    library.xkb_keysym_get_name.argtypes = [ctypes.c_uint32, ctypes.c_char_p, ctypes.c_size_t]
    return library
