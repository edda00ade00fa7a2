"""Captions over other windows: two lines of the newest words, their look, and their place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QEnterEvent, QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.overlay import CaptionOverlay
from asr_desktop.gui.theme import theme
from asr_desktop.recognition.live_events import Final, Partial, Rewritten
from asr_desktop.transcripts.document import Word


@pytest.fixture
def overlay(context: AppContext, qtbot: QtBot) -> CaptionOverlay:
    overlay = context.overlay
    qtbot.addWidget(overlay)
    overlay.show_at_its_place()
    overlay.resize(700, 120)
    return overlay


def said(text: str, confidence: float = 0.95) -> tuple[Word, ...]:
    return tuple(Word(word, i, i + 0.5, confidence) for i, word in enumerate(text.split()))


def test_it_shows_the_newest_two_lines(overlay: CaptionOverlay, context: AppContext) -> None:
    context.live.heard.emit(Final(1, said("one two three four five six " * 10), 0, 60))
    context.live.heard.emit(Partial(2, said("and now this"), 1, 61, 63))
    lines = overlay.text().splitlines()
    assert len(lines) == 2
    assert lines[-1].endswith("and now this")
    context.live.heard.emit(Final(2, said("and now that"), 61, 63))
    assert overlay.text().endswith("and now that")
    context.change_settings(overlay_lines=3)
    assert len(overlay.text().splitlines()) == 3
    context.live.began.emit()
    assert overlay.text() == ""


def test_a_mark_that_is_taken_back_is_not_shown(overlay: CaptionOverlay, context: AppContext) -> None:
    context.live.heard.emit(Final(1, said("before that."), 0, 1))
    context.live.heard.emit(Final(2, said("he came."), 1, 2))
    context.live.heard.emit(Final(3, (), 2, 3))
    context.live.heard.emit(Rewritten(2, said("he came"), 1, 2))
    context.live.heard.emit(Partial(4, said("and"), 0, 3, 4))

    assert overlay.text() == "before that. he came and"


def test_unsure_words_are_faded(overlay: CaptionOverlay, context: AppContext) -> None:
    context.change_settings(overlay_background_colour="#000000", overlay_opacity=1.0)
    brightness = {}
    for name, confidence in (("sure", 0.9), ("unsure", 0.05)):
        context.live.began.emit()
        context.live.heard.emit(Final(1, said("MMMM", confidence), 0, 1))
        brightness[name] = brightest(overlay.grab().toImage())
    assert brightness["sure"] > 240
    assert 100 < brightness["unsure"] < 200


def brightest(picture: QImage) -> int:
    return max(
        QColor(picture.pixel(x, y)).lightness()
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    )


def test_place_size_and_visibility_are_remembered(
    overlay: CaptionOverlay, context: AppContext, qtbot: QtBot
) -> None:
    overlay.move(40, 60)
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    place = overlay.geometry()
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    assert context.recall("overlay.shown", True) is False
    another = CaptionOverlay(context)
    qtbot.addWidget(another)
    another.show_at_its_place()
    assert another.geometry() == place
    assert context.recall("overlay.shown", False) is True


def test_a_place_on_a_screen_that_is_gone_is_not_used(context: AppContext, qtbot: QtBot) -> None:
    context.remember("overlay.place", [90_000, 90_000, 500, 100])
    overlay = context.overlay
    qtbot.addWidget(overlay)
    overlay.show_at_its_place()
    assert overlay.screen().availableGeometry().contains(overlay.geometry().center())


def test_clicks_go_through_when_they_shall(overlay: CaptionOverlay, context: AppContext) -> None:
    assert not overlay.windowFlags() & Qt.WindowType.WindowTransparentForInput
    assert overlay.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    context.change_settings(overlay_click_through=True)
    assert overlay.windowFlags() & Qt.WindowType.WindowTransparentForInput
    assert overlay.isVisible()
    context.change_settings(overlay_click_through=False)
    assert not overlay.windowFlags() & Qt.WindowType.WindowTransparentForInput


def test_the_text_grows_with_its_key(overlay: CaptionOverlay, context: AppContext, qtbot: QtBot) -> None:
    before = context.settings.overlay_font_points
    qtbot.keyClick(overlay, Qt.Key.Key_Plus)
    assert context.settings.overlay_font_points == before + 1


@pytest.mark.parametrize("look", ["light", "dark"])
def test_its_menu_can_be_read(overlay: CaptionOverlay, context: AppContext, qtbot: QtBot, look: str) -> None:
    theme.apply(look)
    QApplication.sendEvent(
        overlay,
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), overlay.mapToGlobal(QPoint(5, 5))),
    )
    (menu,) = overlay.findChildren(QMenu)
    assert [action.text().partition("\t")[0] for action in menu.actions() if not action.isSeparator()] == [
        "Larger text",
        "Smaller text",
        "Let clicks through",
        "Close captions",
    ]
    picture = menu.grab().toImage()
    colours = [
        QColor(picture.pixel(x, y)).lightness()
        for x in range(8, picture.width() - 8)
        for y in range(8, picture.height() - 8)
    ]
    background = QColor(picture.pixel(10, 10)).lightness()
    assert (background < 80) == (look == "dark")
    assert max(abs(colour - background) for colour in colours) > 120
    menu.close()
    theme.apply("light")


def test_it_says_that_it_can_be_moved_sized_and_closed(
    overlay: CaptionOverlay, context: AppContext, qtbot: QtBot
) -> None:
    assert "Drag to move" in overlay.toolTip()
    assert not overlay.close_button.isVisible()
    QApplication.sendEvent(overlay, QEnterEvent(QPointF(9, 9), QPointF(9, 9), QPointF(9, 9)))
    assert overlay.close_button.isVisible()
    points = context.settings.overlay_font_points
    qtbot.mouseClick(overlay.larger, Qt.MouseButton.LeftButton)
    assert context.settings.overlay_font_points == points + 2
    qtbot.mouseClick(overlay.close_button, Qt.MouseButton.LeftButton)
    assert not overlay.isVisible()


def test_clicks_that_go_through_can_be_taken_back(overlay: CaptionOverlay, context: AppContext) -> None:
    told: list[Notice] = []
    over: list[str] = []
    context.notify.connect(told.append)
    context.is_over.connect(over.append)
    overlay._let_clicks_through()
    assert context.settings.overlay_click_through
    (notice,) = told
    assert notice.action is not None
    over.clear()
    notice.action()
    assert not context.settings.overlay_click_through
    assert notice.about in over
