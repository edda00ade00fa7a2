"""Help: a key away on every page, complete, and true when keys were changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.pages.help_page import HelpPage
from asr_desktop.gui.shortcuts import key_actions
from asr_desktop.gui.widgets.settings_form import StorageCard

PATIENCE_MS = 60_000


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window, timeout=PATIENCE_MS):
        window.activateWindow()
    return window


def help_page(window: MainWindow) -> HelpPage:
    page = window.page("help")
    assert isinstance(page, HelpPage)
    return page


def texts(page: HelpPage) -> list[str]:
    return [part.text() for part in page.findChildren(QLabel)]


@pytest.mark.parametrize("key", [page.key for page in known_pages() if page.key != "help"])
def test_f1_opens_help_on_every_page(window: MainWindow, key: str, qtbot: QtBot) -> None:
    window.go_to(key)
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_F1)
    assert window.current_page == "help"


def test_ctrl_q_quits_also_where_closing_only_hides(window: MainWindow, qtbot: QtBot) -> None:
    window.hides_instead_of_closing = True
    with qtbot.waitSignal(window.closing, timeout=PATIENCE_MS):
        qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


def test_all_keys_and_the_folders_are_there(window: MainWindow) -> None:
    page = help_page(window)
    shown = texts(page)
    for action in key_actions().values():
        assert action.description in shown
    assert page.findChild(StorageCard) is not None
    assert not any("{" in text for text in shown)


def test_help_tells_the_keys_that_the_user_has(window: MainWindow, context: AppContext) -> None:
    page = help_page(window)
    assert any(text.startswith("Press F6 on the Live page") for text in texts(page))
    assert context.shortcuts.rebind("live.overlay", QKeySequence("F12")) is None
    assert any(text.startswith("Press F12 on the Live page") for text in texts(page))


def test_each_job_leads_to_its_page(window: MainWindow, qtbot: QtBot) -> None:
    page = help_page(window)
    for button in page.findChildren(QPushButton):
        if button.text() == "Show":
            window.go_to("help")
            button.click()
            assert window.current_page != "help"


@pytest.mark.parametrize("key", ["settings", "help"])
def test_the_smallest_window_shows_all_of_the_cards_and_a_large_one_has_two_columns(
    window: MainWindow, key: str, qtbot: QtBot
) -> None:
    window.go_to(key)
    columns = window.page(key).columns  # type: ignore[attr-defined]
    window.resize(window.minimumSize())
    qtbot.waitUntil(lambda: not columns.is_wide, timeout=PATIENCE_MS)
    assert columns.widget().minimumSizeHint().width() <= columns.viewport().width()
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: columns.is_wide, timeout=PATIENCE_MS)
