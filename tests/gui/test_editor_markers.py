"""Moments that were marked while recording: seen in the editor, and a key that goes from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from asr_desktop.audio.session import Session
from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.playing import markers_of
from asr_desktop.gui.live_controller import MARKER
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.gui.theme import theme
from asr_desktop.transcripts.library.sessions import add_session
from tests.gui.editor_page import WAIT, editor_page
from tests.transcripts.libraries import recorded


@pytest.fixture
def session(home: Path) -> Session:
    session = recorded(home / "sessions", "the boat came back in the evening", parts=4)
    for at in (3.0, 0.25, 1.5):
        session.append_event(MARKER, at)
    return session


@pytest.fixture
def page(qtbot: QtBot, context: AppContext, session: Session) -> Iterator[EditorPage]:
    add_session(context.library, session)
    with editor_page(qtbot, context) as page:
        page.open(context.library.entries()[0].id)
        assert operations.wait_for_all(60)
        qtbot.waitUntil(lambda: page.editable is not None and page.sound.is_open, timeout=WAIT)
        yield page


def test_markers_are_read_in_their_order(session: Session, tmp_path: Path) -> None:
    session.append_event("paused", 2.0)
    with session.events_file.open("a") as file:
        file.write('{"type": "marker"}\n{"type": "marker", "at": "x"}\n')
    assert markers_of(session.path) == (0.25, 1.5, 3.0)
    assert markers_of(tmp_path / "gone") == ()


def test_a_key_goes_from_one_to_the_next_and_round(page: EditorPage, context: AppContext) -> None:
    assert page.panes.next_marker.isVisible()
    heard = []
    for _ in range(4):
        QTest.keyClick(page.view, Qt.Key.Key_F7)
        heard.append(page.sound.position_seconds)
    assert heard == pytest.approx([0.25, 1.5, 3.0, 0.25], abs=0.01)
    assert page.panes.state.text() == "Marker 1 of 3"
    assert context.shortcuts.rebind("editor.next_marker", QKeySequence("F13")) is None
    QTest.keyClick(page.view, Qt.Key.Key_F13)
    assert page.sound.position_seconds == pytest.approx(1.5, abs=0.01)
    assert "F13" in page.panes.next_marker.toolTip()


def test_flags_stand_at_the_sound_and_beside_the_text(page: EditorPage, qtbot: QtBot) -> None:
    flag = QColor(theme.tokens.unsure)

    def is_flagged(widget: object) -> bool:
        picture = widget.grab().toImage()  # type: ignore[attr-defined]
        return any(
            picture.pixelColor(x, y) == flag for x in range(picture.width()) for y in range(picture.height())
        )

    page.panes.waveform.show_range(0.0, 4.0)
    qtbot.waitUntil(lambda: is_flagged(page.panes.waveform))
    margin = page.view.viewport()
    assert is_flagged(margin)
    page.markers.close()
    qtbot.waitUntil(lambda: not is_flagged(page.panes.waveform))
    assert not page.panes.next_marker.isVisible()


def test_without_markers_the_key_says_so(page: EditorPage) -> None:
    page.markers.close()
    QTest.keyClick(page.view, Qt.Key.Key_F7)
    assert page.panes.state.text() == "This recording has no markers."
