"""The global shortcuts of dictation, and what holding and pressing them does."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from asr_desktop.dictation.talk_key import KeyUse
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationController, DictationState
from asr_desktop.gui.dictation_keys import CANCEL, CORRECT, TALK
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.pages.help_page import HelpPage
from asr_desktop.gui.widgets.dictation_card import DictationCard
from tests.dictation.test_session import TextDesktop
from tests.gui.dictated import PATIENCE_MS, Keys, begin, desktop, dictation, hold_key, notices, say, settle

__all__ = ["desktop", "dictation", "notices"]


def test_keys_follow_the_settings_and_conflicts_are_named(
    context: AppContext, dictation: DictationController, notices: list[Notice], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from asr_desktop.dictation import desktop

    Keys.opened.clear()
    monkeypatch.setattr(desktop, "open_global_keys", Keys)
    dictation.listen_for_keys()
    others = {CANCEL: "Ctrl+Alt+X", CORRECT: "Ctrl+Alt+E"}
    assert Keys.opened == [{TALK: "Ctrl+Alt+Space", **others}]
    assert notices[-1].sentence == "Another program uses it."
    context.change_settings(dictation_key="F4", dictation_key_use=KeyUse.HOLD.value)
    assert Keys.opened[1:] == [{}, {TALK: "F4", **others}]
    hold_key(dictation, qtbot, 1.0)
    dictation._key.emit(TALK, False, 1.1)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    dictation._key.emit(TALK, True, 5.0)
    dictation._key.emit(CANCEL, True, 5.1)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)


def test_where_the_desktop_decides_its_keys_are_shown(
    context: AppContext, dictation: DictationController, notices: list[Notice], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("asr_desktop.dictation.desktop.open_global_keys", Keys)
    monkeypatch.setattr(Keys, "conflicts", {})
    monkeypatch.setattr(Keys, "bound", {})
    card, page = DictationCard(context), HelpPage(context)
    for widget in (card, page):
        qtbot.addWidget(widget)
    assert not card.talk_key.isHidden()
    assert card.choose_keys.isHidden()
    dictation.keys.listen()
    assert card.talk_key.isHidden()
    assert not card.choose_keys.isHidden()
    assert texts(card).count("None") == 3
    monkeypatch.setattr(Keys, "bound", {TALK: "Press F9", CORRECT: "Meta+E"})
    monkeypatch.setattr(Keys, "conflicts", {CANCEL: "“Cancel dictation” has no key."})
    Keys.on_change()
    qtbot.waitUntil(lambda: "Press F9" in texts(card), timeout=PATIENCE_MS)
    assert {"Press F9", "Meta+E", "None"} <= set(texts(card))
    assert any("Hold Press F9 while you speak" in text for text in texts(page))
    assert notices[-1].sentence == "“Cancel dictation” has no key."
    card.choose_keys.click()
    assert Keys.opened[-1] == {"asked": "anew"}


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_what_is_said_while_the_key_is_held_is_inserted_when_it_is_up(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    hold_key(dictation, qtbot, 1.0)
    say(context, "hello")
    say(context, "world")
    settle(dictation, qtbot)
    assert desktop.texts == {}
    dictation._key.emit(TALK, False, 9.0)
    qtbot.waitUntil(lambda: desktop.letter == "Hello world", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    hold_key(dictation, qtbot, 11.0)
    say(context, "not this")
    dictation._key.emit(CANCEL, True, 12.0)
    dictation._key.emit(TALK, False, 13.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.letter == "Hello world"


def test_a_dictation_ends_after_the_key_is_up(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    hold_key(dictation, qtbot, 1.0)
    say(context, "hello")
    context.live.stop()
    qtbot.waitUntil(lambda: context.live.state is LiveState.IDLE, timeout=PATIENCE_MS)
    assert dictation.state is DictationState.FINISHING
    dictation._key.emit(TALK, False, 9.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.letter == "Hello"


def press(dictation: DictationController, at_seconds: float) -> None:
    """Shortly."""
    dictation._key.emit(TALK, True, at_seconds)
    dictation._key.emit(TALK, False, at_seconds + 0.1)


def test_a_key_that_is_pressed_while_a_dictation_is_finished_begins_the_next(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    states: list[DictationState] = []
    dictation.state_changed.connect(states.append)
    begin(dictation, qtbot)
    say(context, "hello")
    press(dictation, 1.0)
    assert dictation.state is DictationState.FINISHING
    press(dictation, 2.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    say(context, "world")
    press(dictation, 3.0)
    press(dictation, 4.0)
    press(dictation, 5.0)  # and not, after all
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    settle(dictation, qtbot)
    assert desktop.letter == "Hello world"
    assert states == [
        DictationState.STARTING, DictationState.LISTENING, DictationState.FINISHING, DictationState.IDLE,
    ] * 2  # fmt: skip


def test_a_key_that_is_held_from_the_end_of_a_dictation_on(
    context: AppContext, dictation: DictationController, desktop: TextDesktop, qtbot: QtBot
) -> None:
    begin(dictation, qtbot)
    dictation.stop()
    dictation._key.emit(TALK, True, 1.0)
    say(context, "hello")  # the last dictation's
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)
    say(context, "world")
    assert desktop.texts == {}
    dictation._key.emit(TALK, False, 9.0)
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)
    assert desktop.letter == "Hello world"
