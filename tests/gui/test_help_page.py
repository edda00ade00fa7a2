"""Help: a key away on every page, complete, and true when keys were changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from asr_desktop import __version__
from asr_desktop.base.installation import release_day, update_hint
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.pages.help_page import HelpPage
from asr_desktop.gui.shortcuts import key_actions
from asr_desktop.gui.widgets import about_card
from asr_desktop.gui.widgets.about_card import AboutCard
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


def test_an_old_version_says_where_to_look_and_a_new_one_nothing(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(about_card, "update_hint", lambda: None)
    window.go_to("help")
    about = help_page(window).findChild(AboutCard)
    assert about is not None
    assert __version__ in about.version.text()
    assert not about.hint.isVisible()
    hint = update_hint(release_day() + timedelta(days=400))
    monkeypatch.setattr(about_card, "update_hint", lambda: hint)
    window.go_to("live")
    window.go_to("help")
    assert about.hint.isVisible()
    assert "13 months" in about.hint.text()


def test_the_licences_of_all_parts_are_shown(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("help")
    about = help_page(window).findChild(AboutCard)
    assert about is not None
    dialog = about.show_licences()
    qtbot.waitUntil(lambda: dialog.list.count() > 50, timeout=PATIENCE_MS)
    assert "Apache License" in dialog.text.toPlainText()
    [row] = [number for number in range(dialog.list.count()) if dialog.list.item(number).text() == "FFmpeg"]
    dialog.list.setCurrentRow(row)
    assert "GPL-3.0-or-later" in dialog.licence.text()
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in dialog.text.toPlainText()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


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
