"""Which keys may change the transcript's text where: within a segment all, over its borders none."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor

_DELETING = (
    QKeySequence.StandardKey.DeleteEndOfWord,
    QKeySequence.StandardKey.DeleteStartOfWord,
    QKeySequence.StandardKey.DeleteEndOfLine,
    QKeySequence.StandardKey.DeleteCompleteLine,
)


def changes_text(event: QKeyEvent) -> bool:
    """Whether the text widget would type or delete something."""
    is_typed = bool(event.text()) and event.text().isprintable()
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return (
        (is_typed and not held)
        or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
        or any(event.matches(key) for key in _DELETING)
    )


def spans_segments(cursor: QTextCursor) -> bool:
    """Whether the selection reaches over the end of a segment."""
    document = cursor.document()
    return document.findBlock(cursor.selectionStart()) != document.findBlock(cursor.selectionEnd())


def refusal_of_selection(cursor: QTextCursor) -> str:
    """Why what is selected cannot be replaced, as a sentence; "" where it can."""
    if not spans_segments(cursor):
        return ""
    return QCoreApplication.translate(
        "TranscriptView", "You can edit one segment at a time: select less text."
    )


def refusal_of_key(event: QKeyEvent, cursor: QTextCursor) -> str:
    """Why a key that changes text cannot do so at this place, as a sentence; "" where it can."""
    refusal = refusal_of_selection(cursor)
    if refusal or cursor.hasSelection():
        return refusal
    deletes_back = event.key() == Qt.Key.Key_Backspace
    deletes_on = event.key() == Qt.Key.Key_Delete or event.matches(QKeySequence.StandardKey.DeleteEndOfWord)
    if (deletes_back and cursor.atBlockStart()) or (deletes_on and cursor.atBlockEnd()):
        return QCoreApplication.translate(
            "TranscriptView", "To join two segments, use “Join with next segment”."
        )
    return ""
