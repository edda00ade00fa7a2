"""From words to a selection in the text, and from a selection to the words that it holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QTextCursor, QTextDocument

from asr_desktop.gui.widgets.transcript_text import word_spans
from asr_desktop.transcripts.document import Segment
from asr_desktop.transcripts.editing import WordPlace


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
