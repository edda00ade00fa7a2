from __future__ import annotations

import pytest

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.widgets.writing_card import WritingCard


@pytest.fixture
def card(qtbot, context: AppContext) -> WritingCard:  # type: ignore[no-untyped-def]
    made = WritingCard(context)
    qtbot.addWidget(made)
    return made


def test_every_part_is_on_and_can_be_left_out(card: WritingCard, context: AppContext) -> None:
    assert all(box.isChecked() for box in card.parts.values())

    card.parts["numbers"].click()

    assert context.settings.writing_off == ("numbers",)
    assert context.model_choice().writing.off == ("numbers",)
    card.parts["numbers"].click()
    assert context.settings.writing_off == ()


def test_a_part_can_be_left_out_for_one_language(card: WritingCard, context: AppContext) -> None:
    card.language.setCurrentIndex(card.language.findData("de"))
    card.parts["numbers"].click()

    assert context.settings.writing_off == ("de:numbers",)
    card.language.setCurrentIndex(card.language.findData("en"))
    assert card.parts["numbers"].isChecked()


def test_what_is_off_for_all_languages_is_not_switched_on_for_one(card: WritingCard) -> None:
    card.parts["marks"].click()
    card.language.setCurrentIndex(card.language.findData("en"))

    assert not card.parts["marks"].isChecked()
    assert not card.parts["marks"].isEnabled()


def test_replacements_are_kept_and_a_wrong_line_is_told_of(card: WritingCard, context: AppContext) -> None:
    card.replacements.setPlainText("open  source = open-source\nnonsense\num=")
    card.apply()

    assert context.settings.writing_replacements == ("open source=open-source", "um=")
    assert "spoken=written" in card.problem.text()
    assert [str(one) for one in context.model_choice().writing.replacements] == [
        "open source=open-source",
        "um=",
    ]


def test_words_can_be_tried_out(card: WritingCard, context: AppContext) -> None:
    card.replacements.setPlainText("open source=open-source")
    card.apply()
    card.tried.setText("um i paid twenty five per cent for open source")

    assert card.outcome.text() == "um I paid 25 % for open-source"
    card.closed.click()
    assert card.outcome.text() == "um I paid 25% for open-source"
    card.parts["numbers"].click()
    assert card.outcome.text() == "um I paid twenty five per cent for open-source"
    card.tried.setText("   ")
    assert card.outcome.text() == ""


def test_every_choice_has_a_name_for_a_screen_reader(card: WritingCard) -> None:
    for widget in (card.language, card.replacements, card.tried, card.outcome):
        assert widget.accessibleName()


def test_what_is_changed_elsewhere_is_shown(card: WritingCard, context: AppContext) -> None:
    context.change_settings(writing_off=("capitals",), writing_replacements=("a=b",))

    assert not card.parts["capitals"].isChecked()
    assert card.replacements.toPlainText() == "a=b"
