"""What is being typed into a segment, on its way into the document.

Keys are not steps: what was typed becomes one after a pause, and the segment stays open until the caret
leaves it. Until then Escape takes all of it back, however many steps it has become.
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

# From words to a selection in the text, and from a selection to the words that it holds


def select(document: QTextDocument, index: int, start: int, stop: int) -> QTextCursor:
    """A cursor with the characters [start, stop) of a segment selected, as far as it has them."""
    block = document.findBlockByNumber(index)
    last = block.position() + block.length() - 1
    cursor = QTextCursor(block)
    cursor.setPosition(min(block.position() + start, last))
    cursor.setPosition(min(block.position() + stop, last), QTextCursor.MoveMode.KeepAnchor)
    return cursor


def select_words(
    document: QTextDocument, segments: Sequence[Segment], first: WordPlace, last: WordPlace
) -> QTextCursor:
    """A cursor with the words from `first` to `last` (included) selected."""
    start, _ = word_spans(segments[first.segment].words)[first.word]
    _, stop = word_spans(segments[last.segment].words)[last.word]
    cursor = select(document, first.segment, start, start)
    end = select(document, last.segment, stop, stop)
    cursor.setPosition(end.position(), QTextCursor.MoveMode.KeepAnchor)
    return cursor


def word_at(segments: Sequence[Segment], index: int, column: int) -> WordPlace:
    """The word of a segment that this column lies in or before; behind the last one, the last one."""
    spans = word_spans(segments[index].words)
    number = next((n for n, (_, stop) in enumerate(spans) if column < stop), len(spans) - 1)
    return WordPlace(index, number)


def word_at_position(document: QTextDocument, segments: Sequence[Segment], position: int) -> WordPlace:
    """The same for a position in the whole text."""
    block = document.findBlock(position)
    return word_at(segments, block.blockNumber(), position - block.position())


def selected_words(cursor: QTextCursor, segments: Sequence[Segment]) -> tuple[WordPlace, WordPlace]:
    """The first and the last word that are selected, whole or in part; without a selection those of the
    segment with the caret."""
    if not cursor.hasSelection():
        index = cursor.blockNumber()
        return WordPlace(index, 0), WordPlace(index, len(segments[index].words) - 1)
    return (
        word_at_position(cursor.document(), segments, cursor.selectionStart()),
        word_at_position(cursor.document(), segments, cursor.selectionEnd() - 1),
    )


# Which keys may change the transcript's text where: within a segment all, over its borders none

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


COMMIT_MS = 600
"""What was typed becomes part of the document after this pause, and so is saved."""


class OpenEdit:
    """At most one segment at a time.

    show_again: has a segment's text shown as the document has it, in place of what was typed.
    """

    def __init__(self, view: QTextEdit, show_again: Callable[[int], None]) -> None:
        self._view = view
        self._show_again = show_again
        self._editable: EditableTranscript | None = None
        self.segment: int | None = None
        """Whose text was changed since the caret came, and neither kept nor taken back."""
        self.is_committing = False
        """Whether the document is changing because of what was typed."""
        self._pending: int | None = None
        self._steps = 0
        self._timer = QTimer(view, singleShot=True, interval=COMMIT_MS)
        self._timer.timeout.connect(self.commit)

    def open(self, editable: EditableTranscript) -> None:
        """Another document."""
        self._editable = editable
        self.forget()

    @property
    def is_pending(self) -> bool:
        """Whether something was typed that is not in the document yet."""
        return self._pending is not None

    def typed(self, index: int) -> None:
        """The text of this segment is not that of the document any more."""
        if self._pending is not None and self._pending != index:
            self.commit()
        if self.segment != index:
            self.segment, self._steps = index, 0
            self._view.viewport().update()
        self._pending = index
        self._timer.start()

    def commit(self) -> None:
        """What was typed becomes part of the document, if there is any of it."""
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
        """End the editing of this segment; what is left of an emptied one is its text before."""
        self.commit()
        self._end()

    def cancel(self) -> None:
        """Take back what was typed into this segment; `redo` of the document does it again."""
        self.commit()
        assert self._editable is not None
        steps, self._steps = self._steps, 0
        index, self.segment = self.segment, None
        for _ in range(steps):
            self._editable.undo()
        self.segment = index
        self._end()

    def forget(self) -> None:
        """Something else has changed the document: what was typed is over."""
        self._pending = self.segment = None
        self._steps = 0

    def _end(self) -> None:
        index, self.segment, self._steps = self.segment, None, 0
        if self._editable is not None and index is not None and index < len(self._editable.segments):
            self._show_again(index)
        self._view.viewport().update()


# What lies over the transcript's text: the word that is heard, what was found, and what is selected

_MOST_MATCHES_SHOWN = 400


class TranscriptMarks:
    """The extra selections of a text view, which cost no new layout."""

    def __init__(self, view: QTextEdit) -> None:
        self._view = view
        self.spoken: WordPlace | None = None
        self.matches: Sequence[Match] = ()

    def clear(self) -> None:
        """Another transcript."""
        self.spoken = None
        self.matches = ()

    def update(self, segments: Sequence[Segment], edited: int | None) -> None:
        """Draw them anew. edited: the segment that is typed into, whose words are not where they were."""
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
            # Qt does not show it while a menu or the find bar has the keys, and that is when it matters.
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
