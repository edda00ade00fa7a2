"""The transcript as one text that is read, listened to and corrected in place.

One QTextDocument with a block for each segment, and formats only where a word is doubtful. The other way, a
list with a delegate and an editor for the segment that is being changed, was measured as well (9,900 words in
1,000 segments, no screen): it opens in 0.33 s against 0.10, scrolls in 17 ms a frame against 3, and takes
0.5 s for another width against 0.02, because each row is laid out apart. And in one document the caret, a
selection and a screen reader pass from segment to segment as in any text.

Block number and segment index are the same at all times. So whatever would join or divide blocks is done by
the document's own operations and never by the text widget.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextEdit, QWidget
from shiboken6 import isValid

from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.widgets.transcript_margin import TranscriptMargin
from asr_desktop.gui.widgets.transcript_text import fill, replace_blocks, word_spans
from asr_desktop.transcripts.editing import Change, EditableTranscript, Match, WordPlace

FONT_POINTS = 13.0
COMMIT_MS = 600
"""What was typed becomes part of the document after this pause, and so is saved."""
_REBUILD_FROM = 100  # changed segments; more are quicker made anew
_MOST_MATCHES_SHOWN = 400


class TranscriptView(QTextEdit):
    """Shows an EditableTranscript and edits it; times and speakers stand in the margin."""

    word_clicked = Signal(int, int)
    """A word's segment and number."""
    segment_entered = Signal(int)
    """The caret has come to another segment."""
    time_clicked = Signal(int)
    speaker_clicked = Signal(int)
    refused = Signal(str)
    """A sentence: why something that was typed was not done."""
    menu_wanted = Signal(QPoint)
    """The context menu, at this place of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setStyleSheet(f"QTextEdit {{ font-size: {FONT_POINTS}pt; }}")
        self.setAccessibleName(self.tr("Transcript"))
        self.setUndoRedoEnabled(False)  # the document's own history holds more than text
        self.setAcceptRichText(False)
        self.setAcceptDrops(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabChangesFocus(True)
        self.is_own_key: Callable[[QKeySequence], bool] = lambda key: False
        """Whether a key belongs to an action of the page, which then gets it."""
        self._editable: EditableTranscript | None = None
        self._is_filling = False
        self._is_committing = False
        self._segment = -1
        self._pending: int | None = None
        self._open_edit: int | None = None
        self._open_steps = 0
        self._starts: list[float] | None = None
        self._margin = TranscriptMargin(self)
        self._spoken: WordPlace | None = None
        self._chosen: WordPlace | None = None
        self._matches: Sequence[Match] = ()
        self._current_match: Match | None = None
        self._commit_timer = QTimer(self, singleShot=True, interval=COMMIT_MS)
        self._commit_timer.timeout.connect(self.commit)
        self.cursorPositionChanged.connect(self._caret_moved)
        theme.changed.connect(self._restyle)

    # What is shown

    def set_transcript(self, editable: EditableTranscript) -> None:
        """Show another transcript; it is listened to from now on."""
        self._editable = editable
        self._pending = self._open_edit = self._spoken = self._chosen = None
        self._matches, self._current_match = (), None
        editable.listen(self._changed)
        self._rebuild()

    @property
    def editable(self) -> EditableTranscript:
        assert self._editable is not None, "no transcript is open"
        return self._editable

    def show_spoken(self, seconds: float, *, follow: bool) -> None:
        """Highlight the word that is said at this moment, and keep it in sight."""
        place = self.place_at(seconds)
        if place == self._spoken:
            return
        former, self._spoken = self._spoken, place
        self._update_selections()
        is_new_segment = place is not None and (former is None or former.segment != place.segment)
        if follow and is_new_segment and place is not None and self._open_edit is None:
            self.bring_into_sight(place.segment)

    def place_at(self, seconds: float) -> WordPlace | None:
        """The word that sounds at this moment, or the last one before it; None before the first."""
        segments = self.editable.segments
        if self._starts is None:
            self._starts = [segment.start_seconds for segment in segments]
        index = bisect_right(self._starts, seconds) - 1
        if index < 0:
            return None
        words = segments[index].words
        number = bisect_right([word.start_seconds for word in words], seconds) - 1
        return WordPlace(index, max(0, number))

    def bring_into_sight(self, index: int) -> None:
        """Scroll so that the segment stands in the upper half, if it is not well in sight already."""
        rect = self._margin.block_rect(self.document().findBlockByNumber(index))
        height = self.viewport().height()
        if rect.top() < 0.08 * height or rect.bottom() > 0.8 * height:
            bar = self.verticalScrollBar()
            bar.setValue(int(bar.value() + rect.top() - 0.3 * height))

    def choose_word(self, place: WordPlace) -> QRect:
        """Select a word and bring it into sight; where it then is, in the view's coordinates."""
        self.commit()
        start, stop = word_spans(self.editable.segments[place.segment].words)[place.word]
        block = self.document().findBlockByNumber(place.segment)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + start)
        cursor.setPosition(block.position() + stop, QTextCursor.MoveMode.KeepAnchor)
        self.bring_into_sight(place.segment)
        self.setTextCursor(cursor)
        self._chosen = place
        self._update_selections()
        left = QTextCursor(block)
        left.setPosition(block.position() + start)
        return self.cursorRect(left).united(self.cursorRect(cursor))

    def go_to(self, index: int, column: int = 0) -> None:
        """The caret at a place of a segment, in sight."""
        block = self.document().findBlockByNumber(index)
        if block.isValid():
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + min(column, block.length() - 1))
            self.bring_into_sight(index)
            self.setTextCursor(cursor)

    def show_matches(self, matches: Sequence[Match], current: Match | None) -> None:
        """Mark what was found; the current one is selected."""
        self._matches, self._current_match = matches, current
        if current is not None:
            block = self.document().findBlockByNumber(current.segment)
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + current.start)
            cursor.setPosition(block.position() + current.stop, QTextCursor.MoveMode.KeepAnchor)
            self.bring_into_sight(current.segment)
            self.setTextCursor(cursor)
        self._update_selections()

    # Where the caret is

    @property
    def segment(self) -> int:
        """The segment with the caret."""
        return self.textCursor().blockNumber()

    def word_at_caret(self) -> WordPlace | None:
        """The word that the caret stands in or before; None where there is no text."""
        if not self.editable.segments:
            return None
        cursor = self.textCursor()
        return self._word_at(cursor.blockNumber(), min(cursor.positionInBlock(), self._anchor_in_block()))

    def _anchor_in_block(self) -> int:
        cursor = self.textCursor()
        return max(0, cursor.selectionStart() - self.document().findBlock(cursor.selectionStart()).position())

    def _word_at(self, index: int, column: int) -> WordPlace:
        spans = word_spans(self.editable.segments[index].words)
        number = next((n for n, (_, stop) in enumerate(spans) if column < stop), len(spans) - 1)
        return WordPlace(index, number)

    # Editing

    @property
    def is_editing(self) -> bool:
        """Whether this segment's text was changed since the caret came, and neither kept nor taken back."""
        return self._open_edit is not None

    def commit(self) -> None:
        """What was typed becomes part of the document, if there is any of it."""
        self._commit_timer.stop()
        index, self._pending = self._pending, None
        if index is None or index >= len(self.editable.segments):
            return
        self._is_committing = True
        try:
            if self.editable.set_text(index, self.document().findBlockByNumber(index).text()):
                self._open_steps += 1
        finally:
            self._is_committing = False

    def keep(self) -> None:
        """End the editing of this segment; what is left of an emptied one is its text before."""
        self.commit()
        index, self._open_edit, self._open_steps = self._open_edit, None, 0
        if index is not None and index < len(self.editable.segments):
            self._show_again(index)
            self.viewport().update()

    def cancel(self) -> None:
        """Take back what was typed into this segment; `redo` of the document does it again."""
        self.commit()
        steps, index = self._open_steps, self._open_edit
        self._open_edit, self._open_steps = None, 0
        for _ in range(steps):
            self.editable.undo()
        if index is not None and index < len(self.editable.segments):
            self._show_again(index)
        self.viewport().update()

    def split_at_caret(self) -> bool:
        """Begin a new segment with the word at the caret."""
        column = self.textCursor().positionInBlock()
        self.keep()
        place = self._word_at(self.segment, column)
        done = self.editable.split(place)
        if done:
            self.go_to(place.segment + 1)
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        cursor = self.textCursor()
        if self._editable is None or not self._editable.segments:
            event.ignore()
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_segment()
            return
        if key == Qt.Key.Key_Escape and self.is_editing:
            self.cancel()
            return
        if self._changes_text(event):
            if self._spans_segments(cursor):
                self._refuse(self.tr("Text can be changed in one segment at a time: select less of it."))
                return
            at_start = cursor.atBlockStart() and not cursor.hasSelection()
            at_end = cursor.atBlockEnd() and not cursor.hasSelection()
            deletes_back = key == Qt.Key.Key_Backspace
            deletes_on = key == Qt.Key.Key_Delete or event.matches(QKeySequence.StandardKey.DeleteEndOfWord)
            if (deletes_back and at_start) or (deletes_on and at_end):
                self._refuse(self.tr("To join two segments, use Join with the next."))
                return
        super().keyPressEvent(event)

    def next_segment(self) -> None:
        """Keep what was typed, and go to the end of the next segment's first word."""
        index = self.segment
        self.keep()
        if index + 1 < len(self.editable.segments):
            self.go_to(index + 1)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            cancels = event.key() == Qt.Key.Key_Escape and self.is_editing
            if not cancels and self.is_own_key(QKeySequence(event.keyCombination())):
                event.ignore()
                return False
            if cancels:
                event.accept()
                return True
        return super().event(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        cursor = self.textCursor()
        if self._spans_segments(cursor):
            self._refuse(self.tr("Text can be changed in one segment at a time: select less of it."))
            return
        cursor.insertText(" ".join(source.text().split()), QTextCharFormat())

    def cut(self) -> None:
        if self._spans_segments(self.textCursor()):
            self.copy()
            self._refuse(self.tr("Text can be changed in one segment at a time: select less of it."))
        else:
            super().cut()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.commit()
        super().focusOutEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if (
            event.button() != Qt.MouseButton.LeftButton
            or self._editable is None
            or not self._editable.segments
        ):
            return
        point = event.position().toPoint()
        index = self.cursorForPosition(point).blockNumber()
        left = self._margin.width
        if point.x() < left:
            if self._margin.is_speaker_at(point.x()):
                self.speaker_clicked.emit(index)
            else:
                self.time_clicked.emit(index)
        elif not self.textCursor().hasSelection():
            place = self._word_at(index, self.textCursor().positionInBlock())
            self.word_clicked.emit(place.segment, place.word)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.textCursor().hasSelection():
            self.setTextCursor(self.cursorForPosition(event.pos()))
        self.menu_wanted.emit(event.globalPos())

    def _changes_text(self, event: QKeyEvent) -> bool:
        deleting = (
            QKeySequence.StandardKey.DeleteEndOfWord,
            QKeySequence.StandardKey.DeleteStartOfWord,
            QKeySequence.StandardKey.DeleteEndOfLine,
            QKeySequence.StandardKey.DeleteCompleteLine,
        )
        is_typed = bool(event.text()) and event.text().isprintable()
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        return (
            (is_typed and not held)
            or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
            or any(event.matches(key) for key in deleting)
        )

    def _spans_segments(self, cursor: QTextCursor) -> bool:
        document = self.document()
        return document.findBlock(cursor.selectionStart()) != document.findBlock(cursor.selectionEnd())

    def _refuse(self, sentence: str) -> None:
        self.refused.emit(sentence)

    # From the text to the document and back

    def _text_changed(self, position: int, removed: int, added: int) -> None:
        """Qt's contentsChange: something was typed, pasted or cut, or we have filled in text ourselves."""
        if self._is_filling or self._editable is None:
            return
        if self.document().blockCount() != max(1, len(self._editable.segments)):
            # Something joined or divided blocks that should not have: the document is right, the view is not.
            QTimer.singleShot(0, self._rebuild)
            return
        index = self.document().findBlock(position).blockNumber()
        is_same = self.document().findBlockByNumber(index).text() == self._editable.segments[index].text
        if is_same and self._pending is None:
            return
        if self._pending is not None and self._pending != index:
            self.commit()
        if self._open_edit != index:
            self._open_edit, self._open_steps = index, 0
            self.viewport().update()
        self._pending = index
        self._commit_timer.start()

    def _caret_moved(self) -> None:
        if self._is_filling or self._editable is None:
            return
        index = self.textCursor().blockNumber()
        if self._chosen is not None and not self.textCursor().hasSelection():
            self._chosen = None
            self._update_selections()
        if index != self._segment:
            if self._open_edit is not None and self._open_edit != index:
                self.keep()
            self._segment = index
            self.viewport().update()
            self.segment_entered.emit(index)

    def _changed(self, change: Change) -> None:
        """The document has changed: show it."""
        self._starts = None
        if not self._is_committing:
            self._pending = None
            self._open_edit, self._open_steps = None, 0
        self._chosen = None
        removed, inserted = len(change.removed), len(change.inserted)
        if max(removed, inserted) > _REBUILD_FROM or not self.editable.segments or self._shows_nothing():
            self._rebuild()
        else:
            self._show_change(change)
        self._update_margin()
        self._update_selections()
        self._caret_moved()

    def _shows_nothing(self) -> bool:
        return self.document().blockCount() == 1 and not self.document().firstBlock().text()

    def _rebuild(self) -> None:
        editable = self.editable
        self._starts = None
        column, index = self.textCursor().positionInBlock(), self.textCursor().blockNumber()
        scrolled = self.verticalScrollBar().value()
        with self._filling():
            # Filled before it is shown: nothing is laid out twice.
            document = QTextDocument(self)
            document.setUndoRedoEnabled(False)
            document.setDocumentMargin(SPACE)
            document.setDefaultFont(self.font())
            fill(document, editable.segments)
            former = self.document()
            self.setDocument(document)
            document.contentsChange.connect(self._text_changed)
            if isValid(former):  # Qt deletes the one that it made itself
                former.deleteLater()
            self.setReadOnly(not editable.segments)
            self._update_margin(always=True)
            if index < len(editable.segments):
                block = document.findBlockByNumber(index)
                caret = QTextCursor(block)
                caret.setPosition(block.position() + min(column, block.length() - 1))
                self.setTextCursor(caret)
            self.verticalScrollBar().setValue(scrolled)
        self._segment = self.textCursor().blockNumber()
        self._update_selections()

    def _show_change(self, change: Change) -> None:
        if self._is_committing and len(change.removed) == len(change.inserted) == 1:
            typed = self.document().findBlockByNumber(change.index).text()
            if typed != change.inserted[0].text and " ".join(typed.split()) == change.inserted[0].text:
                return  # a space that is just being typed
        caret = self.textCursor()
        index, column = caret.blockNumber(), caret.positionInBlock()
        with self._filling():
            replace_blocks(self.document(), change.index, len(change.removed), change.inserted)
            is_same_length = len(change.removed) == len(change.inserted)
            if is_same_length and change.index <= index < change.index + len(change.inserted):
                block = self.document().findBlockByNumber(index)
                caret.setPosition(block.position() + min(column, block.length() - 1))
                self.setTextCursor(caret)

    def _show_again(self, index: int) -> None:
        """The document's text in place of what was typed and is not kept."""
        segment = self.editable.segments[index]
        self._show_change(Change(index, (segment,), (segment,)))

    @contextmanager
    def _filling(self) -> Iterator[None]:
        was_filling, self._is_filling = self._is_filling, True
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        try:
            yield
        finally:
            cursor.endEditBlock()
            self._is_filling = was_filling

    # How it looks

    def _restyle(self) -> None:
        if self._editable is not None:
            self.commit()
            self._rebuild()

    def _update_margin(self, *, always: bool = False) -> None:
        """Room for names only where there are any."""
        has_speakers = bool(self.editable.speakers())
        if has_speakers == self._margin.has_speakers and not always:
            return
        self._margin.has_speakers = has_speakers
        frame = self.document().rootFrame()
        layout = frame.frameFormat()
        layout.setLeftMargin(self._margin.width)
        layout.setRightMargin(2 * SPACE)
        layout.setTopMargin(SPACE)
        layout.setBottomMargin(4 * SPACE)
        with self._filling():
            frame.setFrameFormat(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        segments = self._editable.segments if self._editable is not None else ()
        if segments:
            self._margin.paint_current(is_edited=self.is_editing)
        super().paintEvent(event)
        if segments:
            first = self.cursorForPosition(QPoint(self._margin.width, 0)).block()
            self._margin.paint(segments, first, event.rect().bottom())

    def _update_selections(self) -> None:
        look = theme.tokens
        selections = []
        for match in self._matches[:_MOST_MATCHES_SHOWN]:
            if match != self._current_match:
                selections.append(
                    self._selection(
                        match.segment, match.start, match.stop, look.warning_background, look.text
                    )
                )
        if self._spoken is not None and self._spoken.segment < len(self.editable.segments):
            words = self.editable.segments[self._spoken.segment].words
            if self._spoken.word < len(words) and self._open_edit != self._spoken.segment:
                start, stop = word_spans(words)[self._spoken.word]
                selections.append(
                    self._selection(self._spoken.segment, start, stop, look.accent_soft, look.on_accent_soft)
                )
        self.setExtraSelections(selections)

    def _selection(
        self, index: int, start: int, stop: int, background: str, foreground: str
    ) -> QTextEdit.ExtraSelection:
        block = self.document().findBlockByNumber(index)
        cursor = QTextCursor(block)
        last = block.position() + block.length() - 1
        cursor.setPosition(min(block.position() + start, last))
        cursor.setPosition(min(block.position() + stop, last), QTextCursor.MoveMode.KeepAnchor)
        selection = QTextEdit.ExtraSelection()
        selection.cursor = cursor
        form = QTextCharFormat()
        form.setBackground(QColor(background))
        form.setForeground(QColor(foreground))
        selection.format = form
        return selection
