"""Typed text on its way into the document.

Undo steps are not single keys: typed text becomes a step after a pause, and the segment stays open until the
caret leaves it. Until then Escape undoes all of it, however many steps there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit

from asr_desktop.gui.theme import theme
from asr_desktop.gui.widgets.transcript_text import word_spans
from asr_desktop.transcripts.document import Segment
from asr_desktop.transcripts.editing import EditableTranscript, Match, WordPlace

# Conversion between words and selections in the text


def select(document: QTextDocument, index: int, start: int, stop: int) -> QTextCursor:
    """A cursor that selects characters [start, stop) of a segment, limited to its length."""
    block = document.findBlockByNumber(index)
    last = block.position() + block.length() - 1
    cursor = QTextCursor(block)
    cursor.setPosition(min(block.position() + start, last))
    cursor.setPosition(min(block.position() + stop, last), QTextCursor.MoveMode.KeepAnchor)
    return cursor


def select_words(
    document: QTextDocument, segments: Sequence[Segment], first: WordPlace, last: WordPlace
) -> QTextCursor:
    """A cursor that selects the words from `first` to `last` (inclusive)."""
    start, _ = word_spans(segments[first.segment].words)[first.word]
    _, stop = word_spans(segments[last.segment].words)[last.word]
    cursor = select(document, first.segment, start, start)
    end = select(document, last.segment, stop, stop)
    cursor.setPosition(end.position(), QTextCursor.MoveMode.KeepAnchor)
    return cursor


def word_at(segments: Sequence[Segment], index: int, column: int) -> WordPlace:
    """The word at or after this column of a segment; after the last word, the last word."""
    spans = word_spans(segments[index].words)
    number = next((n for n, (_, stop) in enumerate(spans) if column < stop), len(spans) - 1)
    return WordPlace(index, number)


def word_at_position(document: QTextDocument, segments: Sequence[Segment], position: int) -> WordPlace:
    """The same for a position in the document."""
    block = document.findBlock(position)
    return word_at(segments, block.blockNumber(), position - block.position())


def selected_words(cursor: QTextCursor, segments: Sequence[Segment]) -> tuple[WordPlace, WordPlace]:
    """The first and last word that are at least partly selected; without a selection, those of the segment
    with the caret."""
    if not cursor.hasSelection():
        index = cursor.blockNumber()
        return WordPlace(index, 0), WordPlace(index, len(segments[index].words) - 1)
    return (
        word_at_position(cursor.document(), segments, cursor.selectionStart()),
        word_at_position(cursor.document(), segments, cursor.selectionEnd() - 1),
    )


# Which keys may change text: all within a segment, none across segment borders

_DELETING = (
    QKeySequence.StandardKey.DeleteEndOfWord,
    QKeySequence.StandardKey.DeleteStartOfWord,
    QKeySequence.StandardKey.DeleteEndOfLine,
    QKeySequence.StandardKey.DeleteCompleteLine,
)


def changes_text(event: QKeyEvent) -> bool:
    """Whether the text widget would insert or delete text."""
    is_typed = bool(event.text()) and event.text().isprintable()
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return (
        (is_typed and not held)
        or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
        or any(event.matches(key) for key in _DELETING)
    )


def spans_segments(cursor: QTextCursor) -> bool:
    """Whether the selection crosses the end of a segment."""
    document = cursor.document()
    return document.findBlock(cursor.selectionStart()) != document.findBlock(cursor.selectionEnd())


def refusal_of_selection(cursor: QTextCursor) -> str:
    """Why the selection cannot be replaced, as a sentence; "" if it can."""
    if not spans_segments(cursor):
        return ""
    return QCoreApplication.translate(
        "TranscriptView", "You can edit one segment at a time: select less text."
    )


def refusal_of_key(event: QKeyEvent, cursor: QTextCursor) -> str:
    """Why a key that changes text is refused at this place, as a sentence; "" if it is not."""
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


COMMIT_MS = 600
"""Pause after which typed text is committed to the document, and so saved."""


class OpenEdit:
    """The segment being edited, at most one at a time.

    show_again: restores a segment's text from the document in place of typed text.
    """

    def __init__(self, view: QTextEdit, show_again: Callable[[int], None]) -> None:
        self._view = view
        self._show_again = show_again
        self._editable: EditableTranscript | None = None
        self.segment: int | None = None
        """The segment edited since the caret entered it, until the edit is kept or cancelled."""
        self.is_committing = False
        """Whether the document is changing because of typed text."""
        self._pending: int | None = None
        self._steps = 0
        self._timer = QTimer(view, singleShot=True, interval=COMMIT_MS)
        self._timer.timeout.connect(self.commit)

    def open(self, editable: EditableTranscript) -> None:
        """Set the document."""
        self._editable = editable
        self.forget()

    @property
    def is_pending(self) -> bool:
        """Whether there is typed text that is not in the document yet."""
        return self._pending is not None

    def typed(self, index: int) -> None:
        """The text of this segment now differs from the document."""
        if self._pending is not None and self._pending != index:
            self.commit()
        if self.segment != index:
            self.segment, self._steps = index, 0
            self._view.viewport().update()
        self._pending = index
        self._timer.start()

    def commit(self) -> None:
        """Commit typed text, if any, to the document."""
        self._timer.stop()
        index, self._pending = self._pending, None
        if self._editable is None or index is None or index >= len(self._editable.segments):
            return
        self.is_committing = True
        try:
            if self._editable.set_text(index, self._view.document().findBlockByNumber(index).text()):
                self._steps += 1
        finally:
            self.is_committing = False

    def keep(self) -> None:
        """Commit and end the edit; a segment whose text was deleted is restored."""
        self.commit()
        self._end()

    def cancel(self) -> None:
        """Undo all edits of this segment since it was opened; `redo` of the document restores them."""
        self.commit()
        assert self._editable is not None
        steps, self._steps = self._steps, 0
        index, self.segment = self.segment, None
        for _ in range(steps):
            self._editable.undo()
        self.segment = index
        self._end()

    def forget(self) -> None:
        """End the edit because the document was changed by something else."""
        self._pending = self.segment = None
        self._steps = 0

    def _end(self) -> None:
        index, self.segment, self._steps = self.segment, None, 0
        if self._editable is not None and index is not None and index < len(self._editable.segments):
            self._show_again(index)
        self._view.viewport().update()


# Highlights: the word being played, search matches, and the selection

_MOST_MATCHES_SHOWN = 400


class TranscriptMarks:
    """The extra selections of a text view; changing them needs no new layout."""

    def __init__(self, view: QTextEdit) -> None:
        self._view = view
        self.spoken: WordPlace | None = None
        self.matches: Sequence[Match] = ()

    def clear(self) -> None:
        """Remove all marks, for another transcript."""
        self.spoken = None
        self.matches = ()

    def update(self, segments: Sequence[Segment], edited: int | None) -> None:
        """Update the marks. edited: the segment being edited, whose word positions are not valid."""
        look = theme.tokens
        selections = [
            self._mark(match.segment, match.start, match.stop, look.warning_background, look.text)
            for match in self.matches[:_MOST_MATCHES_SHOWN]
        ]
        if self.spoken is not None and self.spoken.segment < len(segments) and self.spoken.segment != edited:
            spans = word_spans(segments[self.spoken.segment].words)
            if self.spoken.word < len(spans):
                start, stop = spans[self.spoken.word]
                selections.append(
                    self._mark(self.spoken.segment, start, stop, look.accent_soft, look.on_accent_soft)
                )
        cursor = self._view.textCursor()
        if cursor.hasSelection():
            # Qt hides the selection while a menu or the find bar has the focus, when it is needed most.
            selections.append(_marked(cursor, look.accent, look.on_accent))
        self._view.setExtraSelections(selections)

    def _mark(
        self, index: int, start: int, stop: int, background: str, foreground: str
    ) -> QTextEdit.ExtraSelection:
        return _marked(select(self._view.document(), index, start, stop), background, foreground)


def _marked(cursor: QTextCursor, background: str, foreground: str) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = cursor
    form = QTextCharFormat()
    form.setBackground(QColor(background))
    form.setForeground(QColor(foreground))
    mark.format = form
    return mark
