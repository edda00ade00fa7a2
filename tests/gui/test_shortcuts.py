"""The list of keys: complete, without two actions on one key, and the same as what is bound."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.shortcuts import KeyTable, key_actions, key_groups


def test_all_keys_are_listed_before_any_page_was_made(context: AppContext, qtbot: QtBot) -> None:
    table = KeyTable(context)
    qtbot.addWidget(table)
    headings = [part.text() for part in table.findChildren(QLabel) if part.property("role") == "group"]
    assert headings[0] == "On every page"
    assert {"Live", "Files", "Library", "Editor", "Voice"} <= set(headings)
    assert list(table.editors) == list(key_actions())
    assert len(table.editors) > 50


def test_what_is_listed_is_what_is_bound(context: AppContext, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    for page in known_pages():
        window.page(page.key)
    assert set(context.shortcuts.bound()) == set(key_actions())


def test_no_two_actions_that_can_meet_have_one_key() -> None:
    everywhere, *pages = key_groups()
    for page in pages:
        for one, other in combinations((*everywhere.actions, *page.actions), 2):
            assert not one.default or one.default != other.default, (one, other)


def test_a_usual_key_that_the_user_gave_away_serves_only_that(context: AppContext) -> None:
    """As where a newer version has brought an action whose usual key somebody uses for something else."""
    context.change_settings(shortcuts={"editor.loop": "Ctrl+1", "files.add": "F7"})
    keys = context.shortcuts
    assert keys.text("window.live") == ""
    assert keys.key("editor.loop") == QKeySequence("Ctrl+1")
    assert keys.text("editor.next_marker") == "F7", "another page's key is no matter"


def test_the_table_shows_what_is_changed_elsewhere(context: AppContext, qtbot: QtBot) -> None:
    table = KeyTable(context)
    qtbot.addWidget(table)
    assert context.shortcuts.rebind("live.marker", QKeySequence("F12")) is None
    assert table.editors["live.marker"].keySequence() == QKeySequence("F12")
