"""The language changes in the open window, in both directions, and nothing that was there is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from asr_desktop.gui import operations, translations
from asr_desktop.gui.app import LanguageChange
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.tray import Tray
from asr_desktop.gui.voice_training import TrainingState
from asr_desktop.recognition.live_events import Final
from asr_desktop.transcripts.document import Segment, Transcript, Word
from tests.gui.said_in_window import english_in, texts_of
from tests.gui.voice_page import child

PATIENCE_MS = 60_000
PAGES = [page.key for page in known_pages()]


def words(text: str, start: float = 0.0) -> tuple[Word, ...]:
    return tuple(Word(part, start + at, start + at + 0.8, 0.3) for at, part in enumerate(text.split()))


@pytest.fixture
def window(context: AppContext, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    translations.install("en")
    source = tmp_path / "Hafen.wav"
    source.write_bytes(b"kein Ton")
    segments = (Segment(words("Hafen Mauer"), "Ada"), Segment(words("Turm Bucht", 4.0)))
    context.library.add(Transcript(str(source), 9.0, "starter-en", segments), source)
    context.change_settings(language="en")
    window = MainWindow(context)
    LanguageChange(context, window)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    yield window
    translations.install("en")


def title(window: MainWindow) -> str:
    return window._buttons["files"].accessibleName()


def speak(window: MainWindow, language: str, qtbot: QtBot) -> None:
    """As the Settings page does it."""
    window.context.change_settings(language=language)
    named = {"en": "Files", "de": "Dateien"}[language]
    qtbot.waitUntil(lambda: title(window) == named, timeout=PATIENCE_MS)
    assert operations.wait_for_all(60)


def sayings(page: QWidget) -> set[tuple[str, str]]:
    return set(texts_of(page))


@pytest.mark.parametrize("key", PAGES)
def test_every_page_speaks_the_other_language_and_the_first_one_again(
    window: MainWindow, key: str, qtbot: QtBot
) -> None:
    window.go_to(key)
    assert operations.wait_for_all(60)
    if key == "editor":
        window.context.open_transcript.emit(window.context.library.entries()[0].id, 1.0)
        assert operations.wait_for_all(60)
        window.message_bar.messages()[0].dismiss()  # the sound is gone
    english = sayings(window.page(key))
    speak(window, "de", qtbot)
    assert window.current_page == key
    for message in window.message_bar.messages():
        message.dismiss()
    assert english_in(window) == []
    speak(window, "en", qtbot)
    assert sayings(window.page(key)) == english


def test_numbers_are_written_as_in_the_other_language(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("settings")
    speak(window, "de", qtbot)
    assert translations.number_text(1234.56, 1) == "1.234,6"
    box = window.page("settings").findChildren(QSpinBox)[0]
    assert box.locale().decimalPoint() == ","


def test_keys_have_one_meaning_each_after_it(window: MainWindow, qtbot: QtBot) -> None:
    for key in PAGES:
        window.go_to(key)
    bound = set(window.context.shortcuts.bound())
    speak(window, "de", qtbot)
    assert set(window.context.shortcuts.bound()) == bound
    window.activateWindow()
    for key in PAGES:
        pressed = window.context.shortcuts.key(f"window.{key}")[0]
        qtbot.keyClick(window, pressed.key(), pressed.keyboardModifiers())
        assert window.current_page == key


def test_the_open_transcript_stays_with_its_unsaved_edit_and_its_history(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    entry = context.library.entries()[0].id
    context.open_transcript.emit(entry, 0.0)
    assert operations.wait_for_all(60)
    page: Any = window.page("editor")
    page.editable.set_text(1, "Turm und Bucht")
    page.view.go_to(1)
    speak(window, "de", qtbot)
    again: Any = window.page("editor")
    assert again is not page
    assert (again.entry_id, context.open_entry) == (entry, entry)
    assert again.view.segment == 1
    assert [segment.text for segment in again.editable.segments] == ["Hafen Mauer", "Turm und Bucht"]
    assert context.library.transcript(entry).segments[1].text == "Turm und Bucht"
    again.commands.undo()
    assert again.editable.segments[1].text == "Turm Bucht"
    assert "Turm Bucht" in again.view.toPlainText()


def test_a_transcript_s_own_words_are_not_taken_for_the_window_s(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("library")
    page: Any = window.page("library")
    page.search.setText("turm")
    assert operations.wait_for_all(60)
    speak(window, "de", qtbot)
    again: Any = window.page("library")
    assert again.search.text() == "turm"
    qtbot.waitUntil(lambda: again.model.rowCount() == 1, timeout=PATIENCE_MS)


def test_what_was_said_last_and_what_is_to_become_of_it_stay(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    page: Any = window.page("live")
    context.live.heard.emit(Final(1, words("the sea is wide"), 0.0, 3.0))
    context.live.marked.emit(2.0)
    page.end.ask(context.library.entries()[0].id, 65.0)
    page.end.name.setText("On the mole")
    speak(window, "de", qtbot)
    again: Any = window.page("live")
    assert again.captions.text() == "the sea is wide"
    assert "⚑" in again.captions.toPlainText()
    assert again.end.isVisible()
    assert again.end.name.text() == "On the mole"
    assert "1:05 aufgenommen" in " ".join(text for _, text in texts_of(again.end))


def test_while_something_is_recorded_it_waits(window: MainWindow, context: AppContext, qtbot: QtBot) -> None:
    context.live._set_state(LiveState.LISTENING)
    context.change_settings(language="de")
    qtbot.waitUntil(lambda: bool(window.message_bar.messages()), timeout=PATIENCE_MS)
    assert "when the current task" in window.message_bar.messages()[0].sentence
    assert title(window) == "Files"
    context.live._set_state(LiveState.IDLE)
    qtbot.waitUntil(lambda: title(window) == "Dateien", timeout=PATIENCE_MS)
    assert window.message_bar.messages() == []


def test_who_thinks_better_of_it_meanwhile_sees_nothing_of_it(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    page = window.page("live")
    context.live._set_state(LiveState.LISTENING)
    context.change_settings(language="de")
    context.change_settings(language="en")
    context.live._set_state(LiveState.IDLE)
    change = window.findChild(LanguageChange)
    qtbot.waitUntil(lambda: not change._timer.isActive())
    assert window.page("live") is page


def test_a_training_goes_on_and_the_new_page_shows_where_it_is(
    window: MainWindow, context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    context.teaching.command = child(
        tmp_path,
        "progress(stage='training', done=0.2, step=10, loss=2.0, before_wer=0.4)\n"
        "progress(stage='training', done=0.6, step=20, loss=1.0, wer=0.25, before_wer=0.4)\n"
        "while not __import__('os').path.exists(sys.argv[0] + '.go'): time.sleep(0.05)\n"
        "tell(type='result', finished=True, sentence='Done.', offered=False)\n",
    )
    window.go_to("voice")
    page: Any = window.page("voice")
    page.tabs.setCurrentIndex(2)
    page.teaching.start()
    qtbot.waitUntil(lambda: len(context.teaching.so_far) == 2, timeout=PATIENCE_MS)
    speak(window, "de", qtbot)
    again: Any = window.page("voice")
    assert again.tabs.currentIndex() == 2
    assert context.teaching.state is TrainingState.RUNNING
    assert again.teaching.progress.bar.value() == 600
    assert again.teaching.progress.plot.losses == [(10, 2.0), (20, 1.0)]
    assert again.teaching.progress.stage.text() == "Lernt …"
    (tmp_path / "child.py.go").write_text("")
    qtbot.waitUntil(lambda: context.teaching.state is TrainingState.IDLE, timeout=PATIENCE_MS)
    assert operations.wait_for_all(60)
    assert again.teaching.verdict.text() == "Done."


def test_tray_and_captions_speak_it_too(window: MainWindow, context: AppContext, qtbot: QtBot) -> None:
    tray = Tray(context, window)
    overlay = context.overlay
    speak(window, "de", qtbot)
    assert english_in(tray.contextMenu()) == []
    assert [action.text() for action in tray.findChildren(QAction)][-1] == "Beenden"
    assert overlay.windowTitle() == "Untertitel"


def test_the_first_run_speaks_it_too(window: MainWindow, qtbot: QtBot) -> None:
    window.welcome()
    assert operations.wait_for_all(60)
    speak(window, "de", qtbot)
    assert english_in(window) == []
    assert window._first_run is not None
    assert window._first_run.isVisible()
    window._first_run.done.emit(False)  # type: ignore[attr-defined]
    assert window.current_page == "live"


def test_who_chose_it_with_the_keyboard_can_choose_again(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitActive(window, timeout=PATIENCE_MS):
        window.activateWindow()
    window.go_to("live")
    window.go_to("settings")
    page: Any = window.page("settings")
    page.language_box.setFocus()
    page.language_box.setCurrentIndex(page.language_box.findData("de"))
    qtbot.waitUntil(lambda: title(window) == "Dateien", timeout=PATIENCE_MS)
    again: Any = window.page("settings")
    assert again.language_box.currentData() == "de"
    assert QApplication.focusWidget() is again.language_box
