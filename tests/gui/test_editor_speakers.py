"""Who speaks: named by dialog, digit and menu, and copied with what they say."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
)

from asr_desktop.gui.pages.editor_page import EditorPage
from tests.gui.editor_page import Key, page
from tests.gui.editor_talk import talk

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
