"""Pasting leaves the clipboard as it was, every type of it byte by byte, and the primary selection too."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.protocol.request import SetSelectionOwner

from asr_desktop.dictation.desktop import ClipboardBusy, InsertionRefused, Target, WindowChanged
from asr_desktop.dictation.x11 import clipboard as clipboard_module
from asr_desktop.dictation.x11 import selection_reader
from asr_desktop.dictation.x11.clipboard import Clipboard, NotTaken
from asr_desktop.dictation.x11.desktop import X11Desktop
from tests.dictation.x_screen import EditorWindow, Screen, wait_until

LONG = "Grüße – “quoted” 日本語 😀\n" * 40


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no failure."""
    monkeypatch.setattr(selection_reader, "SAVED_WITHIN_SECONDS", 15.0)
    monkeypatch.setattr(clipboard_module, "TAKEN_WITHIN_SECONDS", 15.0)


@pytest.fixture
def onlooker(screen: Screen) -> Iterator[Clipboard]:
    """Another program that reads the clipboard."""
    clipboard = Clipboard(screen.name)
    yield clipboard
    clipboard.close()


@pytest.fixture
def copied(screen: Screen, onlooker: Clipboard) -> Iterator[dict[str, bytes]]:
    """What somebody copied in another program, text, HTML, a picture and 750 KB of data, and its types."""
    other = EditorWindow(screen, "Source")
    try:
        other.wait_for("focus", "text")
        other.tell("copy")
        wait_until(lambda: "application/x-test" in onlooker.contents(), "what was copied")
        other.tell('type "selected before"')
        other.tell("select")
        wait_until(
            lambda: onlooker.contents("PRIMARY").get("UTF8_STRING") == b"selected before", "a selection"
        )
        yield onlooker.contents()
    finally:
        other.close()


def in_front(desktop: X11Desktop, screen: Screen, title: str) -> Target:
    screen.bring_forward(title)
    found = desktop.front_window()
    assert found is not None
    assert found.title == title
    return found


def test_the_clipboard_is_restored_byte_by_byte(
    screen: Screen, editor: EditorWindow, desktop: X11Desktop, onlooker: Clipboard, copied: dict[str, bytes]
) -> None:
    assert len(copied["application/x-test"]) == 768_000
    assert {"text/html", "UTF8_STRING", "image/png"} <= copied.keys()
    primary = onlooker.contents("PRIMARY")
    letter = in_front(desktop, screen, "Letter")
    for _ in range(5):
        desktop.paste_text(LONG, letter)
    assert editor.wait_for_length(5 * len(LONG)) == 5 * LONG
    assert onlooker.contents() == copied
    assert onlooker.contents("PRIMARY") == primary


def test_an_empty_clipboard_is_empty_afterwards(
    editor: EditorWindow, desktop: X11Desktop, target: Target, onlooker: Clipboard
) -> None:
    before = onlooker.contents()
    desktop.paste_text("once", target)
    editor.wait_for("text", "once")
    assert onlooker.contents() == before


def test_the_selection_that_is_pasted_over_comes_back_as_primary(
    editor: EditorWindow, desktop: X11Desktop, target: Target, onlooker: Clipboard
) -> None:
    editor.tell('type "selected here"')
    editor.tell("select")
    wait_until(lambda: onlooker.contents("PRIMARY").get("UTF8_STRING") == b"selected here", "the selection")

    def press_and_give_up() -> None:
        desktop.press("Ctrl+V", target)
        editor.tell("unselect")  # as GTK and xterm do when their selection is typed over
        wait_until(lambda: not onlooker.contents("PRIMARY"), "the end of the selection")

    desktop.clipboard.paste("new", press_and_give_up, int(target.window, 16))
    editor.wait_for("text", "new")
    assert onlooker.contents("PRIMARY")["UTF8_STRING"] == b"selected here"


def test_a_hundred_pastes_in_a_row(
    screen: Screen, editor: EditorWindow, desktop: X11Desktop, onlooker: Clipboard, copied: dict[str, bytes]
) -> None:
    letter = in_front(desktop, screen, "Letter")
    pieces = [f"{number}: Grüße – {number}\n" for number in range(100)]
    for piece in pieces:
        desktop.paste_text(piece, letter)
    assert editor.wait_for_length(sum(map(len, pieces))) == "".join(pieces)
    assert onlooker.contents() == copied


def test_a_window_that_takes_nothing_gets_nothing_and_the_clipboard_comes_back(
    screen: Screen,
    editor: EditorWindow,
    desktop: X11Desktop,
    onlooker: Clipboard,
    copied: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clipboard_module, "TAKEN_WITHIN_SECONDS", 0.3)
    letter = in_front(desktop, screen, "Letter")
    editor.tell("focus button")
    editor.wait_for("focus", "button")
    with pytest.raises(NotTaken):
        desktop.paste_text("nothing", letter)
    assert onlooker.contents() == copied
    assert editor.look()["text"] == ""


def test_another_window_in_front_gets_nothing(
    screen: Screen, editor: EditorWindow, desktop: X11Desktop, onlooker: Clipboard, copied: dict[str, bytes]
) -> None:
    letter = in_front(desktop, screen, "Letter")
    in_front(desktop, screen, "Source")
    with pytest.raises(WindowChanged):
        desktop.paste_text("nothing", letter)
    assert onlooker.contents() == copied


def test_a_clipboard_that_cannot_be_saved_is_not_replaced(
    editor: EditorWindow,
    desktop: X11Desktop,
    target: Target,
    onlooker: Clipboard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    onlooker.copy("precious")
    monkeypatch.setattr(selection_reader, "MOST_BYTES", 4)
    with pytest.raises(ClipboardBusy):
        desktop.paste_text("nothing", target)
    monkeypatch.setattr(selection_reader, "MOST_BYTES", 1000)
    assert onlooker.contents()["UTF8_STRING"] == b"precious"
    assert editor.look()["text"] == ""


def test_an_owner_that_gives_the_selection_up_in_place_of_an_answer_offers_nothing(
    screen: Screen, onlooker: Clipboard
) -> None:
    connection = Display(screen.name)
    window = connection.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly)
    window.set_selection_owner(Xatom.PRIMARY, X.CurrentTime)
    connection.sync()

    def give_up_when_asked() -> None:
        while connection.next_event().type != X.SelectionRequest:
            pass
        SetSelectionOwner(connection.display, window=X.NONE, selection=Xatom.PRIMARY, time=X.CurrentTime)
        connection.sync()

    giving_up = threading.Thread(target=give_up_when_asked, daemon=True)
    giving_up.start()
    assert onlooker.contents("PRIMARY") == {}
    giving_up.join()
    connection.close()


def test_what_is_copied_meanwhile_is_not_overwritten(
    editor: EditorWindow, desktop: X11Desktop, target: Target, onlooker: Clipboard
) -> None:
    onlooker.copy("old")

    def press_and_copy() -> None:
        desktop.press("Ctrl+V", target)
        editor.wait_for("text", "pasted")
        onlooker.copy("newly copied")

    desktop.clipboard.paste("pasted", press_and_copy, int(target.window, 16))
    assert onlooker.contents()["UTF8_STRING"] == b"newly copied"


def test_a_program_that_watches_the_clipboard_is_not_the_one_that_pastes(
    editor: EditorWindow,
    desktop: X11Desktop,
    target: Target,
    onlooker: Clipboard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desktop.clipboard.copy("old")

    def watch() -> None:
        assert onlooker.contents()["UTF8_STRING"] == b"dictated"

    def watch_and_press_late() -> None:
        watch()
        threading.Timer(0.5, lambda: desktop.press("Ctrl+V", target)).start()

    desktop.clipboard.paste("dictated", watch_and_press_late, int(target.window, 16))
    editor.wait_for("text", "dictated")
    assert onlooker.contents()["UTF8_STRING"] == b"old"
    # It counts where the program in front does not ask: it may have pasted for that one.
    monkeypatch.setattr(clipboard_module, "TAKEN_WITHIN_SECONDS", 0.3)
    desktop.clipboard.paste("dictated", watch, int(target.window, 16))


def test_histories_of_the_clipboard_are_asked_to_leave_the_text_out(
    editor: EditorWindow, desktop: X11Desktop, target: Target, onlooker: Clipboard
) -> None:
    seen: dict[str, bytes] = {}

    def look_and_press() -> None:
        seen.update(onlooker.contents())
        desktop.press("Ctrl+V", target)

    desktop.clipboard.paste("dictated", look_and_press, int(target.window, 16))
    editor.wait_for("text", "dictated")
    assert seen["x-kde-passwordManagerHint"] == b"secret"


def test_a_thread_that_ends_before_it_is_woken_can_be_closed(screen: Screen) -> None:
    clipboard = Clipboard(screen.name)
    clipboard._is_closing = True
    clipboard._waker.send(b"x")
    clipboard._thread.join()
    clipboard.close()
    with pytest.raises(RuntimeError, match="closed"):
        clipboard.contents()


def test_nobody_waits_for_a_clipboard_whose_connection_was_ended(screen: Screen) -> None:
    clipboard, killer = Clipboard(screen.name), Display(screen.name)
    clipboard.contents()  # after this, the X server knows its window
    killer.create_resource_object("window", clipboard._window.id).kill_client()
    killer.sync()
    killer.close()
    wait_until(lambda: not clipboard._thread.is_alive(), "the end of its thread")
    with pytest.raises(InsertionRefused, match="The screen cannot be reached"):
        clipboard.contents()
    clipboard.close()
