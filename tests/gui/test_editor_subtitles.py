"""The transcript as subtitles: laid out by rules, and what breaks one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.gui.widgets.subtitle_view import kept_rules
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import SubtitleRules
from tests.gui.editor_page import WAIT, page
from tests.gui.editor_talk import talk

__all__ = ["page"]


def test_subtitles_are_laid_out_and_broken_rules_marked(qtbot: QtBot, page: EditorPage) -> None:
    fast = Segment(tuple(Word("extraordinarily", 0.1 * i, 0.1 * i + 0.1, 1.0) for i in range(12)))
    page.open_document(Transcript("fast.wav", 5.0, "m", (fast,)), None)
    page.panes.subtitles_button.setChecked(True)
    model = page.panes.subtitles.model
    qtbot.waitUntil(lambda: model.rowCount() > 0, timeout=WAIT)
    assert "break a rule" in page.panes.subtitles.summary.text()
    tip = model.data(model.index(0, 2), Qt.ItemDataRole.ToolTipRole)
    assert "characters per second; at most 25. Shorten the text by" in tip
    page.panes.subtitles.table.setCurrentIndex(model.index(0, 1))
    assert page.panes.subtitles.problem.text() == tip.replace("\n", " ")
    page.panes.subtitles.table.clicked.emit(model.index(0, 1))
    assert page.view.textCursor().selectedText().split() == model.cue(0).text.split()
    page.editable.set_text(0, "fast")  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "follow the rules" in page.panes.subtitles.summary.text(), timeout=WAIT)


def test_in_a_narrow_window_subtitles_take_the_place_of_the_text(qtbot: QtBot, page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.resize(1000, 600)
    page.panes.subtitles_button.setChecked(True)
    subtitles = page.panes.subtitles
    qtbot.waitUntil(lambda: subtitles.model.rowCount() == 3, timeout=WAIT)
    assert page.view.isVisible()
    page.resize(700, 600)
    assert subtitles.isVisible()
    assert not page.view.isVisible()
    subtitles.table.clicked.emit(subtitles.model.index(2, 1))
    assert not subtitles.isVisible()
    assert page.view.isVisible(), "ready to be shortened"
    assert page.view.textCursor().selectedText() == "we went out together"


def test_the_rules_are_kept_for_the_next_transcript_and_for_exports(
    qtbot: QtBot, page: EditorPage, context: AppContext
) -> None:
    page.open_document(talk(), None)
    page.panes.subtitles_button.setChecked(True)
    subtitles = page.panes.subtitles
    qtbot.waitUntil(lambda: subtitles.model.rowCount() == 3, timeout=WAIT)
    assert [subtitles.model.row_at(seconds) for seconds in (0.0, 3.9, 4.2, 7.5, 99.0)] == [0, 0, 1, 1, 2]
    subtitles.rules_form.width_box.setValue(12)
    qtbot.waitUntil(lambda: subtitles.model.cue(0).text == "the weather\nwas fine", timeout=WAIT)
    assert "At most 12 characters per line" in subtitles.summary.text()
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    assert dialog.rules_form.rules().max_line_width == 12
    dialog.reject()
    assert kept_rules(AppContext()).max_line_width == 12


@pytest.mark.parametrize("stored", [[43, 2], ["x"] * 5, [43, 2, 25.0, 9.0, 1.0]])
def test_rules_that_make_no_sense_are_the_usual_ones(context: AppContext, stored: list[object]) -> None:
    context.remember("subtitles.rules", stored)
    assert kept_rules(context) == SubtitleRules()
