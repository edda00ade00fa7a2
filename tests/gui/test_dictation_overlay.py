"""The overlay, and text that could not be inserted and waits there and in the tray."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from asr_desktop.dictation.session import Unplaced
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationController
from asr_desktop.gui.dictation_overlay import DictationOverlay
from asr_desktop.gui.dictation_thread import CorrectedDictation
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.tray import Tray
from asr_desktop.recognition.live_events import Final
from tests.dictation.test_session import LETTER, OTHER, TextDesktop
from tests.dictation.test_spoken_commands import words
from tests.gui.dictated import (
    PATIENCE_MS,
    begin,
    begin_without_place,
    corrected,
    desktop,
    dictation,
    end,
    overlay,
    say,
    settle,
    shown,
)

__all__ = ["desktop", "dictation", "overlay"]


def test_a_correction_without_a_place_is_shown_and_holds_nothing_back(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin(dictation, qtbot)
    say(context, "one")
    qtbot.waitUntil(lambda: dictation.last_utterance is not None, timeout=PATIENCE_MS)
    window = corrected(context, dictation, qtbot)
    say(context, "two")
    qtbot.waitUntil(lambda: desktop.letter == "One two", timeout=PATIENCE_MS)
    window.text.setPlainText("Won")
    window.accept()
    qtbot.waitUntil(lambda: shown(overlay) == ["Won"], timeout=PATIENCE_MS)
    say(context, "three")
    qtbot.waitUntil(lambda: desktop.letter == "One two three", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    assert shown(overlay) == ["Won"]
    assert dictation.last_utterance is not None
    assert dictation.last_utterance.text == "three"
    desktop.front = OTHER
    overlay.kept[0].insert_button.click()
    qtbot.waitUntil(lambda: desktop.texts.get(OTHER.window) == "Won", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown(overlay) == [], timeout=PATIENCE_MS)


def test_corrections_without_a_place_are_all_there_to_be_copied(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin(dictation, qtbot)
    for text, other in (("one", "Won"), ("four", "For"), ("eight", "Ate")):
        say(context, text)
        qtbot.waitUntil(lambda text=text: text in desktop.letter.lower(), timeout=PATIENCE_MS)
        settle(dictation, qtbot)
        window = corrected(context, dictation, qtbot)
        say(context, "and")
        qtbot.waitUntil(lambda: desktop.letter.endswith(" and"), timeout=PATIENCE_MS)
        window.text.setPlainText(other)
        window.accept()
        qtbot.waitUntil(lambda other=other: other in shown(overlay), timeout=PATIENCE_MS)
    desktop.front = OTHER
    say(context, "dictated")
    qtbot.waitUntil(lambda: shown(overlay) == ["dictated", "Won", "For", "Ate"], timeout=PATIENCE_MS)
    assert [view.reason.isHidden() for view in overlay.kept] == [False, False, True, True]
    qtbot.mouseClick(overlay.kept[2].copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "For"
    assert shown(overlay) == ["dictated", "Won", "Ate"]
    qtbot.mouseClick(overlay.kept[1].discard_button, Qt.MouseButton.LeftButton)
    overlay.kept[0].insert_button.click()
    qtbot.waitUntil(lambda: shown(overlay) == ["Ate"], timeout=PATIENCE_MS)
    desktop.front = None
    overlay.kept[0].insert_button.click()
    assert shown(overlay) == []  # a second click would insert it twice
    qtbot.waitUntil(lambda: shown(overlay) == ["Ate"], timeout=PATIENCE_MS)
    assert overlay.kept[0].reason.text() == "No text field has the cursor. Your text is kept here."
    end(dictation, qtbot)
    assert overlay.isVisible()


def test_copying_does_not_wait_for_the_thread_and_loses_nothing(
    dictation: DictationController, context: AppContext, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    """The thread may be waiting for the desktop's permission."""
    begin_without_place(context, dictation, overlay, qtbot, desktop, "one")
    is_answered = threading.Event()
    dictation.inserting.submit(is_answered.wait, PATIENCE_MS / 1000)
    say(context, "two")  # comes to what is kept before the first text is dropped
    qtbot.mouseClick(overlay.kept[0].copy_button, Qt.MouseButton.LeftButton)
    assert not is_answered.is_set()
    assert QGuiApplication.clipboard().text() == "One"
    assert shown(overlay) == []
    is_answered.set()
    qtbot.waitUntil(lambda: shown(overlay) == ["two"], timeout=PATIENCE_MS)
    say(context, "three")
    qtbot.waitUntil(lambda: shown(overlay) == ["two three"], timeout=PATIENCE_MS)
    qtbot.mouseClick(overlay.kept[0].discard_button, Qt.MouseButton.LeftButton)
    end(dictation, qtbot)
    assert shown(overlay) == []
    desktop.front = LETTER
    begin(dictation, qtbot)
    say(context, "four")
    qtbot.waitUntil(lambda: desktop.letter == "Four", timeout=PATIENCE_MS)
    end(dictation, qtbot)
    assert desktop.texts == {LETTER.window: "Four"}


def test_more_kept_texts_than_there_is_room_for_are_counted(
    dictation: DictationController, overlay: DictationOverlay
) -> None:
    finals = [Final(number, words("one"), 0.5, 2.0) for number in range(6)]
    for number, final in enumerate(finals):
        dictation._take_result(CorrectedDictation(final, str(number), Unplaced(str(number), "Gone.")))
    assert shown(overlay) == ["0", "1", "2", "3"]
    assert overlay.more.text() == "Further texts that wait: 2"
    for _ in range(3):
        overlay.kept[0].discard_button.click()
    assert shown(overlay) == ["3", "4", "5"]
    assert overlay.more.isHidden()


def test_the_tray_keeps_no_menus_of_texts_that_are_gone(
    dictation: DictationController, window: MainWindow, qtbot: QtBot
) -> None:
    tray = Tray(window.context, window)
    finals = [Final(number, words("one"), 0.5, 2.0) for number in range(3)]
    for number, final in enumerate(finals):
        dictation._take_result(CorrectedDictation(final, str(number), Unplaced(str(number), "Gone.")))
    assert [action.text() for action in tray.kept_menu.actions()] == ["0", "1", "2"]
    qtbot.waitUntil(lambda: len(tray.kept_menu.findChildren(QMenu)) == 3, timeout=PATIENCE_MS)
    first = tray.kept_menu.actions()[0].menu()
    assert isinstance(first, QMenu)
    first.actions()[2].trigger()
    assert [action.text() for action in tray.kept_menu.actions()] == ["1", "2"]
    qtbot.waitUntil(lambda: len(tray.kept_menu.findChildren(QMenu)) == 2, timeout=PATIENCE_MS)


def test_kept_text_that_is_scratched_is_no_longer_shown(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin_without_place(context, dictation, overlay, qtbot, desktop, "one two")
    say(context, "scratch that")
    qtbot.waitUntil(lambda: shown(overlay) == [], timeout=PATIENCE_MS)
    end(dictation, qtbot)


def test_text_that_cannot_be_inserted_is_shown_with_copy_and_insert(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, overlay: DictationOverlay,
    qtbot: QtBot,
) -> None:  # fmt: skip
    begin_without_place(context, dictation, overlay, qtbot, desktop, "one two")
    assert overlay.kept[0].reason.text() == "Another window is in front now. Your text is kept here."
    end(dictation, qtbot)
    assert overlay.isVisible()
    desktop.front = LETTER
    qtbot.mouseClick(overlay.kept[0].insert_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desktop.texts == {LETTER.window: "One two"}, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown(overlay) == [], timeout=PATIENCE_MS)
    begin(dictation, qtbot)
    desktop.front = None
    say(context, "three")
    qtbot.waitUntil(lambda: shown(overlay) == ["three"], timeout=PATIENCE_MS)
    qtbot.mouseClick(overlay.kept[0].copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "three"
    end(dictation, qtbot)
    qtbot.waitUntil(lambda: not overlay.isVisible(), timeout=PATIENCE_MS)


def test_the_overlay_takes_no_keyboard(dictation: DictationController, overlay: DictationOverlay) -> None:
    final = Final(1, words("one"), 0.5, 2.0)
    dictation._take_result(CorrectedDictation(final, "won", Unplaced("won", "Gone.")))
    flags = overlay.windowFlags()
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert all(
        made.focusPolicy() is Qt.FocusPolicy.NoFocus for made in overlay.kept[0].findChildren(QPushButton)
    )
