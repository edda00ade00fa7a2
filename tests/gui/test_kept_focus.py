"""A control that is disabled or hidden does not send the keyboard elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QRadioButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.voice_reading import ReadingState
from asr_desktop.gui.voice_training import TrainingState
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.parts import Card, button, row
from tests.gui.voice_page import PATIENCE_MS, Speaker, problems, reach, speaker

__all__ = ["problems", "speaker"]


def shown(widget: Any, qtbot: QtBot) -> Any:
    qtbot.addWidget(widget)
    widget.show()
    with qtbot.waitActive(widget, timeout=PATIENCE_MS):
        widget.activateWindow()
    return widget


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    context.change_settings(has_been_welcomed=True)
    window = MainWindow(context)
    window.resize(1180, 760)
    shown(window, qtbot)
    return window


def key(window: QWidget, qtbot: QtBot, pressed: Qt.Key) -> None:
    """As a person presses it: it goes to whatever has the keyboard."""
    qtbot.keyClick(QApplication.focusWidget() or window, pressed)


@pytest.mark.parametrize("page_key", [page.key for page in known_pages()])
def test_no_button_of_any_page_loses_the_keyboard_when_it_is_disabled(
    window: MainWindow, qtbot: QtBot, page_key: str
) -> None:
    window.go_to(page_key)
    assert operations.wait_for_all(60)
    qtbot.wait(0)
    page = window.page(page_key)
    buttons = [
        made
        for made in page.findChildren(QAbstractButton)
        if made.isVisible() and made.isEnabled() and made.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not isinstance(made, QCheckBox | QRadioButton)  # the program disables none
    ]
    assert buttons
    for made in buttons:
        made.setFocus()
        if QApplication.focusWidget() is not made:
            continue  # below what else stands there
        made.setEnabled(False)
        assert QApplication.focusWidget() is made, f"{made.accessibleName() or made.text()} lost it"
        made.setEnabled(True)


def test_a_disabled_button_does_nothing_and_tab_goes_on_from_it(qtbot: QtBot) -> None:
    pressed = []
    first, second = button("First", on_click=lambda: pressed.append(1)), button("Second")
    window = QWidget()
    QVBoxLayout(window).addLayout(row(first, second))
    shown(window, qtbot)
    first.setFocus()
    first.setEnabled(False)
    key(window, qtbot, Qt.Key.Key_Space)
    key(window, qtbot, Qt.Key.Key_Return)
    assert pressed == []
    key(window, qtbot, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is second


def test_what_takes_a_button_s_place_gets_the_keyboard_and_nothing_that_lies_elsewhere(qtbot: QtBot) -> None:
    start, pause, elsewhere = button("Start"), button("Pause"), button("To another page")
    card = Card()
    card.body.addLayout(row(start, pause))
    card.body.addStretch(1)
    card.body.addWidget(elsewhere)
    pause.hide()
    window = QWidget()
    QVBoxLayout(window).addWidget(card)
    window.resize(400, 300)
    shown(window, qtbot)
    pause.hide()
    start.setFocus()
    start.hide()
    pause.show()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is pause, timeout=PATIENCE_MS)
    pause.hide()
    qtbot.wait(0)
    assert QApplication.focusWidget() is card, "nothing took its place"
    pause.show()
    pause.setFocus()
    discard(pause)
    qtbot.wait(0)
    assert QApplication.focusWidget() is card


def test_sentences_are_read_with_one_key_from_the_first_to_the_last(
    window: MainWindow, context: AppContext, qtbot: QtBot, problems: list[Any], speaker: Speaker
) -> None:
    """Space begins, ends and keeps, as the page says, with nobody putting the focus anywhere."""
    window.go_to("voice")
    page: Any = window.page("voice")
    reach(page, qtbot, ReadingState.IDLE)

    def read() -> None:
        key(window, qtbot, Qt.Key.Key_Space)
        reach(page, qtbot, ReadingState.READING)
        before = speaker.capture.callbacks
        qtbot.waitUntil(lambda: speaker.capture.callbacks >= before + 10, timeout=PATIENCE_MS)
        key(window, qtbot, Qt.Key.Key_Space)
        reach(page, qtbot, ReadingState.CHECKED)

    read()
    key(window, qtbot, Qt.Key.Key_Space)
    reach(page, qtbot, ReadingState.IDLE)
    assert page.read_aloud.takes.list.count() == 1
    assert window.current_page == "voice"
    # Kept by its own button, the next press of the key begins the next sentence.
    read()
    page.read_aloud.keep_button.setFocus()
    key(window, qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.read_aloud.record_button.hasFocus(), timeout=PATIENCE_MS)


def test_teaching_is_started_and_paused_with_one_key(
    window: MainWindow, context: AppContext, qtbot: QtBot, problems: list[Any]
) -> None:
    window.go_to("voice")
    page: Any = window.page("voice")
    page.tabs.setCurrentWidget(page.teaching)
    assert operations.wait_for_all(60)
    page.teaching.progress.can_start = True
    progress = page.teaching.progress
    progress.show_state(TrainingState.IDLE)
    progress.start_button.setFocus()
    progress.show_state(TrainingState.RUNNING)
    qtbot.waitUntil(progress.pause_button.hasFocus, timeout=PATIENCE_MS)
    progress.show_state(TrainingState.STOPPING)
    assert progress.pause_button.hasFocus()
    progress.show_state(TrainingState.IDLE)
    qtbot.waitUntil(progress.start_button.hasFocus, timeout=PATIENCE_MS)


def test_learning_texts_is_started_and_stopped_with_one_key(
    window: MainWindow, context: AppContext, qtbot: QtBot, problems: list[Any]
) -> None:
    window.go_to("voice")
    page: Any = window.page("voice")
    page.tabs.setCurrentWidget(page.texts)
    assert operations.wait_for_all(60)
    texts = page.texts
    texts.learn_button.setEnabled(True)
    texts.learn_button.setFocus()
    texts._show_state(TrainingState.RUNNING)
    qtbot.waitUntil(texts.stop_button.hasFocus, timeout=PATIENCE_MS)
    texts._show_state(TrainingState.STOPPING)
    assert texts.stop_button.hasFocus()
