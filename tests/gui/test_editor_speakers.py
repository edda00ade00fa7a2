"""Who speaks: named by dialog, digit and menu, and copied with what they say."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
)
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.speakers import OFFER
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import Change
from tests.gui.editor_page import WAIT, Key, page, texts
from tests.gui.editor_talk import said, talk

__all__ = ["page"]


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
    (dialog.everywhere if everywhere else dialog.turn).setChecked(True)
    dialog.agree_button.click()
    assert page.speakers.dialog is None


def interview() -> Transcript:
    """As the machine found it: four turns of two speakers, the last but one in two segments."""
    found = ("Speaker 1", "Speaker 2", "Speaker 1", "Speaker 1", "Speaker 2", "Speaker 1")
    segments = tuple(replace(said("so they say", 2.0 * i), speaker=name) for i, name in enumerate(found))
    return Transcript("talk.wav", 12.0, "starter-en", segments)


def press(page: EditorPage, key: Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    QTest.keyClick(page.view, key, held)


def offers(context: AppContext) -> list[Notice]:
    told: list[Notice] = []
    context.notify.connect(told.append)
    context.is_over.connect(lambda cause: told.clear() if cause == OFFER else None)
    return told


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


def test_one_click_on_a_name_renames_the_speaker_everywhere(qtbot: QtBot, page: EditorPage) -> None:
    page.open_document(interview(), None)
    page.view.go_to(0)
    name_at = QPoint(page.view._margin.width - 60, page.view.cursorRect().center().y())
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=name_at)
    dialog = page.speakers.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.name.hasFocus, timeout=WAIT)
    QTest.keyClicks(dialog.name.lineEdit(), "Ada")  # in the place of the name, which is selected
    QTest.keyClick(dialog.name.lineEdit(), Key.Key_Return)
    assert speakers(page) == ["Ada", "Speaker 2", "Ada", "Ada", "Speaker 2", "Ada"]
    page.commands.undo()
    assert speakers(page) == [segment.speaker for segment in interview().segments]
    assert page.speakers.names == ["Speaker 1", "Speaker 2"]


def test_the_dialog_says_when_two_speakers_become_one(page: EditorPage) -> None:
    page.open_document(interview(), None)
    page.view.go_to(1)
    page.speakers.ask()
    dialog = page.speakers.dialog
    assert dialog is not None
    assert dialog.everywhere.text() == "Everything that Speaker 2 says (2)"
    assert dialog.agree_button.text() == "Name"
    dialog.name.setEditText("Speaker 1")
    assert dialog.agree_button.text() == "Merge"
    assert dialog.hint.text() == "Speaker 2 and Speaker 1 become one speaker. You can undo this."
    dialog.segment.setChecked(True)
    assert dialog.agree_button.text() == "Name"
    dialog.everywhere.setChecked(True)
    dialog.agree_button.click()
    assert set(speakers(page)) == {"Speaker 1"}
    assert page.speakers.in_use() == [(1, "Speaker 1")]
    page.commands.undo()
    assert page.speakers.in_use() == [(1, "Speaker 1"), (2, "Speaker 2")]


def test_a_name_that_begins_another_is_not_completed(page: EditorPage, qtbot: QtBot) -> None:
    segments = tuple(replace(said("yes", 2.0 * i), speaker=name) for i, name in enumerate(("Anna", "B")))
    page.open_document(Transcript("talk.wav", 12.0, "m", segments), None)
    page.view.go_to(1)
    page.speakers.ask()
    dialog = page.speakers.dialog
    assert dialog is not None
    line = dialog.name.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "Ann")
    assert dialog.name.currentText() == "Ann"


def test_nobody_who_speaks_loses_a_digit_to_a_corrected_name(page: EditorPage) -> None:
    segments = tuple(replace(said("yes", 2.0 * i), speaker=name) for i, name in enumerate(("A", "B")))
    page.open_document(Transcript("talk.wav", 12.0, "m", segments), None)
    page.speakers.rename("A", "Ben")  # by mistake
    page.speakers.rename("Ben", "Anna")
    page.speakers.rename("B", "Ben")
    assert page.speakers.in_use() == [(1, "Anna"), (2, "Ben")]


def test_a_merged_speaker_leaves_the_digits_of_the_others(page: EditorPage) -> None:
    segments = tuple(replace(said("yes", 2.0 * i), speaker=name) for i, name in enumerate(("A", "B", "C")))
    page.open_document(Transcript("talk.wav", 12.0, "m", segments), None)
    page.speakers.rename("B", "A")
    assert page.speakers.in_use() == [(1, "A"), (3, "C")]
    page.speakers.rename("C", "Cy")
    assert page.speakers.in_use() == [(1, "A"), (3, "Cy")]


def test_all_speakers_are_in_a_menu(page: EditorPage) -> None:
    page.open_document(interview(), None)
    page.speakers_menu.open()
    menu = page.panes.findChild(QMenu)
    assert menu is not None
    first, second = (action.menu() for action in menu.actions() if action.menu() is not None)
    assert [a.text() for a in menu.actions()][1].startswith("2  Speaker 2 · 0:03 in 2 segments")
    (next_turn,) = (action for action in second.actions() if action.text() == "Next turn")
    for index in (1, 4, 1):
        next_turn.trigger()
        assert page.view.segment == index
    (merging,) = (action.menu() for action in first.actions() if action.menu() is not None)
    assert [action.text() for action in merging.actions()] == ["Speaker 2"]
    merging.actions()[0].trigger()
    menu.close()
    assert set(speakers(page)) == {"Speaker 2"}


def test_a_digit_corrects_a_segment_then_its_turn_then_the_voice(
    page: EditorPage, context: AppContext
) -> None:
    offered = offers(context)
    page.open_document(interview(), None)
    page.view.setFocus()
    page.view.go_to(2)
    one, two = "Speaker 1", "Speaker 2"
    press(page, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert speakers(page) == [one, two, two, one, two, one]
    assert [notice.button for notice in offered] == ["Change all"]
    assert offered[0].sentence == "Later segments of Speaker 1: 2. Are they said by Speaker 2 too?"
    press(page, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert speakers(page) == [one, two, two, two, two, one]
    press(page, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert speakers(page) == [one, two, two, two, two, two]
    assert offered == []
    for _ in range(3):
        page.commands.undo()
    assert speakers(page) == [segment.speaker for segment in interview().segments]


def test_what_is_offered_is_done_by_its_button_and_ends_when_work_goes_on(
    page: EditorPage, context: AppContext
) -> None:
    offered = offers(context)
    page.open_document(interview(), None)
    page.view.go_to(1)
    page.speakers.say_number(1)
    (notice,) = offered
    assert notice.action is not None
    notice.action()
    assert set(speakers(page)) == {"Speaker 1"}
    page.commands.undo()
    page.commands.undo()
    page.view.go_to(1)
    page.speakers.say_number(1)
    assert len(offered) == 1
    page.view.go_to(3)
    assert offered == []
    assert speakers(page)[4] == "Speaker 2"


def click(menu: QMenu, action: QAction) -> None:
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_by_mouse_two_speakers_become_one_in_the_whole_transcript(page: EditorPage) -> None:
    page.open_document(interview(), None)
    QTest.mouseClick(page.panes.speakers, Qt.MouseButton.LeftButton)
    menu = page.panes.findChild(QMenu)
    assert menu is not None
    first = menu.actions()[0]
    click(menu, first)
    of_first = first.menu()
    assert isinstance(of_first, QMenu)
    (merging,) = (action for action in of_first.actions() if action.text() == "Merge with")
    click(of_first, merging)
    others = merging.menu()
    assert isinstance(others, QMenu)
    click(others, others.actions()[0])
    assert set(speakers(page)) == {"Speaker 2"}
    page.commands.undo()
    assert speakers(page) == [segment.speaker for segment in interview().segments]


def test_by_keyboard_two_speakers_become_one_in_the_whole_transcript(page: EditorPage, qtbot: QtBot) -> None:
    page.open_document(interview(), None)
    page.view.setFocus()
    page.view.go_to(1)
    press(page, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    dialog = page.speakers.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.name.hasFocus, timeout=WAIT)
    QTest.keyClicks(dialog.name.lineEdit(), "Speaker 1")
    assert dialog.agree_button.text() == "Merge"
    QTest.keyClick(dialog.name.lineEdit(), Key.Key_Return)
    assert set(speakers(page)) == {"Speaker 1"}


def test_by_mouse_a_segment_is_divided_at_a_turn(page: EditorPage) -> None:
    page.open_document(interview(), None)
    page.view.go_to(2, len("so "))
    page.menu.open(page.view.mapToGlobal(page.view.cursorRect().center()))
    menu = page.panes.findChild(QMenu)
    assert menu is not None
    (turn,) = (action for action in menu.actions() if action.text().startswith("Another speaker from cursor"))
    click(menu, turn)
    assert texts(page)[2:4] == ["so", "they say"]
    assert speakers(page)[2:5] == ["Speaker 1", "Speaker 2", "Speaker 1"]


def test_what_is_offered_is_done_by_a_click_on_its_button(window: MainWindow) -> None:
    page = window.page("editor")
    assert isinstance(page, EditorPage)
    window.go_to("editor")
    page.open_document(interview(), None)
    page.view.setFocus()
    page.view.go_to(2)
    press(page, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    question = "Later segments of Speaker 1: 2. Are they said by Speaker 2 too?"
    (message,) = (shown for shown in window.message_bar.messages() if shown.sentence == question)
    QTest.mouseClick(message.action_button, Qt.MouseButton.LeftButton)
    one, two = "Speaker 1", "Speaker 2"
    assert speakers(page) == [one, two, two, two, two, two]
    assert question not in [shown.sentence for shown in window.message_bar.messages()]
    page.close_document()


def test_a_segment_is_divided_where_the_other_speaker_begins(page: EditorPage) -> None:
    page.open_document(interview(), None)
    page.view.setFocus()
    page.view.go_to(2, len("so "))
    press(page, Key.Key_Return, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    assert texts(page)[2:4] == ["so", "they say"]
    assert speakers(page)[2:5] == ["Speaker 1", "Speaker 2", "Speaker 1"]
    assert page.view.segment == 3
    page.commands.undo()  # in one step
    assert speakers(page) == [segment.speaker for segment in interview().segments]
    page.view.go_to(4)
    press(page, Key.Key_Return, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    assert speakers(page)[4] == "Speaker 1"  # at its first word all of it is
    assert len(texts(page)) == 6


def test_where_nobody_is_known_a_new_turn_asks(page: EditorPage) -> None:
    page.open_document(talk(), None)
    page.view.go_to(0, len("the "))
    page.speakers.new_turn()
    assert texts(page)[:2] == ["the", "weather was fine"]
    assert page.speakers.dialog is not None
    page.speakers.dialog.name.setEditText("Ada")
    page.speakers.dialog.agree_button.click()
    assert speakers(page) == [None, "Ada", "Ada", "Ada"]


def test_a_screen_reader_hears_who_speaks(page: EditorPage) -> None:
    page.open_document(interview(), None)
    page.view.go_to(1)
    assert page.view.accessibleDescription() == "Speaker 2, 0:02"


def test_renaming_in_a_long_interview_does_not_lay_the_text_out_again(page: EditorPage) -> None:
    segments = tuple(replace(said("so", float(i)), speaker=f"Speaker {i % 3 + 1}") for i in range(3000))
    page.open_document(Transcript("talk.wav", 3000.0, "m", segments), None)
    rebuilt: list[None] = []
    page.view._blocks.rebuilt.connect(lambda: rebuilt.append(None))
    changes: list[Change] = []
    assert page.editable is not None
    page.editable.listen(changes.append)
    page.speakers.rename("Speaker 2", "Ada")
    assert speakers(page).count("Ada") == 1000
    assert (len(changes), rebuilt) == (1, [])


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


def test_the_menu_at_the_text_does_what_the_keys_do(page: EditorPage) -> None:
    page.open_document(talk(), None)
    name(page, 1, "Ada")
    page.view.go_to(0)
    page.menu.open(page.mapToGlobal(page.rect().center()))
    menu = page.panes.findChild(QMenu)
    assert menu is not None
    (action,) = (action for action in menu.actions() if action.text() == "Speaker: Ada\tAlt+1")
    action.trigger()
    menu.close()
    assert speakers(page)[0] == "Ada"
