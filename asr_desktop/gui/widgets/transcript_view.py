"""The transcript as one text that can be read, played and corrected in place.

One QTextDocument with a block for each segment, and formats only for doubtful words. The alternative, a list
with a delegate and an editor for the current segment, was measured as well (9,900 words in 1,000 segments, no
screen): it opens in 0.33 s instead of 0.10, scrolls in 17 ms a frame instead of 3, and takes 0.5 s for a new
width instead of 0.02, because each row is laid out separately. In one document, the caret, selections and
screen readers can also cross segments as in any text.

Block number and segment index are always equal (`transcript_text`). So blocks are joined or split only by
operations of the transcript, never by the text widget (`transcript_edit`). Typed text is committed at each
pause (`transcript_edit`); the word being played and search matches are highlighted (`TranscriptMarks`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from asr_desktop.gui.theme import theme
from asr_desktop.gui.translations import said_speaker
from asr_desktop.gui.widgets.transcript_edit import (
    OpenEdit,
    TranscriptMarks,
    changes_text,
    refusal_of_key,
    refusal_of_selection,
    select,
    select_words,
    selected_words,
    spans_segments,
    word_at,
    word_at_position,
)
from asr_desktop.gui.widgets.transcript_margin import TranscriptMargin
from asr_desktop.gui.widgets.transcript_text import TranscriptBlocks
from asr_desktop.transcripts.editing import Change, EditableTranscript, Match, WordPlace
from asr_desktop.transcripts.editing.low_confidence import Moments

FONT_POINTS = 13.0


class TranscriptView(QTextEdit):
    """Shows and edits an EditableTranscript; times and speakers are in the margin."""

    word_clicked = Signal(int, int)
    """The clicked word's segment and number."""
    segment_entered = Signal(int)
    """The caret has moved to another segment."""
    time_clicked = Signal(int)
    speaker_clicked = Signal(int)
    refused = Signal(str)
    """Why typed input was refused; a sentence."""
    menu_wanted = Signal(QPoint)
    """Open the context menu at this screen position."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setStyleSheet(f"QTextEdit {{ font-size: {FONT_POINTS}pt; }}")
        self.setAccessibleName(self.tr("Transcript"))
        self.setUndoRedoEnabled(False)  # the transcript's own history covers more than text
        self.setAcceptRichText(False)
        self.setAcceptDrops(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabChangesFocus(True)
        self.is_own_key: Callable[[QKeySequence], bool] = lambda key: False
        """Whether a key belongs to an action of the page, which then gets it."""
        self._editable: EditableTranscript | None = None
        self._segment = -1
        self._moments: Moments | None = None
        self._margin = TranscriptMargin(self)
        self._blocks = TranscriptBlocks(self, self._margin)
        self._marks = TranscriptMarks(self)
        self._edit = OpenEdit(self, self._blocks.show_again)
        self._blocks.typed.connect(self._typed)
        self._blocks.rebuilt.connect(self._rebuilt)
        self.cursorPositionChanged.connect(self._caret_moved)
        self.selectionChanged.connect(self._selection_changed)
        theme.changed.connect(self._restyle)

    def set_transcript(self, editable: EditableTranscript) -> None:
        """Show another transcript and follow its changes."""
        self._editable = editable
        self._moments = Moments(editable)
        self._marks.clear()
        self._edit.open(editable)
        editable.listen(self._changed)
        self._blocks.open(editable)

    def set_markers(self, seconds: Sequence[float]) -> None:
        """Set markers, in seconds and in order; each has a flag beside its segment."""
        self._blocks.show_markers(seconds)

    def set_speakers(self, names: Sequence[str]) -> None:
        """Set all speakers, in the order of their colours."""
        self._margin.speakers = tuple(names)
        self.viewport().update()

    @property
    def editable(self) -> EditableTranscript:
        assert self._editable is not None, "no transcript is open"
        return self._editable

    @property
    def has_segments(self) -> bool:
        """Whether there is a transcript with text."""
        return self._editable is not None and bool(self._editable.segments)

    # Navigation

    def go_to(self, index: int, column: int = 0) -> None:
        """Move the caret to a column of a segment, and scroll to it."""
        if self.document().findBlockByNumber(index).isValid():
            self._choose(select(self.document(), index, column, column))

    def next_segment(self) -> None:
        """Keep typed text, and go to the first word of the next segment."""
        index = self.segment
        self.keep()
        if index + 1 < len(self.editable.segments):
            self.go_to(index + 1)

    def previous_segment(self) -> None:
        """Keep typed text, and go to the first word of the previous segment."""
        index = self.segment
        self.keep()
        self.go_to(max(0, index - 1))

    def choose_word(self, place: WordPlace) -> QRect:
        """Select a word and scroll to it; returns its rectangle in the view's coordinates."""
        self.commit()
        self._choose(select_words(self.document(), self.editable.segments, place, place))
        left = QTextCursor(self.textCursor())
        left.setPosition(left.selectionStart())
        return self.cursorRect(left).united(self.cursorRect(self.textCursor()))

    def choose_stretch(self, first_start_seconds: float, last_start_seconds: float) -> None:
        """Select from the word at one start time to the word at another."""
        self.commit()
        first, last = self.place_at(first_start_seconds), self.place_at(last_start_seconds)
        if first is not None and last is not None:
            self._choose(select_words(self.document(), self.editable.segments, first, last))

    def bring_into_sight(self, index: int) -> None:
        """Scroll the segment to the upper half, unless it is well visible already."""
        rect = self._margin.block_rect(self.document().findBlockByNumber(index))
        height = self.viewport().height()
        if rect.top() < 0.08 * height or rect.bottom() > 0.8 * height:
            bar = self.verticalScrollBar()
            bar.setValue(int(bar.value() + rect.top() - 0.3 * height))

    def _choose(self, cursor: QTextCursor) -> None:
        self.bring_into_sight(cursor.blockNumber())
        self.setTextCursor(cursor)

    # Caret and selection

    @property
    def segment(self) -> int:
        """The segment with the caret."""
        return self.textCursor().blockNumber()

    def word_at_caret(self) -> WordPlace | None:
        """The word at or after the caret; None if there is no text."""
        if not self.has_segments:
            return None
        return word_at_position(self.document(), self.editable.segments, self.textCursor().selectionStart())

    def selected_words(self) -> tuple[WordPlace, WordPlace] | None:
        """The first and last selected word, without a selection those of the segment with the caret; None if
        there is no text."""
        return selected_words(self.textCursor(), self.editable.segments) if self.has_segments else None

    def selected_segments(self) -> tuple[int, int] | None:
        """The first and the last of several segments that are selected; None where it is not several."""
        words = self.selected_words() if spans_segments(self.textCursor()) else None
        return None if words is None else (words[0].segment, words[1].segment)

    # What is heard and what was found

    def place_at(self, seconds: float) -> WordPlace | None:
        """The word spoken at this time, or the last one before; None before the first."""
        assert self._moments is not None, "no transcript is open"
        return self._moments.place_at(seconds)

    def show_spoken(self, seconds: float, *, follow: bool) -> None:
        """Highlight the word spoken at this time; follow: scroll to it."""
        place = self.place_at(seconds)
        if place == self._marks.spoken:
            return
        former, self._marks.spoken = self._marks.spoken, place
        self._update_marks()
        is_new_segment = place is not None and (former is None or former.segment != place.segment)
        if follow and is_new_segment and place is not None and not self.is_editing:
            self.bring_into_sight(place.segment)

    def show_matches(self, matches: Sequence[Match], current: Match | None) -> None:
        """Highlight the matches; the current one is selected."""
        self._marks.matches = matches
        if current is not None:
            self._choose(select(self.document(), current.segment, current.start, current.stop))
        self._update_marks()

    def _update_marks(self) -> None:
        self._marks.update(self.editable.segments, self._edit.segment)

    # Editing

    @property
    def is_editing(self) -> bool:
        """Whether this segment has been edited since the caret entered it, and not kept or cancelled yet."""
        return self._edit.segment is not None

    def commit(self) -> None:
        """Commit typed text, if any, to the document."""
        self._edit.commit()

    def keep(self) -> None:
        """Commit and end the edit; a segment whose text was deleted is restored."""
        self._edit.keep()

    def cancel(self) -> None:
        """Undo all edits of this segment since it was opened; `redo` of the document restores them."""
        self._edit.cancel()

    def kept_place(self) -> WordPlace:
        """Keep typed text, and return the word at the caret, where a segment can be split."""
        column = self.textCursor().positionInBlock()
        self.keep()
        return word_at(self.editable.segments, self.segment, column)

    def split_at_caret(self) -> bool:
        """Split the segment before the word at the caret."""
        place = self.kept_place()
        done = self.editable.split(place)
        if done:
            self.go_to(place.segment + 1)
        return done

    def _typed(self, index: int) -> None:
        is_same = self.document().findBlockByNumber(index).text() == self.editable.segments[index].text
        if not is_same or self._edit.is_pending:
            self._edit.typed(index)

    def _changed(self, change: Change) -> None:
        """Show a change of the transcript."""
        if not self._edit.is_committing:
            self._edit.forget()
        self._blocks.show(change, is_typed=self._edit.is_committing)
        self._update_marks()
        self._caret_moved()

    def _rebuilt(self) -> None:
        self._segment = self.segment
        self._update_marks()

    def _caret_moved(self) -> None:
        if self._blocks.is_filling or self._editable is None:
            return
        index = self.segment
        if index != self._segment:
            if self.is_editing and self._edit.segment != index:
                self.keep()
            self._segment = index
            self.viewport().update()
            self.segment_entered.emit(index)

    def _selection_changed(self) -> None:
        if not self._blocks.is_filling and self._editable is not None:
            self._update_marks()

    # Keys, clipboard and mouse

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.has_segments:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_segment()
        elif event.key() == Qt.Key.Key_Escape and self.is_editing:
            self.cancel()
        elif changes_text(event) and (refusal := refusal_of_key(event, self.textCursor())):
            self.refused.emit(refusal)
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if refusal := refusal_of_selection(self.textCursor()):
            self.refused.emit(refusal)
        else:
            self.textCursor().insertText(" ".join(source.text().split()), QTextCharFormat())

    def cut(self) -> None:
        if refusal := refusal_of_selection(self.textCursor()):
            self.copy()
            self.refused.emit(refusal)
        else:
            super().cut()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.commit()
        super().focusOutEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            is_margin = self.has_segments and event.position().x() < self._margin.width
            shape = Qt.CursorShape.PointingHandCursor if is_margin else Qt.CursorShape.IBeamCursor
            self.viewport().setCursor(shape)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self.has_segments:
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def _tip_at(self, point: QPoint) -> str:
        if point.x() >= self._margin.width:
            return ""
        if not self._margin.is_speaker_at(point.x()):
            return self.tr("Play from here")
        speaker = self.editable.segments[self.cursorForPosition(point).blockNumber()].speaker
        return self.tr("Name speaker") if speaker is None else said_speaker(speaker)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or not self.has_segments:
            return
        point = event.position().toPoint()
        index = self.cursorForPosition(point).blockNumber()
        if point.x() < self._margin.width:
            is_speaker = self._margin.is_speaker_at(point.x())
            (self.speaker_clicked if is_speaker else self.time_clicked).emit(index)
        elif not self.textCursor().hasSelection():
            place = word_at(self.editable.segments, index, self.textCursor().positionInBlock())
            self.word_clicked.emit(place.segment, place.word)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.textCursor().hasSelection():
            self.setTextCursor(self.cursorForPosition(event.pos()))
        self.menu_wanted.emit(event.globalPos())

    # Appearance

    def _restyle(self) -> None:
        if self._editable is not None:
            self.commit()
            self._blocks.rebuild()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._blocks.resized()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.has_segments:
            self._margin.paint_current(is_edited=self.is_editing)
        super().paintEvent(event)
        if self.has_segments:
            self._margin.paint(self.editable.segments, self._margin.first_in_sight(), event.rect().bottom())
