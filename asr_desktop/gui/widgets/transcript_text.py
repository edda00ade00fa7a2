"""Segments as blocks of a QTextDocument, with formats where a word is doubtful.

Block number and segment index are the same at all times; only these functions divide, join or remove blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtGui import (
    QColor,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from asr_desktop.gui.theme import DOUBTFUL_BELOW, SPACE, UNSURE_BELOW, theme
from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.phrases import needs_space


def word_spans(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The characters [start, stop) of each word in the segment's text."""
    spans: list[tuple[int, int]] = []
    place = 0
    for index, word in enumerate(words):
        if index and needs_space(words[index - 1].text, word.text):
            place += 1
        spans.append((place, place + len(word.text)))
        place += len(word.text)
    return spans


def fill(document: QTextDocument, segments: Sequence[Segment]) -> None:
    """Put the segments into an empty document."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for number, segment in enumerate(segments):
        if number:
            cursor.insertBlock(_block_format(), QTextCharFormat())
        else:
            cursor.setBlockFormat(_block_format())
        _insert_words(cursor, segment)
    cursor.endEditBlock()


def replace_blocks(document: QTextDocument, index: int, removed: int, inserted: Sequence[Segment]) -> None:
    """From block `index` on, `removed` blocks become those of `inserted`."""
    common = min(removed, len(inserted))
    for offset in range(common):
        set_block(document.findBlockByNumber(index + offset), inserted[offset])
    for offset in range(common, len(inserted)):
        _insert_block(document, index + offset, inserted[offset])
    for _ in range(common, removed):
        _remove_block(document, index + common)


def set_block(block: QTextBlock, segment: Segment) -> None:
    """Make a block show a segment; where its text is right already, only the formats change."""
    if block.text() == segment.text:
        _format_words(block, segment)
        return
    cursor = QTextCursor(block)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()
    _insert_words(cursor, segment)


def _insert_block(document: QTextDocument, index: int, segment: Segment) -> None:
    if index < document.blockCount():
        cursor = QTextCursor(document.findBlockByNumber(index))
        cursor.insertBlock(_block_format(), QTextCharFormat())
        cursor.movePosition(QTextCursor.MoveOperation.PreviousBlock)
    else:
        cursor = QTextCursor(document.lastBlock())
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        cursor.insertBlock(_block_format(), QTextCharFormat())
    _insert_words(cursor, segment)


def _remove_block(document: QTextDocument, index: int) -> None:
    block = document.findBlockByNumber(index)
    cursor = QTextCursor(block)
    if block.next().isValid():
        cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
    else:
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.deletePreviousChar()


def _insert_words(cursor: QTextCursor, segment: Segment) -> None:
    text = segment.text
    for start, stop, confidence in _runs(segment.words):
        cursor.insertText(text[start:stop], _word_format(confidence))


def _format_words(block: QTextBlock, segment: Segment) -> None:
    cursor = QTextCursor(block)
    for start, stop, confidence in _runs(segment.words):
        cursor.setPosition(block.position() + start)
        cursor.setPosition(block.position() + stop, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(_word_format(confidence))


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int, float]]:
    """[start, stop) and a confidence for stretches that look alike; together they are the whole text."""
    begin, end, level = 0, 0, 1.0
    for (start, stop), word in zip(word_spans(words), words, strict=True):
        next_level = _level(word.confidence)
        if next_level != level:
            # A space beside a plain word is plain.
            border = start if level == 1.0 else end
            if border > begin:
                yield begin, border, level
            if next_level != 1.0 and start > border:
                yield border, start, 1.0
                border = start
            begin, level = border, next_level
        end = stop
    yield begin, end, level


def _level(confidence: float) -> float:
    if confidence < DOUBTFUL_BELOW:
        return 0.0
    return DOUBTFUL_BELOW if confidence < UNSURE_BELOW else 1.0


def _word_format(level: float) -> QTextCharFormat:
    """Plain, or underlined with dots; the least sure are tinted too. All have a contrast above 4.5:1."""
    form = QTextCharFormat()
    look = theme.tokens
    if level < UNSURE_BELOW:
        colour = QColor(look.doubtful if level < DOUBTFUL_BELOW else look.unsure)
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        form.setUnderlineColor(colour)
        if level < DOUBTFUL_BELOW:
            form.setForeground(colour)
    return form


def _block_format() -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setBottomMargin(SPACE + 2)
    form.setLineHeight(118, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    return form
