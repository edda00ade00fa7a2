"""The question that is put before something under way is ended by closing."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from asr_desktop.gui.widgets.parts import question_box


def closing_question(
    parent: QWidget, *, title: str, question: str, consequence: str, close: str, stay: str
) -> QMessageBox:
    """Its first button, called `close`, is the default; Esc is `stay`."""
    box = question_box(parent, "help")
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText(consequence)
    agree = box.addButton(close, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(stay, QMessageBox.ButtonRole.RejectRole)
    agree.setProperty("kind", "primary")
    box.setDefaultButton(agree)
    box.setEscapeButton(refuse)
    return box


def is_agreed(box: QMessageBox) -> bool:
    """Puts the question, and waits for the answer."""
    box.exec()
    return box.buttonRole(box.clickedButton()) is QMessageBox.ButtonRole.AcceptRole
