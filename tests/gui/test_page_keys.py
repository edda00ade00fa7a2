"""Keys belong to the page that is shown, wherever the focus is; recording has one on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.keys import editor_keys
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.transcripts.document import Segment, Transcript, Word
from tests.audio.fake_sound import FakeSoundSystem

PATIENCE_MS = 60_000
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def toggled(context: AppContext, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often recording was started or stopped, with nobody recording."""
    presses: list[str] = []
    monkeypatch.setattr(type(context.live), "toggle", lambda self: presses.append("toggled"))
    return presses


def click_side_bar(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window._buttons[window.current_page], Qt.MouseButton.LeftButton)


def click_message(window: MainWindow, qtbot: QtBot) -> None:
    window.context.show_message.emit("Something is wrong.", "warning", "")
    text = next(made for made in window.message_bar.findChildren(QLabel) if made.text())
    qtbot.mouseClick(text, Qt.MouseButton.LeftButton)


def tab_into_side_bar(window: MainWindow, qtbot: QtBot) -> None:
    window._buttons["settings"].setFocus()


def focus_nowhere(window: MainWindow, qtbot: QtBot) -> None:
    focused = window.focusWidget()
    if focused is not None:
        focused.clearFocus()


PLACES = (click_side_bar, click_message, tab_into_side_bar, focus_nowhere)


def press(
    window: QWidget, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """As a person does: whatever has the keyboard gets it."""
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


@pytest.mark.parametrize("go", PLACES)
@pytest.mark.parametrize("page", [page.key for page in known_pages()])
def test_recording_starts_and_stops_by_key_on_every_page(
    window: MainWindow, toggled: list[str], qtbot: QtBot, page: str, go: Callable[[MainWindow, QtBot], None]
) -> None:
    window.go_to(page)
    assert operations.wait_for_all(60)
    go(window, qtbot)
    press(window, qtbot, Qt.Key.Key_F9)
    assert toggled == ["toggled"]
    assert window.current_page == page


@pytest.mark.parametrize("go", PLACES)
def test_the_library_s_keys_hold_wherever_the_focus_is(
    window: MainWindow, qtbot: QtBot, go: Callable[[MainWindow, QtBot], None]
) -> None:
    window.go_to("library")
    assert operations.wait_for_all(60)
    page: Any = window.page("library")
    page.list.setFocus()
    go(window, qtbot)
    press(window, qtbot, Qt.Key.Key_F, CONTROL)
    assert page.search.hasFocus()


@pytest.mark.parametrize("go", PLACES)
def test_the_editor_s_keys_hold_wherever_the_focus_is(
    window: MainWindow, qtbot: QtBot, go: Callable[[MainWindow, QtBot], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.go_to("editor")
    page: Any = window.page("editor")
    words = (Word("one", 0.0, 0.5, 1.0), Word("two", 0.5, 1.0, 0.2))
    page.open_document(Transcript("talk.wav", 1.0, "starter-en", (Segment(words),)), None)
    go(window, qtbot)
    press(window, qtbot, Qt.Key.Key_F, CONTROL)
    assert page.panes.find_bar.text.hasFocus()
    page.panes.find_bar.close_bar()
    go(window, qtbot)
    press(window, qtbot, Qt.Key.Key_T, CONTROL)
    assert page.panes.subtitles_button.isChecked()
    press(window, qtbot, Qt.Key.Key_T, CONTROL)
    go(window, qtbot)
    press(window, qtbot, Qt.Key.Key_F8)
    assert isinstance(page.doubts.menu, QMenu)


@pytest.mark.parametrize("go", PLACES)
def test_the_live_page_s_keys_hold_wherever_the_focus_is(
    window: MainWindow, context: AppContext, qtbot: QtBot, go: Callable[[MainWindow, QtBot], None]
) -> None:
    go(window, qtbot)
    press(window, qtbot, Qt.Key.Key_F6)
    assert context.overlay.isVisible()
    press(window, qtbot, Qt.Key.Key_F6)
    assert not context.overlay.isVisible()


def test_a_page_that_is_not_shown_does_not_get_its_keys(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("library")
    page: Any = window.page("library")
    window.go_to("settings")
    window._buttons["settings"].setFocus()
    press(window, qtbot, Qt.Key.Key_F, CONTROL)
    assert not page.search.hasFocus()
    assert window._buttons["settings"].hasFocus()


def test_a_click_into_the_list_of_pages_leads_into_the_page(window: MainWindow, qtbot: QtBot) -> None:
    for key in ("files", "editor", "models", "live"):
        qtbot.mouseClick(window._buttons[key], Qt.MouseButton.LeftButton)
        focused = QApplication.focusWidget()
        assert focused is window.page(key) or window.page(key).isAncestorOf(focused)


def test_the_overlay_takes_the_recording_s_keys_once_it_was_dragged(
    window: MainWindow, context: AppContext, toggled: list[str], qtbot: QtBot
) -> None:
    overlay = context.overlay
    overlay.show_at_its_place()
    with qtbot.waitActive(overlay, timeout=PATIENCE_MS):
        qtbot.mousePress(overlay, Qt.MouseButton.LeftButton)
        qtbot.mouseMove(overlay, overlay.rect().center())
        qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton)
        overlay.activateWindow()
    press(overlay, qtbot, Qt.Key.Key_F9)
    assert toggled == ["toggled"]
    context.change_settings(shortcuts={"live.record": "Ctrl+R"})
    press(overlay, qtbot, Qt.Key.Key_R, CONTROL)
    assert toggled == ["toggled"] * 2
    window.hide()  # into the tray
    press(overlay, qtbot, Qt.Key.Key_R, CONTROL)
    assert toggled == ["toggled"] * 3


def test_the_recording_s_key_is_no_other_page_s(window: MainWindow, context: AppContext) -> None:
    assert "F9" not in [key.default for key in editor_keys()]
    defaults = [key.default for key in editor_keys()]
    assert len(defaults) == len(set(defaults))
    keys = context.shortcuts
    assert keys.rebind("editor.guesses", QKeySequence("F9")) is not None
    assert keys.rebind("live.record", QKeySequence("F5")) is not None, "the editor's segment plays with it"


def test_while_the_microphone_is_tried_for_the_first_time_the_key_records_nothing(
    window: MainWindow, toggled: list[str], qtbot: QtBot
) -> None:
    window.welcome()
    press(window, qtbot, Qt.Key.Key_F9)
    assert toggled == []


def test_recording_from_another_page_leaves_the_keyboard_where_it_is(
    window: MainWindow, context: AppContext, qtbot: QtBot, quiet_room: FakeSoundSystem
) -> None:
    window.go_to("library")
    page: Any = window.page("library")
    page.search.setFocus()
    press(window, qtbot, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: context.live.recorded_seconds > 0.6, timeout=PATIENCE_MS)
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
        press(window, qtbot, Qt.Key.Key_F9)
    assert page.search.hasFocus()
    assert window.current_page == "library"
