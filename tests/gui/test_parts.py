"""The small things that all pages are made of."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QMessageBox,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)
from pytestqt.qtbot import QtBot

from asr_desktop.gui.theme import theme
from asr_desktop.gui.widgets.parts import ComboBox, button, closing_question, restyled


def colours(made: QPushButton) -> set[str]:
    picture = made.icon().pixmap(QSize(20, 20)).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    return {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_button_of_another_kind_has_its_icon_in_that_one_s_colour(look: str, qtbot: QtBot) -> None:
    """A primary button becomes a plain one: white on white would not be seen."""
    theme.apply(look)
    made = button("Again", "undo", kind="primary")
    qtbot.addWidget(made)
    on_accent, text = theme.tokens.on_accent.lower(), theme.tokens.text.lower()
    assert on_accent in colours(made)
    restyled(made, kind="")
    assert on_accent not in colours(made)
    assert text in colours(made)
    restyled(made, kind="primary")
    assert on_accent in colours(made)


def test_a_choice_that_is_too_long_ends_with_an_ellipsis(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = QStylePainter.drawControl

    def noted(painter: QStylePainter, element: QStyle.ControlElement, option: QStyleOptionComboBox) -> None:
        drawn.append(option.currentText)  # type: ignore[attr-defined]
        draw(painter, element, option)

    monkeypatch.setattr(QStylePainter, "drawControl", noted)
    box = ComboBox()
    qtbot.addWidget(box)
    box.addItem("Built-in microphone of the left headset, analogue")
    box.setFixedSize(150, 36)
    box.grab()
    assert drawn[-1].startswith("Built-in")
    assert drawn[-1].endswith("…")
    box.setFixedSize(600, 36)
    box.grab()
    assert drawn[-1] == "Built-in microphone of the left headset, analogue"


def test_questions_have_the_window_s_own_icons(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = closing_question(parent, title="t", question="q", consequence="c", close="Close", stay="Stay")
    assert box.icon() is QMessageBox.Icon.NoIcon
    assert not box.iconPixmap().isNull()
