"""What is seen of an open transcript has room in a narrow window, too."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.theme import theme

NARROW, WIDE = 704, 1084
"""What is left for the page where the window has 900 and 1280 pixels."""


@pytest.fixture
def panes(qtbot: QtBot) -> EditorPanes:
    theme.apply("light")
    panes = EditorPanes()
    qtbot.addWidget(panes)
    panes.resize(WIDE, 760)
    panes.show()
    return panes


def test_a_title_of_some_words_is_read_whole_at_900_pixels(panes: EditorPanes, qtbot: QtBot) -> None:
    panes.show_title("Interview with the harbour master", "/home/me/talks/harbour.mp3")
    assert panes.teach.text() == "Teach the model"
    panes.resize(NARROW, 760)
    qtbot.waitUntil(lambda: panes.teach.text() == "", timeout=60_000)
    title = panes.title
    qtbot.waitUntil(
        lambda: title.width() >= title.fontMetrics().horizontalAdvance(title.text()), timeout=60_000
    )
    assert panes.teach.accessibleName() == panes.teach.toolTip() != ""
    panes.resize(WIDE, 760)
    qtbot.waitUntil(lambda: panes.teach.text() == "Teach the model", timeout=60_000)


def test_what_a_title_leaves_out_is_in_its_tip(panes: EditorPanes) -> None:
    title = "A conversation about harbours, ships and weather " * 3
    panes.show_title(title, "/home/me/talks/harbour.mp3")
    panes.resize(NARROW, 760)
    assert panes.width() <= NARROW, "a long title does not widen the window"
    assert panes.title.toolTip() == f"{title}\n/home/me/talks/harbour.mp3"
