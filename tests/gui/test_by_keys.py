"""Whoever works without a mouse goes on where they expect to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_jobs import JobTableModel
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.widgets.job_table import JobTable
from asr_desktop.transcripts.document import Segment, Transcript, Word

PATIENCE_MS = 60_000
PAGES = [page.key for page in known_pages()]


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window, timeout=PATIENCE_MS):
        window.activateWindow()
    return window


@pytest.mark.parametrize("key", PAGES)
def test_the_key_of_a_page_leads_into_it(window: MainWindow, qtbot: QtBot, key: str) -> None:
    window._buttons["library" if key != "library" else "live"].setFocus()
    QTest.keySequence(window, window.context.shortcuts.key(f"window.{key}"))
    page = window.page(key)
    assert operations.wait_for_all(60)
    focused = window.focusWidget()
    assert focused is page or page.isAncestorOf(focused)
    qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert page.isAncestorOf(window.focusWidget()), "the first thing of the page comes next"


def test_after_a_recording_is_kept_the_next_one_is_a_key_away(
    window: MainWindow, context: AppContext, tmp_path: Path, qtbot: QtBot
) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(b"")
    transcript = Transcript(str(source), 1.0, "starter-en", (Segment((Word("one", 0.0, 0.5, 1.0),)),))
    page: Any = window.page("live")
    page.end.ask(context.library.add(transcript, source), 1.0)
    assert window.focusWidget() is page.end.keep_button
    qtbot.keyClick(page.end.keep_button, Qt.Key.Key_Return)
    assert not page.end.isVisible()
    assert window.focusWidget() is page.record_button


def test_the_first_arrow_key_selects_the_only_file(context: AppContext, tmp_path: Path, qtbot: QtBot) -> None:
    jobs = context.file_jobs
    model = JobTableModel(jobs)
    table = JobTable(model)
    qtbot.addWidget(table)
    table.show()
    jobs.queue.add([tmp_path / "missing.wav"])
    qtbot.waitUntil(lambda: model.rowCount() == 1 and not jobs.queue.is_busy, timeout=PATIENCE_MS)
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    table.clearSelection()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert table.selected_rows() == [0]


def test_from_the_search_an_arrow_leads_to_what_was_found(
    window: MainWindow, context: AppContext, tmp_path: Path, qtbot: QtBot
) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(b"")
    transcript = Transcript(str(source), 1.0, "starter-en", (Segment((Word("tower", 0.0, 0.5, 1.0),)),))
    context.library.add(transcript, source)
    window.go_to("library")
    page: Any = window.page("library")
    page.search.setFocus()
    qtbot.keyClicks(page.search, "tower")
    qtbot.waitUntil(lambda: page.summary.text().startswith("1 match"), timeout=PATIENCE_MS)
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert window.focusWidget() is page.list
    assert page.list.selected_rows() == [0]
