"""The Editor page as a person uses it: by keys and clicks, with real sound where there is some."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QInputDialog,
    QLineEdit,
    QMenu,
    QTableView,
    QTextEdit,
)
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor import teaching
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.gui.widgets.subtitle_rules_form import kept_rules
from asr_desktop.recognition.alternatives import Alternative
from asr_desktop.recognition.second_look import SecondLook
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import WordPlace
from asr_desktop.transcripts.export import FORMATS, SubtitleRules
from asr_desktop.transcripts.export.json import read_json
from tests.fixtures.make_fixtures import SHORT_TEXT, VoiceMissingError, spoken
from tests.fixtures.make_media import speech_like, write
from tests.gui.editor_talk import talk
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

Key = Qt.Key
WAIT = 60_000


@pytest.fixture
def page(qtbot: QtBot, context: AppContext) -> Iterator[EditorPage]:
    page = EditorPage(context)
    page.resize(1000, 760)
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitActive(page, timeout=WAIT):
        page.activateWindow()
    yield page
    page.close_document()


@pytest.fixture
def messages(context: AppContext) -> list[str]:
    told: list[str] = []
    context.show_message.connect(lambda sentence, _kind, _details: told.append(sentence))
    return told


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write(tmp_path / "talk.wav", speech_like(12.0, 16_000), 16_000)


def texts(page: EditorPage) -> list[str]:
    assert page.editable is not None
    return [segment.text for segment in page.editable.segments]


def test_without_a_transcript_every_key_is_harmless(page: EditorPage, context: AppContext) -> None:
    for binding in context.shortcuts.bindings():
        if binding.name.startswith("editor."):
            binding.shortcut.activated.emit()
    assert page.editable is None
    assert page.can_close()


def test_a_transcript_whose_sound_is_gone_can_be_corrected(
    qtbot: QtBot, page: EditorPage, messages: list[str]
) -> None:
    saved: list[Transcript] = []
    page.open_document(talk(), None, saved.append)
    assert "its text can be corrected without it" in messages[0]
    page.view.go_to(0)
    QTest.keyClicks(page.view, "So ")
    QTest.keyClick(page.view, Key.Key_Escape)  # takes back
    assert texts(page) == talk().text.split("\n")
    page.view.go_to(0)
    QTest.keyClicks(page.view, "Well ")
    page.save()
    qtbot.waitUntil(lambda: bool(saved), timeout=WAIT)
    assert saved[-1].segments[0].text == "Well the weather was fine"


def test_undo_split_join_and_delete_by_key(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(0, 4)
    QTest.keyClick(page.view, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert texts(page)[:2] == ["the", "weather was fine"]
    page.view.go_to(0)
    QTest.keyClick(page.view, Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert texts(page) == talk().text.split("\n")
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.view, Key.Key_Backspace, control_shift)
    assert len(texts(page)) == 2
    for _ in range(3):
        QTest.keyClick(page.view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.editable is not None
    assert page.editable.segments == talk().segments
    QTest.keyClick(page.view, Key.Key_Z, control_shift)
    assert texts(page)[:2] == ["the", "weather was fine"]


def test_keys_are_rebound_like_a_pedals(page: EditorPage, context: AppContext) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(0)
    assert context.shortcuts.rebind("editor.merge", QKeySequence("F13")) is None
    QTest.keyClick(page.view, Key.Key_F13)
    assert len(texts(page)) == 2
    assert context.shortcuts.rebind("editor.split", QKeySequence("F1")) == "Back a little"


def speakers(page: EditorPage) -> list[str | None]:
    assert page.editable is not None
    return [segment.speaker for segment in page.editable.segments]


def name(page: EditorPage, segment: int, name: str, *, everywhere: bool = False) -> None:
    """By the dialog."""
    page.view.go_to(segment)
    page.speakers.ask()
    dialog = page.speakers.dialog
    assert dialog is not None
    assert dialog.everywhere.isVisible() == (speakers(page)[segment] is not None)
    dialog.name.setEditText(name)
    dialog.everywhere.setChecked(everywhere)
    dialog.agree_button.click()
    assert page.speakers.dialog is None


def test_speakers_are_named_up_to_the_next_name(page: EditorPage) -> None:
    page.open_document(talk(), None)
    name(page, 1, "Ada")
    name(page, 2, " Charles ")
    assert speakers(page) == [None, "Ada", "Charles"]
    name(page, 1, "")
    assert speakers(page) == [None, None, "Charles"]


def test_a_speaker_gets_another_name_everywhere(page: EditorPage) -> None:
    page.open_document(talk(), None)
    for segment, speaker in enumerate(("Jon", "Ada", "Jon")):
        name(page, segment, speaker)
    name(page, 2, "John", everywhere=True)
    assert speakers(page) == ["John", "Ada", "John"]
    assert page.speakers.names == ["John", "Ada"]
    page.commands.undo()
    assert speakers(page) == ["Jon", "Ada", "Jon"]
    name(page, 0, "Ada", everywhere=True)
    assert speakers(page) == ["Ada", "Ada", "Ada"]


def test_speakers_are_given_by_a_digit_which_stays_theirs(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(1)
    QTest.keyClick(page.view, Key.Key_1, Qt.KeyboardModifier.AltModifier)  # nobody has a name yet
    assert page.speakers.dialog is not None
    page.speakers.dialog.reject()
    name(page, 1, "Ada")
    name(page, 0, "Charles")  # before Ada in the text, and yet the second
    page.view.go_to(0)
    QTest.keyClick(page.view, Key.Key_1, Qt.KeyboardModifier.AltModifier)
    page.view.go_to(2)
    QTest.keyClick(page.view, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert speakers(page) == ["Ada", "Ada", "Charles"]
    assert page.view.toPlainText() == talk().text


def test_what_is_selected_is_copied_with_time_and_speaker(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    name(page, 1, "Ada")
    name(page, 2, "Charles")
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    page.view.go_to(0)
    QTest.keyClick(page.view, Key.Key_C, control_shift)
    assert QApplication.clipboard().text() == "[00:00:00] the weather was fine"
    page.view.choose_stretch(4.5, 8.5)
    QTest.keyClick(page.view, Key.Key_C, control_shift)
    assert QApplication.clipboard().text() == "[00:00:04] Ada: thought day\n[00:00:08] Charles: we went"


def test_going_to_a_time_that_somebody_noted(page: EditorPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("0:08.6", True))
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.view, Key.Key_G, control_shift)
    assert page.view.segment == 2
    assert page.sound.position_seconds == pytest.approx(8.6)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("soon", True))
    page.panes.playback.position.click()
    assert page.sound.position_seconds == pytest.approx(8.6)
    assert page.panes.state.text() == "“soon” is no time."


def test_back_to_the_segment_before_by_key(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.setFocus()
    page.view.go_to(1)
    QTest.keyClicks(page.view, "Yes ")
    QTest.keyClick(page.view, Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert page.view.segment == 0
    assert texts(page)[1] == "Yes on thought day"


def test_the_menu_at_the_text_does_what_the_keys_do(page: EditorPage) -> None:
    page.open_document(talk(), None)
    name(page, 1, "Ada")
    page.view.go_to(0)
    page.menu.open(page.mapToGlobal(page.rect().center()))
    menu = page.panes.findChild(QMenu)
    assert menu is not None
    (action,) = (action for action in menu.actions() if action.text() == "Said by Ada\tAlt+1")
    action.trigger()
    menu.close()
    assert speakers(page)[0] == "Ada"


def test_find_and_replace(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.searching.open_bar()
    bar = page.panes.find_bar
    bar.text.setText("we")
    assert bar.count.text() == "1 of 3"
    assert page.view.textCursor().selectedText() == "we"
    page.searching.find_next()
    assert bar.count.text() == "2 of 3"
    page.searching.find_next(-1)
    assert bar.count.text() == "1 of 3"
    bar.whole_words.setChecked(True)
    assert bar.count.text() == "1 of 1"
    bar.replacement.setText("they")
    bar.replace.click()
    assert texts(page)[2] == "they went out together"
    assert bar.count.text() == "Not found"
    bar.whole_words.setChecked(False)
    bar.text.setText("e")
    bar.replacement.setText("E")
    bar.replace_all.click()
    assert texts(page)[0] == "thE wEathEr was finE"
    page.commands.undo()
    assert texts(page)[0] == "the weather was fine"


def test_borders_that_are_dragged_move_words_and_can_be_undone(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.go_to(1)
    page.panes.waveform._region.setRegion((3.5, 6.0))
    assert page.editable is not None
    moved = page.editable.segments[1]
    assert (moved.start_seconds, moved.end_seconds) == (3.5, 6.0)
    page.commands.undo()
    assert page.panes.waveform._region.getRegion() == (4.0, 5.4)


def test_the_next_doubtful_word_and_its_guesses(
    qtbot: QtBot, page: EditorPage, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def guesses(
        self: SecondLook, source: Path, words: list[Word], index: int, **_: float
    ) -> list[Alternative]:
        asked.append(index)
        return [Alternative("that", 0.6), Alternative("", 0.2)]

    monkeypatch.setattr(SecondLook, "alternatives", guesses)
    monkeypatch.setattr(page.playing, "play_around", lambda place: None)
    page.open_document(talk(), sound)
    page.doubts.next_doubtful()
    assert page.view.textCursor().selectedText() == "thought"
    qtbot.waitUntil(
        lambda: page.doubts.menu is not None and len(page.doubts.menu.actions()) == 7, timeout=WAIT
    )
    assert page.doubts.menu is not None
    assert [action.text() for action in page.doubts.menu.actions() if action.text()] == [
        "“thought” is right",
        "&1  that",
        "&2  Leave it out",
        "Play it again",
        "Next doubtful word",
    ]
    page.doubts.menu.actions()[2].trigger()
    assert texts(page)[1] == "on that day"
    page.doubts.menu.close()
    page.doubts.next_doubtful()
    assert page.view.textCursor().selectedText() == "day"
    assert page.doubts.menu is not None
    page.doubts.menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: asked == [1, 2], timeout=WAIT)
    assert page.editable is not None
    assert [word.confidence for word in page.editable.segments[1].words] == [0.9, 1.0, 1.0]
    page.doubts.menu.close()
    page.doubts.next_doubtful()
    assert "no doubtful words left" in page.panes.state.text()


def test_typing_at_the_menu_replaces_the_word(
    qtbot: QtBot, page: EditorPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open_document(talk(), None)
    page.doubts.next_doubtful()
    assert page.doubts.menu is not None
    QTest.keyClick(page.doubts.menu, Key.Key_T)
    qtbot.waitUntil(lambda: page.view.is_editing, timeout=WAIT)
    QTest.keyClicks(page.view, "hat")
    page.view.keep()
    assert texts(page)[1] == "on that day"


def test_subtitles_are_laid_out_and_broken_rules_marked(qtbot: QtBot, page: EditorPage) -> None:
    fast = Segment(tuple(Word("extraordinarily", 0.1 * i, 0.1 * i + 0.1, 1.0) for i in range(12)))
    page.open_document(Transcript("fast.wav", 5.0, "m", (fast,)), None)
    page.panes.subtitles_button.setChecked(True)
    model = page.panes.subtitles.model
    qtbot.waitUntil(lambda: model.rowCount() > 0, timeout=WAIT)
    assert "break a rule" in page.panes.subtitles.summary.text()
    tip = model.data(model.index(0, 2), Qt.ItemDataRole.ToolTipRole)
    assert "characters a second have to be read; at most 25. Shorten the text by" in tip
    page.panes.subtitles.table.setCurrentIndex(model.index(0, 1))
    assert page.panes.subtitles.problem.text() == tip.replace("\n", " ")
    page.panes.subtitles.table.clicked.emit(model.index(0, 1))
    assert page.view.textCursor().selectedText().split() == model.cue(0).text.split()
    page.editable.set_text(0, "fast")  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "keep the rules" in page.panes.subtitles.summary.text(), timeout=WAIT)


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
    assert "At most 12 characters a line" in subtitles.summary.text()
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


def test_a_part_that_is_selected_can_be_exported_alone(
    qtbot: QtBot, page: EditorPage, tmp_path: Path
) -> None:
    page.open_document(talk(), None)
    page.view.choose_stretch(5.0, 8.5)
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    dialog.format.setCurrentIndex(dialog.format.findData("txt"))
    assert dialog.only_selected.text() == "Only the 2 segments that are selected"
    dialog.only_selected.setChecked(True)
    qtbot.waitUntil(lambda: dialog.preview.toPlainText().startswith("on thought day"), timeout=WAIT)
    dialog.place.setText(str(tmp_path / "part"))
    dialog.export_button.click()
    qtbot.waitUntil((tmp_path / "part.txt").is_file, timeout=WAIT)
    assert "weather" not in (tmp_path / "part.txt").read_text()


def test_export_writes_what_was_corrected(
    qtbot: QtBot, page: EditorPage, messages: list[str], tmp_path: Path
) -> None:
    page.open_document(talk(), None)
    page.view.go_to(0)
    QTest.keyClicks(page.view, "So ")
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    assert not dialog.only_selected.isVisible()
    dialog.format.setCurrentIndex(dialog.format.findData("txt"))
    assert dialog.preview.toPlainText().startswith("So the weather")
    dialog.place.setText(str(tmp_path / "missing" / "talk"))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: "does not exist" in dialog.problem.text(), timeout=WAIT)
    dialog.place.setText(str(tmp_path / "talk"))
    dialog.export_button.click()
    qtbot.waitUntil((tmp_path / "talk.txt").is_file, timeout=WAIT)
    assert (tmp_path / "talk.txt").read_text().startswith("So the weather was fine")
    qtbot.waitUntil(lambda: any("Exported to" in sentence for sentence in messages), timeout=WAIT)


def test_every_format_is_written_and_says_that_it_was_corrected(
    qtbot: QtBot, page: EditorPage, context: AppContext, tmp_path: Path
) -> None:
    import docx

    page.open(context.library.add(talk(), tmp_path / "gone.wav"))
    qtbot.waitUntil(lambda: page.editable is not None, timeout=WAIT)
    QTest.keyClicks(page.view, "So ")
    for format, exporter in FORMATS.items():
        page.exporting.ask()
        dialog = page.exporting.dialog
        assert dialog is not None
        dialog.format.setCurrentIndex(dialog.format.findData(format))
        assert "weather" in dialog.preview.toPlainText()
        dialog.place.setText(str(tmp_path / "talk"))
        dialog.export_button.click()
        qtbot.waitUntil((tmp_path / f"talk{exporter.suffix}").is_file, timeout=WAIT)
    about = docx.Document(str(tmp_path / "talk.docx")).paragraphs[1].text
    assert about.endswith("recognised by starter-en, corrected by hand")
    assert read_json(tmp_path / "talk.json").is_corrected
    for suffix in (".txt", ".srt", ".vtt"):
        assert "So the weather was fine" in (tmp_path / f"talk{suffix}").read_text()


def test_an_entry_of_the_library_opens_at_the_moment_and_is_saved_there(
    qtbot: QtBot, page: EditorPage, context: AppContext, sound: Path
) -> None:
    entry = context.library.add(talk(), sound)
    page.open(entry, 8.6)
    qtbot.waitUntil(lambda: page.editable is not None, timeout=WAIT)
    assert page.view.segment == 2
    QTest.keyClicks(page.view, "Then ")
    with qtbot.waitSignal(context.library_changed, timeout=WAIT):
        page.save()
    assert context.library.transcript(entry).segments[2].text == "Then we went out together"
    page.open(entry, 0.0)
    assert page.view.segment == 0
    page.close_document()
    assert not list((context.library.path.parent / "drafts").glob("*.json"))


def test_corrections_of_a_program_that_was_killed_are_restored(
    qtbot: QtBot, page: EditorPage, messages: list[str]
) -> None:
    page.open_document(talk(), None, key="k")
    page.editable.set_text(0, "corrected")  # type: ignore[union-attr]
    assert page._saving is not None
    page._saving._autosave.write_now()
    page.editable = None  # killed: nothing of the end is done
    page._saving._autosave._ended.set()
    page.open_document(talk(), None, key="k")
    assert texts(page)[0] == "corrected"
    assert any("were restored" in sentence for sentence in messages)
    page.commands.undo()
    assert texts(page)[0] == "the weather was fine"


def test_what_was_typed_is_aligned_to_real_speech(qtbot: QtBot, page: EditorPage) -> None:
    try:
        speech = spoken(SHORT_TEXT)
    except VoiceMissingError as error:
        pytest.skip(str(error))
    misheard = ["the", "coat", "came", "back"]
    words = tuple(Word(text, 0.25 * i, 0.25 * i + 0.2, 0.4) for i, text in enumerate(misheard))
    page.open_document(Transcript(str(speech), 2.2, "starter-en", (Segment(words),)), speech)
    page.view.go_to(0, 4)
    page.editable.set_text(0, "the boat came back")  # type: ignore[union-attr]
    assert page.editable is not None
    estimated = page.editable.segments[0].words[1]
    qtbot.waitUntil(lambda: page.editable.segments[0].words[1] != estimated, timeout=120_000)  # type: ignore[union-attr]
    aligned = page.editable.segments[0].words
    assert [word.text for word in aligned] == ["the", "boat", "came", "back"]
    assert aligned[0] == words[0]
    assert aligned[2:] == words[2:]
    assert (
        words[0].end_seconds <= aligned[1].start_seconds <= aligned[1].end_seconds <= words[2].start_seconds
    )
    page.commands.undo()
    assert page.editable.segments[0].words == words


def test_the_word_that_is_heard_is_highlighted(
    qtbot: QtBot, page: EditorPage, sound: Path, messages: list[str], virtual_microphone: VirtualMicrophone
) -> None:
    page.open_document(talk(), sound)
    qtbot.waitUntil(lambda: page.sound.is_open, timeout=WAIT)
    page.view.setFocus()
    QTest.keyClick(page.view, Key.Key_Escape)
    assert page.sound.is_playing, messages
    qtbot.waitUntil(lambda: page.sound.position_seconds > 0.8, timeout=WAIT)
    assert [s.cursor.selectedText() for s in page.view.extraSelections()] == [
        page.editable.segments[0].words[page.view.place_at(page.sound.position_seconds).word].text  # type: ignore[union-attr]
    ]
    QTest.keyClick(page.view, Key.Key_F4)
    assert page.sound.speed == 1.1
    page.playing.skip(5.0)
    qtbot.waitUntil(lambda: page.sound.position_seconds > 5.0, timeout=WAIT)
    QTest.keyClick(page.view, Key.Key_Escape)
    assert not page.sound.is_playing
    before = page.sound.position_seconds
    QTest.keyClick(page.view, Key.Key_F1)
    assert page.sound.position_seconds == pytest.approx(before - 3.0, abs=0.01)
    page.view.go_to(1)
    QTest.keyClick(page.view, Key.Key_F6)
    assert page.sound.loop == pytest.approx((4.0, 5.4))
    rect = page.view.choose_word(WordPlace(0, 2))
    page.sound.set_loop(None)
    page.sound.toggle()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert page.sound.is_playing
    qtbot.waitUntil(lambda: not page.sound.is_playing, timeout=WAIT)  # one word, and no more
    assert page.sound.position_seconds == pytest.approx(1.4, abs=0.01)


def test_without_a_loudspeaker_the_sentence_comes_and_editing_goes_on(
    qtbot: QtBot, page: EditorPage, sound: Path, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sounddevice

    def fail(**_: object) -> None:
        raise sounddevice.PortAudioError("no device")

    monkeypatch.setattr(sounddevice, "OutputStream", fail)
    page.open_document(talk(), sound)
    qtbot.waitUntil(lambda: page.sound.is_open, timeout=WAIT)
    page.playing.play_or_pause()
    assert any("correcting the text works without it" in sentence for sentence in messages)
    page.sound.seek(4.6)
    assert page.view.extraSelections()[0].cursor.selectedText() == "thought"
    QTest.keyClicks(page.view, "So ")
    page.view.keep()
    assert texts(page)[0].startswith("So")


def test_the_waveform_is_drawn_zoomed_and_jumps(qtbot: QtBot, page: EditorPage, sound: Path) -> None:
    page.open_document(talk(), sound)
    qtbot.waitUntil(lambda: page.panes.waveform._waveform is not None, timeout=WAIT)
    assert page.panes.waveform._curve.getData()[0].size > 100
    start, end = page.panes.waveform.visible_range
    page.panes.waveform.zoom_in()
    assert page.panes.waveform.visible_range[1] - page.panes.waveform.visible_range[0] < end - start
    page.playing.go_to(8.7)
    assert page.view.segment == 2
    assert page.sound.position_seconds == pytest.approx(8.7)


def test_corrections_teach_the_model(
    qtbot: QtBot, page: EditorPage, context: AppContext, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: list[tuple[str, Path, str]] = []

    def teach(transcript: Transcript, source: Path, model: str) -> str:
        taught.append((transcript.text, source, model))
        return "3 sentences are ready."

    monkeypatch.setattr("asr_desktop.gui.editor.teaching.teach", teach)
    page.open_document(talk(), sound)
    with qtbot.waitSignal(context.offer, timeout=WAIT) as offered:
        page.panes.teach.click()
    assert offered.args[0] == "3 sentences are ready."
    assert taught == [(talk().text, sound, context.settings.model)]


def test_without_the_trainer_teaching_says_so(
    qtbot: QtBot, page: EditorPage, sound: Path, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "can_teach", lambda: False)
    page.open_document(talk(), sound)
    page.panes.teach.click()
    qtbot.waitUntil(
        lambda: any("trainer is not installed" in sentence for sentence in messages), timeout=WAIT
    )
    assert page.panes.teach.isEnabled()


def test_teaching_makes_pairs_of_real_speech(home: Path) -> None:
    try:
        speech = spoken(SHORT_TEXT)
    except VoiceMissingError as error:
        pytest.skip(str(error))
    words = tuple(Word(w, 0.25 * i, 0.25 * i + 0.2, 1.0) for i, w in enumerate(SHORT_TEXT.split()))
    transcript = Transcript(str(speech), 2.2, "starter-en", (Segment(words),))
    sentence = teaching.teach(transcript, speech, "starter-en")
    assert "are ready to teach the model" in sentence
    assert (teaching.pairs_folder() / "manifest.tsv").is_file()


def test_a_json_file_opens_with_the_sound_beside_it_and_is_saved_back(
    qtbot: QtBot, page: EditorPage, sound: Path
) -> None:
    from asr_desktop.transcripts.export import write as export

    path = export(talk(), sound.with_suffix(".json"))
    page.open_file(path)
    qtbot.waitUntil(lambda: page.editable is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: page.sound.is_open, timeout=WAIT)
    page.editable.set_text(0, "saved again")  # type: ignore[union-attr]
    page.close_document()
    assert read_json(path).segments[0].text == "saved again"
    assert json.loads(path.read_text())["source"] == "talk.wav"


def test_every_control_has_a_name(page: EditorPage) -> None:
    page.open_document(talk(), None)
    for kind in (QAbstractButton, QComboBox, QLineEdit, QTextEdit):
        for control in page.findChildren(kind):
            if isinstance(control.parent(), QComboBox | QLineEdit | QAbstractSpinBox | QTableView):
                continue  # Qt's own parts of a control
            assert control.accessibleName() or getattr(control, "text", str)(), control


def test_an_hour_opens_and_takes_a_letter(qtbot: QtBot, page: EditorPage) -> None:
    words = [Word(f"word{i}", i * 0.33, i * 0.33 + 0.3, (i % 10) / 10) for i in range(10_000)]
    segments = tuple(Segment(tuple(words[i : i + 10])) for i in range(0, 10_000, 10))
    page.open_document(Transcript("hour.wav", 3600.0, "m", segments), None)
    page.grab()
    page.view.go_to(500)
    QTest.keyClicks(page.view, "a")
    page.view.keep()
    assert texts(page)[500].startswith("aword5000")
