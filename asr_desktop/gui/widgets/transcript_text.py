"""Segments as blocks of a QTextDocument, with formats for doubtful words.

Block number and segment index are always equal; only these functions split, join or remove blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QTextBlock, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit
from shiboken6 import isValid

from asr_desktop.gui.theme import DOUBTFUL_BELOW, SPACE, UNSURE_BELOW, theme
from asr_desktop.gui.widgets.transcript_margin import TranscriptMargin
from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing import Change, EditableTranscript
from asr_desktop.transcripts.phrases import needs_space

# Keeps a text view's document in step with the transcript: shows the transcript's changes and reports typed
# text.

_REBUILD_FROM = 100  # changed segments; for more, a rebuild is faster


class TranscriptBlocks(QObject):
    """Block number and segment index are always equal, except between a fault and its repair."""

    typed = Signal(int)
    """Text was typed, pasted or cut in this block."""
    rebuilt = Signal()

    def __init__(self, view: QTextEdit, margin: TranscriptMargin) -> None:
        super().__init__(view)
        self._view = view
        self._margin = margin
        self._editable: EditableTranscript | None = None
        self.is_filling = False
        """Whether the text is being changed by this object."""

    def open(self, editable: EditableTranscript) -> None:
        """Show another transcript from its beginning."""
        self._editable = editable
        self._view.moveCursor(QTextCursor.MoveOperation.Start)
        self.rebuild()
        self._view.moveCursor(QTextCursor.MoveOperation.Start)
        self._view.verticalScrollBar().setValue(0)

    def show(self, change: Change, *, is_typed: bool) -> None:
        """Show a change of the transcript; is_typed: the view shows it already."""
        assert self._editable is not None
        most = max(len(change.removed), len(change.inserted))
        if self._shows_already(change):
            self._view.viewport().update()  # a name or tick in the margin
        elif most > _REBUILD_FROM or not self._editable.segments or self._shows_nothing():
            self.rebuild()
        elif not (is_typed and self._is_space_at_the_end(change)):
            self._replace(change)
        self._make_room_for_names()

    def show_again(self, index: int) -> None:
        """Restore the transcript's text of a segment in place of typed text."""
        assert self._editable is not None
        segment = self._editable.segments[index]
        self._replace(Change(index, (segment,), (segment,)))

    def rebuild(self) -> None:
        """Rebuild the document, keeping caret and scroll position, and the selection if its text is the
        same."""
        assert self._editable is not None
        view, segments = self._view, self._editable.segments
        caret, text = view.textCursor(), view.toPlainText()
        column, index = caret.positionInBlock(), caret.blockNumber()
        anchor, position = caret.anchor(), caret.position()
        scrolled = view.verticalScrollBar().value()
        with self._filling():
            # Filled before it is shown, so that it is laid out only once.
            document = QTextDocument(view)
            document.setUndoRedoEnabled(False)
            document.setDocumentMargin(SPACE)
            document.setDefaultFont(view.font())
            fill(document, segments)
            former = view.document()
            view.setDocument(document)
            document.contentsChange.connect(self._contents_changed)
            if isValid(former):  # Qt itself deletes the document that it created
                former.deleteLater()
            view.setReadOnly(not segments)
            self._make_room_for_names(always=True)
            if view.toPlainText() == text:
                caret = view.textCursor()
                caret.setPosition(anchor)
                caret.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
                view.setTextCursor(caret)
            elif index < len(segments):
                self._put_caret(index, column)
            view.verticalScrollBar().setValue(scrolled)
        self.rebuilt.emit()

    def _contents_changed(self, position: int, removed: int, added: int) -> None:
        if self.is_filling or self._editable is None:
            return
        document = self._view.document()
        if document.blockCount() != max(1, len(self._editable.segments)):
            # Blocks were joined or split by something else: the transcript is right, not the view.
            QTimer.singleShot(0, self.rebuild)
        else:
            self.typed.emit(document.findBlock(position).blockNumber())

    def _replace(self, change: Change) -> None:
        caret = self._view.textCursor()
        index, column = caret.blockNumber(), caret.positionInBlock()
        with self._filling():
            replace_blocks(self._view.document(), change.index, len(change.removed), change.inserted)
            is_same_length = len(change.removed) == len(change.inserted)
            if is_same_length and change.index <= index < change.index + len(change.inserted):
                self._put_caret(index, column)

    def _put_caret(self, index: int, column: int) -> None:
        block = self._view.document().findBlockByNumber(index)
        caret = QTextCursor(block)
        caret.setPosition(block.position() + min(column, block.length() - 1))
        self._view.setTextCursor(caret)

    def _is_space_at_the_end(self, change: Change) -> bool:
        """Whether only spaces differ, because a space is being typed at the end."""
        if not len(change.removed) == len(change.inserted) == 1:
            return False
        shown, text = self._view.document().findBlockByNumber(change.index).text(), change.inserted[0].text
        return shown != text and " ".join(shown.split()) == text

    def _shows_already(self, change: Change) -> bool:
        """Whether the block has the same words with the same confidence."""
        if len(change.removed) != len(change.inserted) or not change.removed:
            return False
        if any(old.words != new.words for old, new in zip(change.removed, change.inserted, strict=True)):
            return False
        block = self._view.document().findBlockByNumber(change.index)
        for segment in change.inserted:
            if block.text() != segment.text:
                return False
            block = block.next()
        return True

    def _shows_nothing(self) -> bool:
        document = self._view.document()
        return document.blockCount() == 1 and not document.firstBlock().text()

    def show_markers(self, seconds: Sequence[float]) -> None:
        """Show flags in the margin, which is wider if there are markers."""
        self._margin.markers = seconds
        if self._editable is not None:
            self._make_room_for_names(always=True)
        self._view.viewport().update()

    def resized(self) -> None:
        """The view's width has changed: fit the names again."""
        if self._editable is not None:
            self._make_room_for_names()

    def _make_room_for_names(self, *, always: bool = False) -> None:
        """Make the margin as wide as the names need."""
        assert self._editable is not None
        names = self._editable.speakers()
        has_speakers = bool(names)
        is_same = not self._margin.fit_names(names) and has_speakers == self._margin.has_speakers
        if is_same and not always:
            return
        self._margin.has_speakers = has_speakers
        frame = self._view.document().rootFrame()
        layout = frame.frameFormat()
        layout.setLeftMargin(self._margin.width)
        layout.setRightMargin(2 * SPACE)
        layout.setTopMargin(SPACE)
        layout.setBottomMargin(4 * SPACE)
        with self._filling():
            frame.setFrameFormat(layout)

    @contextmanager
    def _filling(self) -> Iterator[None]:
        was_filling, self.is_filling = self.is_filling, True
        cursor = QTextCursor(self._view.document())
        cursor.beginEditBlock()
        try:
            yield
        finally:
            cursor.endEditBlock()
            self.is_filling = was_filling


def word_spans(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The character range [start, stop) of each word in the segment's text."""
    spans: list[tuple[int, int]] = []
    place = 0
    for index, word in enumerate(words):
        if index and needs_space(words[index - 1].text, word.text):
            place += 1
        spans.append((place, place + len(word.text)))
        place += len(word.text)
    return spans


def fill(document: QTextDocument, segments: Sequence[Segment]) -> None:
    """Fill an empty document with the segments."""
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
    """Replace `removed` blocks from block `index` on by the `inserted` segments."""
    common = min(removed, len(inserted))
    for offset in range(common):
        set_block(document.findBlockByNumber(index + offset), inserted[offset])
    for offset in range(common, len(inserted)):
        _insert_block(document, index + offset, inserted[offset])
    for _ in range(common, removed):
        _remove_block(document, index + common)


def set_block(block: QTextBlock, segment: Segment) -> None:
    """Show a segment in a block; if its text is the same, only the formats are changed."""
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
    """Ranges [start, stop) of equal format, with their confidence; together they cover the whole text."""
    begin, end, level = 0, 0, 1.0
    for (start, stop), word in zip(word_spans(words), words, strict=True):
        next_level = _level(word.confidence)
        if next_level != level:
            # A space next to a plain word is plain.
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
    """Plain, or with a dotted underline; the least confident words are tinted too. Contrast above 4.5:1."""
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
