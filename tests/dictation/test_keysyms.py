"""Which characters a keymap types, with the keymaps of libxkbcommon."""

from __future__ import annotations

import ctypes

import pytest

from asr_desktop.dictation.keysyms import _xkbcommon, typable_keysyms

DE_YZ = "yYzZ"


class Names(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


def keymap(layout: str) -> bytes:
    library = _xkbcommon()
    if library is None:
        pytest.skip("libxkbcommon is not installed")
    library.xkb_keymap_new_from_names.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_names.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    library.xkb_keymap_get_as_string.restype = ctypes.c_char_p
    library.xkb_keymap_get_as_string.argtypes = [ctypes.c_void_p, ctypes.c_int]
    context = library.xkb_context_new(0)
    names = Names(b"evdev", b"pc105", layout.encode(), b"", b"")
    made = library.xkb_keymap_new_from_names(context, ctypes.byref(names), 0)
    if not made:
        pytest.skip("the keyboard layouts are not installed")
    text: bytes = library.xkb_keymap_get_as_string(made, 1)
    return text


@pytest.mark.parametrize(
    ("layout", "has", "lacks"),
    [
        ("us", "Hello, 12! \n\t", "üßéЖ–"),
        ("de", "Grüße € yz @", "éж日"),
        ("pl", "łódź ęą", "Łüж"),
        ("ru", "Привет, Жёлтый!", "aZü"),
        ("us,de", "Hello 12", f"{DE_YZ}üß-;@"),
        ("us,ru", "1 \n", "aПривет"),
        ("gr", "Καλημέρα"[:-4], "a"),
    ],
)
def test_what_can_be_typed(layout: str, has: str, lacks: str) -> None:
    keysyms = typable_keysyms(keymap(layout))
    assert [character for character in has if character not in keysyms] == []
    assert [character for character in lacks if character in keysyms] == []


def test_the_keysym_is_the_layouts_own() -> None:
    assert typable_keysyms(keymap("pl"))["ł"] == 0x1B3
    assert typable_keysyms(keymap("ru"))["Ж"] == 0x6F6
    assert typable_keysyms(keymap("de"))["ü"] == 0xFC


@pytest.mark.parametrize("text", [b"", b"nonsense", b"xkb_keymap {"])
def test_no_keymap_types_nothing(text: bytes) -> None:
    assert typable_keysyms(text) == {}
