"""Dictation and its profiles in the settings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from asr_desktop.base.settings import DictationProfile
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.widgets.dictation_card import DictationCard, ProfilesCard
from tests.gui.dictated import PATIENCE_MS


def test_profiles_are_made_and_changed_in_the_settings(context: AppContext, qtbot: QtBot) -> None:
    card = ProfilesCard(context)
    qtbot.addWidget(card)
    assert not card.programs.isEnabled()
    preset = card.add_button.menu().actions()[0]
    preset.trigger()
    [profile] = context.settings.dictation_profiles
    assert (profile.name, profile.writing_off) == ("Code editor", ("marks", "capitals"))
    assert not card.parts["marks"].isChecked()
    card.parts["marks"].click()
    card.programs.clear()
    qtbot.keyClicks(card.programs, "Kate, Zed")
    card.programs.editingFinished.emit()
    card.way.setCurrentIndex(card.way.findData("paste"))
    card.way.activated.emit(card.way.currentIndex())
    [profile] = context.settings.dictation_profiles
    assert profile == DictationProfile("Code editor", ("kate", "zed"), way="paste", writing_off=("capitals",))
    offers: list[Callable[[], object]] = []
    context.offer.connect(lambda _sentence, _name, undo: offers.append(undo))
    qtbot.mouseClick(card.remove_button, Qt.MouseButton.LeftButton)
    assert context.settings.dictation_profiles == ()
    assert not card.name.isEnabled()
    offers[0]()
    assert context.settings.dictation_profiles == (profile,)
    assert (card.name.text(), card.way.currentData()) == ("Code editor", "paste")


def test_what_a_profile_holds_is_told_to_screen_readers(context: AppContext, qtbot: QtBot) -> None:
    context.change_settings(dictation_profiles=(DictationProfile("A", ("a",)),))
    card = ProfilesCard(context)
    qtbot.addWidget(card)
    fields = (card.profile, card.name, card.programs, card.model, card.way, card.hotwords)
    assert [field.accessibleName() for field in fields] == [
        "Profile", "Name", "Programs", "Language and model", "Insert text by", "Hotwords",
    ]  # fmt: skip
    assert all(box.text() for box in card.parts.values())
    assert card.remove_button.accessibleName() == "Remove"


def test_a_profile_says_which_of_its_hotwords_cannot_be_read(context: AppContext, qtbot: QtBot) -> None:
    context.change_settings(dictation_profiles=(DictationProfile("A", ("a",)), DictationProfile("B", ("b",))))
    card = ProfilesCard(context)
    qtbot.addWidget(card)
    qtbot.keyClicks(card.hotwords, "Ada:100, Grace")
    card.hotwords.editingFinished.emit()
    assert context.settings.dictation_profiles[0].hotwords == ("Grace",)
    assert card.hotwords.text() == "Ada:100, Grace"
    assert "has the weight 100" in card.hotword_problem.text()
    card.profile.setCurrentIndex(1)
    assert (card.hotwords.text(), card.hotword_problem.text()) == ("", "")


def test_the_card_stores_what_is_chosen(context: AppContext, qtbot: QtBot) -> None:
    card = DictationCard(context)
    qtbot.addWidget(card)
    card.talk_key.setKeySequence(QKeySequence("Ctrl+F9"))
    card.talk_key.editingFinished.emit()
    assert context.settings.dictation_key == "Ctrl+F9"
    card.own.setPlainText("best regards=Best regards,\\nAda\nnonsense")
    qtbot.waitUntil(lambda: context.settings.dictation_own_commands == ("best regards=Best regards,\\nAda",))
    card.ways.setPlainText("code=paste\nxterm=shout")
    qtbot.waitUntil(lambda: context.settings.dictation_ways == ("code=paste",))


def test_lines_that_cannot_be_read_are_told_to_screen_readers(context: AppContext, qtbot: QtBot) -> None:
    card = DictationCard(context)
    qtbot.addWidget(card)
    card.own.setPlainText("nonsense")
    qtbot.waitUntil(lambda: "nonsense" in card.own.accessibleDescription(), timeout=PATIENCE_MS)
    card.own.clear()
    qtbot.waitUntil(lambda: card.own.accessibleDescription() == "", timeout=PATIENCE_MS)
    context.change_settings(dictation_profiles=(DictationProfile("A", ("a",)),))
    profiles = ProfilesCard(context)
    qtbot.addWidget(profiles)
    profiles.hotwords.setText("Ada:100")
    profiles.hotwords.editingFinished.emit()
    assert "has the weight 100" in profiles.hotwords.accessibleDescription()
