"""The Live page with real sound: a microphone made of software, the recorder, the recogniser's process, the
library."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import SessionState
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import MARKER, LiveState
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.pages.live_page import LivePage
from asr_desktop.recognition.live_events import Final, Lag, Partial
from asr_desktop.transcripts.document import Word
from tests.audio.fake_sound import FakeSoundSystem
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

PATIENCE_MS = 120_000
RATE = 16_000


@pytest.fixture
def speech() -> NDArray[np.float32]:
    try:
        return read_all(spoken("the boat came back in the evening and the people went home"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    context.change_settings(has_been_welcomed=True, threads=1)
    window = MainWindow(context)

    def stop(window: MainWindow) -> None:
        """Before it is closed: nobody is there to answer a question."""
        if context.live.state is not LiveState.IDLE:
            with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
                context.live.stop()

    qtbot.addWidget(window, before_close_func=stop)
    window.show()
    return window


@pytest.fixture
def page(window: MainWindow) -> LivePage:
    page = window.page("live")
    assert isinstance(page, LivePage)
    return page


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def words(*texts: str, confidence: float = 0.9, at: float = 0.0) -> tuple[Word, ...]:
    return tuple(Word(text, at + i, at + i + 0.5, confidence) for i, text in enumerate(texts))


def test_what_is_said_is_shown_while_it_is_said_and_lies_in_the_library_at_the_end(
    virtual_microphone: VirtualMicrophone,
    page: LivePage,
    window: MainWindow,
    context: AppContext,
    qtbot: QtBot,
    speech: NDArray[np.float32],
) -> None:
    heard: list[object] = []
    context.live.heard.connect(heard.append)
    qtbot.mouseClick(page.record_button, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: context.live.state is not LiveState.STARTING)
    assert context.live.state is LiveState.LISTENING, [m.sentence for m in window.message_bar.messages()]
    player = virtual_microphone.start_playing(np.concatenate([speech, np.zeros(RATE, np.float32)]), RATE)
    until(qtbot, lambda: page.status.meter.level.rms_dbfs > -50)
    until(qtbot, lambda: any(isinstance(event, Partial) for event in heard))
    assert not page.captions.is_empty
    qtbot.keyClick(page, Qt.Key.Key_F7)
    until(qtbot, lambda: any(isinstance(event, Final) for event in heard))
    player.wait()
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS) as ended:
        qtbot.keyClick(page, Qt.Key.Key_F9)
        assert context.live.state is LiveState.FINISHING
    entry_id, seconds = ended.args
    entry = context.library.entry(entry_id)
    assert entry.kind == "session"
    assert entry.duration_seconds == pytest.approx(seconds, abs=0.1)
    spoken_words = " ".join(page.captions.text().split())
    assert spoken_words
    assert " ".join(context.library.transcript(entry_id).text.split()) == spoken_words
    assert context.library.audio_path(entry_id) is not None
    session = context.live.session
    assert session is not None
    assert session.state() is SessionState.FINISHED
    assert [event["type"] for event in session.events()].count(MARKER) == 1
    # It is kept already; giving it a name is all that is left to do.
    assert page.end.isVisible()
    qtbot.keyClicks(page.end.name, "The boat")
    with qtbot.waitSignal(context.library_changed, timeout=PATIENCE_MS):
        qtbot.keyClick(page.end.name, Qt.Key.Key_Return)
    assert context.library.entry(entry_id).title == "The boat"
    assert not page.end.isVisible()
    # Closing asks nothing when nothing is recorded.
    assert page.can_close()


def test_discarding_puts_it_into_the_bin_from_which_it_can_be_taken_again(
    page: LivePage, window: MainWindow, context: AppContext, qtbot: QtBot, recording: Callable[[], int]
) -> None:
    entry_id = recording()
    with qtbot.waitSignal(context.library_changed, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.end.discard_button, Qt.MouseButton.LeftButton)
    assert context.library.entries() == []
    message = window.message_bar.messages()[0]
    with qtbot.waitSignal(context.library_changed, timeout=PATIENCE_MS):
        message.action_button.click()
    assert [entry.id for entry in context.library.entries()] == [entry_id]


def test_pause_records_nothing_and_goes_on(
    page: LivePage, context: AppContext, qtbot: QtBot, quiet_room: FakeSoundSystem
) -> None:
    context.live.start()
    until(qtbot, lambda: context.live.state is LiveState.LISTENING)
    qtbot.mouseClick(page.pause_button, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: context.live.state is LiveState.PAUSED)
    assert page.pause_button.isChecked()
    qtbot.keyClick(page, Qt.Key.Key_F8)
    until(qtbot, lambda: context.live.state is LiveState.LISTENING)
    assert not page.pause_button.isChecked()


def test_a_window_that_is_closed_while_recording_asks_and_stops_safely(
    page: LivePage,
    window: MainWindow,
    context: AppContext,
    qtbot: QtBot,
    quiet_room: FakeSoundSystem,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([1, 0])  # go on recording, then stop and close

    def answer(box: QMessageBox) -> int:
        box.buttons()[next(answers)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    context.live.start()
    until(qtbot, lambda: context.live.state is LiveState.LISTENING)
    window.close()
    assert window.isVisible()
    assert context.live.is_recording
    with qtbot.waitSignal(window.closing, timeout=PATIENCE_MS):
        window.close()
    assert not window.isVisible()
    session = context.live.session
    assert session is not None
    assert session.state() is SessionState.FINISHED
    assert len(context.library.entries()) == 1


def test_a_microphone_that_is_missing_is_said_in_a_sentence(
    page: LivePage, window: MainWindow, context: AppContext, qtbot: QtBot, quiet_room: FakeSoundSystem
) -> None:
    quiet_room.devices.clear()
    context.live.start()
    until(qtbot, lambda: bool(window.message_bar.messages()))
    assert "plug it in" in window.message_bar.messages()[0].sentence
    assert context.live.state is LiveState.IDLE
    assert page.record_button.isEnabled()


def test_hotwords_that_are_typed_are_kept_and_told_to_the_recording_at_once(
    page: LivePage, context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(context.live, "set_hotwords", told.append)
    page.hotwords.editor.setPlainText("Ada Lovelace\nBabbage: 12\n\nno:99")
    until(qtbot, lambda: bool(told))
    assert told == [("Ada Lovelace", "Babbage: 12")]
    assert context.settings.hotwords == ("Ada Lovelace", "Babbage: 12")
    assert [hotword.weight for hotword in context.model_choice().hotwords] == [8.0, 12.0]


def test_open_words_are_dim_and_unsure_words_marked(
    page: LivePage, context: AppContext, qtbot: QtBot
) -> None:
    view = page.captions
    context.live.heard.emit(Partial(1, words("the", "boat", "came"), 2, 0.0, 3.0))
    assert view.toPlainText() == "0:00\tthe boat came"
    assert [style_of(view, word) for word in ("the", "boat", "came")] == ["plain", "plain", "dim"]
    context.live.heard.emit(Final(1, (*words("the", "boat"), *words("cane", confidence=0.2, at=2)), 0.0, 3.0))
    assert view.toPlainText() == "0:00\tthe boat cane"
    assert [style_of(view, word) for word in ("boat", "cane")] == ["plain", "unsure"]
    context.live.heard.emit(Partial(2, words("and", at=65), 0, 65.0, 66.0))
    context.live.marked.emit(66.0)
    context.live.heard.emit(Partial(2, words("and", "so", at=65), 1, 65.0, 67.0))
    assert view.toPlainText().splitlines() == ["0:00\tthe boat cane", "1:05\tand so", "1:06\t⚑ Marker"]
    # What sounded like speech was none.
    context.live.heard.emit(Final(2, (), 65.0, 67.0))
    assert view.toPlainText().splitlines() == ["0:00\tthe boat cane", "1:06\t⚑ Marker"]
    qtbot.mouseClick(page.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "the boat cane"


def style_of(view: object, word: str) -> str:
    cursor = view.document().find(word)  # type: ignore[attr-defined]
    style = cursor.charFormat()
    if style.fontItalic():
        return "dim"
    return "unsure" if style.underlineStyle() is style.UnderlineStyle.DotLine else "plain"


def test_the_lag_is_told_as_long_as_there_is_one(page: LivePage, context: AppContext) -> None:
    context.live.heard.emit(Lag(3.2))
    assert "3 s behind" in page.status.lag.text()
    context.live.heard.emit(Lag(0.0))
    assert page.status.lag.text() == ""


def test_another_key_can_be_chosen_for_recording(
    page: LivePage, context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.change_settings(shortcuts={"live.record": "Ctrl+R"})
    assert "Ctrl+R" in page.status.hint.text()
    assert "Ctrl+R" in page.record_button.toolTip()


@pytest.fixture
def recording(context: AppContext, qtbot: QtBot, quiet_room: FakeSoundSystem) -> Callable[[], int]:
    def record() -> int:
        context.live.start()
        until(qtbot, lambda: context.live.recorded_seconds > 0.6)
        with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS) as ended:
            context.live.stop()
        return int(ended.args[0])

    return record


def test_a_narrow_window_is_for_what_is_said(window: MainWindow, page: LivePage, qtbot: QtBot) -> None:
    window.resize(1180, 760)
    qtbot.waitUntil(lambda: not page.columns.is_narrow, timeout=PATIENCE_MS)
    assert page.hotwords.isVisible()
    assert page.pause_button.text() == "Pause"
    window.resize(780, 560)
    qtbot.waitUntil(lambda: page.columns.is_narrow, timeout=PATIENCE_MS)
    assert not page.hotwords.isVisible()
    assert (page.pause_button.text(), page.pause_button.accessibleName()) == ("", "Pause")
    assert page.marker_button.accessibleName() == "Marker"
    qtbot.mouseClick(page.columns.toggle, Qt.MouseButton.LeftButton)
    assert page.hotwords.isVisible()
    window.resize(1180, 760)
    qtbot.waitUntil(lambda: not page.columns.is_narrow, timeout=PATIENCE_MS)
    assert page.marker_button.text() == "Marker"
