"""What is typed arrives byte by byte, whatever layout is set, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from Xlib import X
from Xlib.display import Display

from asr_desktop.dictation.desktop import InsertionRefused, KeyboardTaken, KeysHeld, Target, WindowChanged
from asr_desktop.dictation.insertion import Inserted, Inserter
from asr_desktop.dictation.x11.desktop import X11Desktop
from asr_desktop.dictation.x11.keyboard import Layout, TooManyCharacters
from asr_desktop.gui.dictation_thread import LIKELY_CHARACTERS
from tests.dictation.x_screen import EditorWindow, Screen

TEXT = "Hello, Wörld! «Ça va?» @#$%^&*()_+{}|~`'\"\\ €50 – “quoted” ¿Qué?\nline 2, zZyY qQaA: łódź"


@pytest.fixture
def other_client(screen: Screen) -> Iterator[Display]:
    """Another program, or the user's own hand."""
    display = Display(screen.name)
    yield display
    display.close()


def test_the_window_in_front_is_named(editor: EditorWindow, target: Target) -> None:
    assert (target.title, target.process) == ("Letter", editor.process)
    assert target.program == "editor_program.py"


@pytest.mark.parametrize(
    "layout",
    [
        ("us",), ("de",), ("fr",), ("de", "neo"), ("us", "intl"), ("us,de", ","), ("de,us", ","),
        ("gr,us", ","),
    ],
    ids=" ".join,
)  # fmt: skip
def test_text_is_identical_in_every_layout(
    screen: Screen, desktop: X11Desktop, editor: EditorWindow, target: Target, layout: tuple[str, ...]
) -> None:
    screen.set_layout("-layout", layout[0], *(["-variant", layout[1]] if layout[1:] else []))
    text = TEXT if layout[0] != "gr,us" else "Καλημέρα, κόσμε; 1+1=2"
    desktop.type_text(text, target)
    assert editor.wait_for_length(len(text)) == text


def test_the_second_of_two_layouts_is_the_one_that_counts_when_it_is_on(
    screen: Screen, desktop: X11Desktop, editor: EditorWindow, target: Target
) -> None:
    screen.set_layout("-layout", "us,fr", "-option", "grp:lwin_toggle")
    desktop._keyboard._tap(133)  # the left Windows key goes to the next layout
    assert desktop._keyboard._state() >> 13 & 3 == 1
    desktop.type_text("qwerty? azerty! été €", target)
    editor.wait_for("text", "qwerty? azerty! été €")
    desktop._keyboard._tap(133)
    screen.set_layout("-option", "")


def test_characters_of_all_scripts(desktop: X11Desktop, editor: EditorWindow, target: Target) -> None:
    for text in ("Привет, мир", "日本語のテキスト", "😀 → ½ ∑", "e\u0301"):
        editor.tell("clear")
        editor.wait_for("text", "")
        desktop.type_text(text, target)
        editor.wait_for("text", text)


def test_a_spare_key_is_used_again_without_mixing_up(
    desktop: X11Desktop, editor: EditorWindow, target: Target
) -> None:
    texts = ["".join(chr(0xAC00 + 20 * number + place) for place in range(20)) for number in range(6)]
    for text in texts:
        desktop.type_text(text, target)
        editor.wait_for_length(20 * (texts.index(text) + 1))
    assert editor.said["text"] == "".join(texts)


def test_more_characters_than_spare_keys_are_refused_with_nothing_typed(
    desktop: X11Desktop, editor: EditorWindow, target: Target
) -> None:
    with pytest.raises(TooManyCharacters):
        desktop.type_text("".join(chr(0x4E00 + number) for number in range(300)), target)
    desktop.type_text("ok", target)
    editor.wait_for("text", "ok")


def test_a_hundred_insertions_in_a_row(desktop: X11Desktop, editor: EditorWindow, target: Target) -> None:
    pieces = [f"{number}: Äpfel, “quoted” – and number {number}.\n" for number in range(100)]
    for piece in pieces:
        desktop.type_text(piece, target)
    assert editor.wait_for_length(sum(map(len, pieces))) == "".join(pieces)


def test_caps_lock_turns_nothing_over_and_stays(
    desktop: X11Desktop, editor: EditorWindow, target: Target, other_client: Display
) -> None:
    desktop._keyboard._tap(66)
    desktop.type_text("Straße, ÉTÉ, łódź", target)
    editor.wait_for("text", "Straße, ÉTÉ, łódź")
    assert other_client.screen().root.query_pointer().mask & X.LockMask
    desktop._keyboard._tap(66)
    desktop._display.sync()


@pytest.mark.parametrize(
    ("option", "keys"), [("shift:both_capslock", (50, 62)), ("caps:escape_shifted_capslock", (50, 66))]
)
def test_caps_lock_that_needs_two_keys(
    screen: Screen,
    desktop: X11Desktop,
    editor: EditorWindow,
    target: Target,
    other_client: Display,
    option: str,
    keys: tuple[int, int],
) -> None:
    def lock_and_unlock() -> int:
        for event, keycodes in ((X.KeyPress, keys), (X.KeyRelease, keys[::-1])):
            for keycode in keycodes:
                other_client.xtest_fake_input(event, keycode)
        other_client.sync()
        return int(other_client.screen().root.query_pointer().mask) & X.LockMask

    screen.set_layout("us", "-option", option)
    assert lock_and_unlock()
    desktop.type_text("Straße, ÉTÉ, łódź", target)
    editor.wait_for("text", "Straße, ÉTÉ, łódź")
    assert not lock_and_unlock()
    screen.set_layout("us", "-option", "")


def test_letters_are_pasted_where_caps_lock_cannot_be_turned_off(
    desktop: X11Desktop, editor: EditorWindow, target: Target, other_client: Display,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    desktop._keyboard._tap(66)
    monkeypatch.setattr(desktop._keyboard, "_layout", without_caps(desktop))
    inserter = Inserter(desktop)
    inserter.begin()
    assert isinstance(inserter.insert("Straße"), Inserted)
    editor.wait_for("text", "Straße")
    monkeypatch.undo()
    desktop._keyboard._tap(66)
    desktop._display.sync()


def without_caps(desktop: X11Desktop) -> Callable[[], Layout]:
    """The layout, as if no key were Caps Lock."""
    layout = desktop._keyboard._layout
    return lambda: replace(layout(), caps=[])


def test_nothing_is_typed_while_a_key_is_held(
    desktop: X11Desktop, editor: EditorWindow, target: Target, other_client: Display
) -> None:
    other_client.xtest_fake_input(X.KeyPress, 37)  # Ctrl
    other_client.sync()
    with pytest.raises(KeysHeld):
        desktop.type_text("a", target)
    other_client.xtest_fake_input(X.KeyRelease, 37)
    other_client.sync()
    desktop.type_text("b", target)
    editor.wait_for("text", "b")


def test_nothing_is_typed_into_a_locked_screen(
    desktop: X11Desktop, editor: EditorWindow, target: Target, other_client: Display
) -> None:
    root = other_client.screen().root
    assert root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess
    other_client.sync()
    with pytest.raises(KeyboardTaken):
        desktop.type_text("a", target)
    other_client.ungrab_keyboard(X.CurrentTime)
    other_client.sync()
    desktop.type_text("b", target)
    editor.wait_for("text", "b")


def test_nothing_is_typed_into_another_window(
    screen: Screen, desktop: X11Desktop, editor: EditorWindow, target: Target
) -> None:
    other = EditorWindow(screen, "Other")
    other.wait_for("focus", "text")
    try:
        with pytest.raises(WindowChanged):
            desktop.type_text("secret", target)
        front = desktop.front_window()
        assert front is not None
        assert front.title == "Other"
        desktop.type_text("public", front)
        other.wait_for("text", "public")
        assert editor.look()["text"] == ""
    finally:
        other.close()


def test_chords(desktop: X11Desktop, editor: EditorWindow, target: Target) -> None:
    desktop.type_text("one two", target)
    desktop.press("Ctrl+Backspace", target)
    desktop.press("Shift+Left", target, times=4)
    desktop.type_text("three", target)
    editor.wait_for("text", "three")
    desktop.press("Ctrl+Z", target, times=2)
    editor.wait_for("text", "one two")
    with pytest.raises(ValueError, match="Ctrl\\+Nonsense"):
        desktop.press("Ctrl+Nonsense", target)
    with pytest.raises(InsertionRefused, match="no key F35"):
        desktop.press("F35", target)


@pytest.mark.parametrize("layout", ["gr", "ru", "us,ru"])
def test_chords_where_the_layout_has_no_latin_letters(
    screen: Screen, desktop: X11Desktop, editor: EditorWindow, target: Target, other_client: Display,
    layout: str,
) -> None:  # fmt: skip
    screen.set_layout(layout, "-option", "grp:menu_toggle")
    if "," in layout:  # the second one is chosen
        for event in (X.KeyPress, X.KeyRelease):
            other_client.xtest_fake_input(event, 135)
        other_client.sync()
    desktop.prepare(LIKELY_CHARACTERS)  # on spare keys too
    desktop.paste_text("Привет one", target)
    editor.wait_for("text", "Привет one")
    desktop.press("Ctrl+Z", target)
    editor.wait_for("text", "")
    desktop.press("Ctrl+Shift+Z", target)
    editor.wait_for("text", "Привет one")
    desktop.type_text(" Γεια–“ß”", target)
    editor.wait_for("text", "Привет one Γεια–“ß”")
    screen.set_layout("us", "-option", "")


def test_the_layout_is_as_it_was_afterwards(
    screen: Screen, editor: EditorWindow, other_client: Display
) -> None:
    def layout() -> list[list[int]]:
        return [list(keysyms)[:2] for keysyms in other_client.get_keyboard_mapping(8, 248)]

    screen.set_layout("de")
    before = layout()
    desktop = X11Desktop(screen.name)
    front = desktop.front_window()
    assert front is not None
    desktop.type_text("日本", front)
    assert layout() != before
    editor.wait_for("text", "日本")
    desktop.close()
    assert layout() == before


def test_a_missing_screen_is_named() -> None:
    with pytest.raises(InsertionRefused, match="screen cannot be reached"):
        X11Desktop("no screen")
