"""Messages lie over the page, belong to a page or a cause, and end with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from asr_desktop.audio.recorder import RecorderEvent
from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.notices import EVERY_PAGE, Message, Notice
from asr_desktop.recognition.live_events import Final
from asr_desktop.transcripts.document import Segment, Transcript, Word
from tests.audio.fake_sound import FakeSoundSystem

PATIENCE_MS = 60_000


def shown(window: MainWindow) -> list[str]:
    return [message.sentence for message in window.message_bar.messages() if message.isVisible()]


def places(window: MainWindow) -> dict[Any, QRect]:
    page = window.page(window.current_page)
    return {
        part: QRect(part.mapTo(window, QPoint()), part.size())
        for part in page.children()
        if part.isWidgetType()
    }


@pytest.mark.parametrize("key", [page.key for page in known_pages()])
def test_nothing_of_any_page_moves_when_messages_come_and_go(
    window: MainWindow, context: AppContext, qtbot: QtBot, key: str
) -> None:
    window.go_to(key)
    assert operations.wait_for_all(60)
    qtbot.wait(0)
    before = places(window)
    for number in range(3):
        context.show_message.emit(f"Something is wrong, number {number}.", "warning", "")
    qtbot.wait(0)
    assert len(shown(window)) == 3
    assert places(window) == before
    host = window.message_bar.parentWidget()
    assert host is not None
    assert host.rect().contains(window.message_bar.geometry()), "all of it is seen"


def test_messages_do_not_cover_what_asks_about_the_last_recording(
    window: MainWindow, context: AppContext, tmp_path: Path, qtbot: QtBot
) -> None:
    page: Any = window.page("live")
    source = tmp_path / "a.wav"
    source.write_bytes(b"")
    context.show_message.emit("Something is wrong.", "warning", "")
    transcript = Transcript(str(source), 1.0, "starter-en", (Segment((Word("one", 0.0, 0.5, 1.0),)),))
    page.end.ask(context.library.add(transcript, source), 1.0)

    def is_free() -> bool:
        end = QRect(page.end.mapTo(window, QPoint()), page.end.size())
        bar = QRect(window.message_bar.mapTo(window, QPoint()), window.message_bar.size())
        return not end.intersects(bar)

    qtbot.waitUntil(is_free, timeout=PATIENCE_MS)


def test_messages_do_not_cover_the_newest_line(window: MainWindow, context: AppContext, qtbot: QtBot) -> None:
    page: Any = window.page("live")
    for number in range(30):
        context.live.heard.emit(
            Final(number, (Word(f"line {number}", number, number + 0.5, 0.9),), number, number)
        )
    context.show_message.emit("Something is wrong.", "warning", "")

    def newest_is_free() -> bool:
        view = page.captions
        cursor = QTextCursor(view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        line = view.cursorRect(cursor)
        bottom = view.viewport().mapTo(window, line.bottomLeft()).y()
        return (
            bottom < window.message_bar.mapTo(window, QPoint()).y()
            and line.bottom() <= view.viewport().height()
        )

    qtbot.waitUntil(newest_is_free, timeout=PATIENCE_MS)
    window.message_bar.messages()[0].dismiss()
    qtbot.waitUntil(lambda: page.captions.viewportMargins().bottom() == 0, timeout=PATIENCE_MS)


def test_a_message_belongs_to_the_page_on_which_it_came(window: MainWindow, context: AppContext) -> None:
    window.go_to("library")
    context.show_message.emit("For your information.", "info", "")
    context.show_message.emit("This went wrong.", "error", "")
    context.notify.emit(Notice("On every page.", "warning", page=EVERY_PAGE))
    assert shown(window) == ["On every page.", "This went wrong.", "For your information."]
    window.go_to("settings")
    assert shown(window) == ["On every page."]
    window.go_to("library")
    assert shown(window) == ["On every page.", "This went wrong."], "mere information is over"
    context.notify.emit(Notice("Later.", "warning", page="models"))
    assert "Later." not in shown(window)
    window.go_to("models")
    assert shown(window)[0] == "Later."


def test_a_message_ends_with_its_cause(window: MainWindow, context: AppContext) -> None:
    for cause in ("a", "a.b", "ab", ""):
        context.notify.emit(Notice(f"About {cause}.", "warning", about=cause, page=EVERY_PAGE))
    context.is_over.emit("a")
    assert [message.notice.about for message in window.message_bar.messages()] == ["", "ab"]
    context.is_over.emit("")
    assert len(window.message_bar.messages()) == 2


def test_what_is_told_of_a_recording_is_seen_on_every_page_and_ends_with_it(
    window: MainWindow, context: AppContext, qtbot: QtBot, quiet_room: FakeSoundSystem
) -> None:
    live = context.live
    live.start()
    qtbot.waitUntil(lambda: live.state is LiveState.LISTENING, timeout=PATIENCE_MS)
    window.go_to("settings")
    for kind, sentence in (
        ("silent", "Nothing is heard."),
        ("disk_low", "The disk is nearly full."),
        ("gap", "Some sound is missing."),
    ):
        live._recorder_said.emit(RecorderEvent(kind, 1.0, sentence, {}))
    assert shown(window) == ["Some sound is missing.", "The disk is nearly full.", "Nothing is heard."]
    live._recorder_said.emit(RecorderEvent("heard", 2.0, None, {}))
    assert shown(window) == ["Some sound is missing.", "The disk is nearly full."]
    with qtbot.waitSignal(live.ended, timeout=PATIENCE_MS):
        live.stop()
    assert shown(window) == ["The disk is nearly full."]
    live._recorder_said.emit(RecorderEvent("disk_ok", 3.0, None, {}))
    assert shown(window) == []


def test_no_microphone_is_told_until_there_is_one(
    window: MainWindow, context: AppContext, qtbot: QtBot, quiet_room: FakeSoundSystem
) -> None:
    devices = list(quiet_room.devices)
    quiet_room.devices.clear()
    context.live.start()
    qtbot.waitUntil(lambda: bool(shown(window)), timeout=PATIENCE_MS)
    quiet_room.devices.extend(devices)
    context.live.start()
    assert shown(window) == []
    qtbot.waitUntil(lambda: context.live.state is LiveState.LISTENING, timeout=PATIENCE_MS)
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
        context.live.stop()


def test_what_is_told_of_a_transcript_ends_when_it_is_closed(window: MainWindow, context: AppContext) -> None:
    window.go_to("editor")
    page: Any = window.page("editor")
    transcript = Transcript("talk.wav", 1.0, "starter-en", (Segment((Word("one", 0.0, 0.5, 1.0),)),))
    page.open_document(transcript, None)
    assert "the audio of this transcript is missing" in shown(window)[0].lower()
    page.close_document()
    assert shown(window) == []


def test_a_message_that_is_closed_by_key_leaves_the_keyboard_in_the_window(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    context.show_message.emit("Something is wrong.", "warning", "")
    (message,) = window.message_bar.messages()
    assert isinstance(message, Message)
    close = message.findChildren(type(window._buttons["live"]))[-1]
    close.setFocus()
    close.click()
    qtbot.wait(0)
    assert QApplication.focusWidget() is not None
