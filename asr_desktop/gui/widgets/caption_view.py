"""Live captions: text that grows while the user speaks, one line for each sentence, with its time.

Words that may still change are dim, committed ones are plain, and words with low confidence are coloured and
have a dotted underline (so that colour is not the only sign). When the final result changes committed words,
the new ones are highlighted briefly. If speakers are told apart, a name in the speaker's colour marks each
change of speaker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from asr_desktop.base.clock import position
from asr_desktop.gui.theme import DOUBTFUL_BELOW, SPACE, UNSURE_BELOW, speaker_colour, theme
from asr_desktop.gui.translations import said_speaker
from asr_desktop.gui.widgets.parts import restyled
from asr_desktop.recognition.live_events import Final, Partial, Rewritten, SpeakersHeard
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.phrases import join_words, needs_space

TIME_COLUMN_PIXELS = 64
LINE_HEIGHT_PERCENT = 130
CHANGED_SHOWN_MS = 2500


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker that the user has set in the recording."""

    at_seconds: float


class CaptionView(QTextEdit):
    """Read-only text that can be selected; scrolls to the newest line unless the user has scrolled up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Final | Marker] = []
        self._speakers: dict[int, tuple[str, ...]] = {}  # utterance → speaker of each word
        self._numbers: dict[str, int] = {}  # speaker → number, in the order of first naming
        self._speaking = ""  # speaker at the end of the last written line
        self._rewriting = QTimer(self, interval=0)  # combines updates: many come at once at the end
        self._rewriting.setSingleShot(True)
        self._rewriting.timeout.connect(lambda: self._with_newest_in_view(self._write_anew))
        self._open: Partial | None = None
        self._markers_of_open: list[Marker] = []  # shown below the open sentence they were set in
        self._open_at: int | None = None  # start of the open line in the document
        self._follows = True  # scroll to the newest line; False after the user has scrolled up
        self._is_arranging = False
        self._changed = QTimer(self, interval=CHANGED_SHOWN_MS)
        self._changed.setSingleShot(True)
        self._changed.timeout.connect(lambda: self.setExtraSelections([]))
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("Captions"))
        restyled(self, role="plain")
        self.document().setDocumentMargin(SPACE)
        font = QFont(self.font())
        font.setPointSizeF(13)
        self.setFont(font)
        self.setStyleSheet("font-size: 13pt;")
        theme.changed.connect(self._write_anew)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._keep_newest)

    # Content

    def show_partial(self, partial: Partial) -> None:
        """Replace the text of the sentence being spoken."""
        self._open = partial
        if partial.words:
            self._with_newest_in_view(self._write_open)
        else:
            self._settle([])

    def show_final(self, final: Final) -> None:
        """Show a sentence's final text; one without words removes its partial text."""
        shown = self._open.words[: self._open.committed_words] if self._open is not None else ()
        self._open = None
        self._settle([final] if final.words else [])
        self._show_changes(changed_words(shown, final.words))

    def show_rewritten(self, rewritten: Rewritten) -> None:
        """Update the punctuation at the end of a sentence already shown."""
        for place in range(len(self._lines) - 1, -1, -1):
            line = self._lines[place]
            if isinstance(line, Final) and line.utterance == rewritten.utterance:
                self._lines[place] = replace(line, words=rewritten.words)
                self._with_newest_in_view(self._write_anew)
                return

    def show_speakers(self, heard: SpeakersHeard) -> None:
        """Set the speakers of the words of a sentence already shown."""
        self._speakers[heard.utterance] = heard.speakers
        for name in heard.speakers:
            self._numbers.setdefault(name, len(self._numbers))
        self._rewriting.start()

    def take_back(self) -> None:
        """Remove the partial text of the open sentence."""
        self._open = None
        self._settle([])

    def show_marker(self, at_seconds: float) -> None:
        """Show a marker at its place: below the sentence being spoken."""
        self._markers_of_open.append(Marker(at_seconds))
        if self._open is None or not self._open.words:
            self._settle([])
        else:
            self._with_newest_in_view(self._write_open)

    def clear_captions(self) -> None:
        self._lines.clear()
        self._speakers.clear()
        self._numbers.clear()
        self._speaking = ""
        self._markers_of_open.clear()
        self._open = None
        self._open_at = None
        self._follows = True
        self.clear()

    def take_over(self, former: CaptionView) -> None:
        """Copy the lines and markers of another view."""
        self._lines = [*former._lines, *former._markers_of_open]
        self._speakers, self._numbers = dict(former._speakers), dict(former._numbers)
        self._write_anew()

    @property
    def is_empty(self) -> bool:
        return not self._lines and self._open is None

    def text(self) -> str:
        """All final sentences, one on each line, with a name at each change of speaker."""
        said, speaking = [], ""
        for line in self._lines:
            if isinstance(line, Final):
                for name, words in self._turns(line, speaking):
                    begin = f"{said_speaker(name)}: " if name else ""
                    said.append(begin + join_words(word.text for word in words))
                speaking = self._last_speaker(line)
        return "\n".join(said)

    def _turns(self, line: Final, speaking: str) -> list[tuple[str, Sequence[Word]]]:
        """Split a sentence into turns (name, words). The name is "" where the speaker is still `speaking`, or
        unknown."""
        names = self._speakers.get(line.utterance, ())
        if len(names) != len(line.words):
            return [("", line.words)]
        turns: list[tuple[str, Sequence[Word]]] = []
        for name, run in groupby(zip(line.words, names, strict=True), key=lambda pair: pair[1]):
            turns.append((name if name != speaking else "", [word for word, _ in run]))
            speaking = name
        return turns

    def _last_speaker(self, line: Final) -> str:
        names = self._speakers.get(line.utterance, ())
        return names[-1] if names and len(names) == len(line.words) else ""

    # Writing

    def _write_anew(self) -> None:
        self.clear()
        self._open_at, self._speaking = None, ""
        for line in self._lines:
            self._append_line(line)
        self._write_open()

    def _settle(self, lines: Sequence[Final]) -> None:
        """Replace the open sentence by these lines, followed by the markers set in it."""
        settled: list[Final | Marker] = [*lines, *self._markers_of_open]
        self._lines += settled
        self._markers_of_open.clear()

        def write() -> None:
            self._erase_open()
            for line in settled:
                self._append_line(line)

        self._with_newest_in_view(write)

    def _with_newest_in_view(self, write: Callable[[], None]) -> None:
        place = self.verticalScrollBar().value()
        self._is_arranging = True
        write()
        self._is_arranging = False
        if self._follows:
            self._keep_newest()
        else:
            self.verticalScrollBar().setValue(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._is_arranging = True
        super().resizeEvent(event)
        self._is_arranging = False
        self._keep_newest()

    def cover_foot(self, pixels: int) -> None:
        """Reserve this many pixels at the foot, so the newest line stays visible above an overlay."""
        if self.viewportMargins().bottom() != pixels:
            self.setViewportMargins(0, 0, 0, pixels)
            self._keep_newest()

    def _scrolled(self, value: int) -> None:
        if not self._is_arranging:
            self._follows = value >= self.verticalScrollBar().maximum() - 2 * SPACE

    def _keep_newest(self) -> None:
        """Scroll to the newest line, also after a change of size."""
        if self._follows and not self._is_arranging:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _show_changes(self, numbers: Sequence[int]) -> None:
        """Highlight the words of the newest line that replace others."""
        line = next((line for line in reversed(self._lines) if isinstance(line, Final)), None)
        if not numbers or line is None:
            return
        block = self.document().lastBlock()
        while block.isValid() and "⚑" in block.text():
            block = block.previous()
        starts, place = [], block.text().index("\t") + 1
        for index, word in enumerate(line.words):
            if index and needs_space(line.words[index - 1].text, word.text):
                place += 1
            starts.append(place)
            place += len(word.text)
        marks = []
        for number in numbers:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(block)
            mark.cursor.setPosition(block.position() + starts[number])
            mark.cursor.setPosition(
                block.position() + starts[number] + len(line.words[number].text),
                QTextCursor.MoveMode.KeepAnchor,
            )
            mark.format.setBackground(QColor(theme.tokens.accent_soft))
            marks.append(mark)
        self.setExtraSelections(marks)
        self._changed.start()

    def _erase_open(self) -> None:
        if self._open_at is None:
            return
        cursor = QTextCursor(self.document())
        # Include the line break before it.
        cursor.setPosition(max(0, self._open_at - 1))
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._open_at = None

    def _write_open(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        self._erase_open()
        if self._open is not None and self._open.words:
            cursor = self._begin_line()
            self._open_at = cursor.position()
            words, committed = self._open.words, self._open.committed_words
            self._write_time(cursor, self._open.start_seconds)
            self._write_words(cursor, words[:committed], is_open=False)
            if 0 < committed < len(words) and needs_space(words[committed - 1].text, words[committed].text):
                cursor.insertText(" ", QTextCharFormat())
            self._write_words(cursor, words[committed:], is_open=True)
            for marker in self._markers_of_open:
                self._append_line(marker)
        cursor.endEditBlock()

    def _append_line(self, line: Final | Marker) -> None:
        cursor = self._begin_line()
        if isinstance(line, Marker):
            self._write_time(cursor, line.at_seconds)
            style = QTextCharFormat()
            style.setForeground(QColor(theme.tokens.accent))
            cursor.insertText("⚑ " + self.tr("Marker"), style)
            return
        self._write_time(cursor, line.start_seconds)
        turns = self._turns(line, self._speaking)
        self._speaking = self._last_speaker(line)
        for place, (name, words) in enumerate(turns):
            if place:
                cursor = self._begin_line()
                cursor.insertText("\t", QTextCharFormat())
            if name:
                self._write_name(cursor, name)
            self._write_words(cursor, words, is_open=False)

    def _write_name(self, cursor: QTextCursor, name: str) -> None:
        style = QTextCharFormat()
        style.setForeground(QColor(speaker_colour(self._numbers[name], theme.is_dark)))
        style.setFontWeight(QFont.Weight.DemiBold)
        cursor.insertText(f"{said_speaker(name)}: ", style)

    def _begin_line(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        block = QTextBlockFormat()
        block.setLeftMargin(TIME_COLUMN_PIXELS)
        block.setTextIndent(-TIME_COLUMN_PIXELS)
        block.setTabPositions([QTextOption.Tab(TIME_COLUMN_PIXELS, QTextOption.TabType.LeftTab)])
        block.setBottomMargin(SPACE)
        block.setLineHeight(LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if self.document().isEmpty():
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        return cursor

    def _write_time(self, cursor: QTextCursor, seconds: float) -> None:
        style = QTextCharFormat()
        style.setForeground(QColor(theme.tokens.muted))
        style.setFontPointSize(9.5)
        cursor.insertText(f"{position(seconds)}\t", style)

    def _write_words(self, cursor: QTextCursor, words: Sequence[Word], *, is_open: bool) -> None:
        look = theme.tokens
        for index, word in enumerate(words):
            style = QTextCharFormat()
            style.setForeground(QColor(look.muted if is_open else look.text))
            if is_open:
                style.setFontItalic(True)
            elif word.confidence < UNSURE_BELOW:
                colour = QColor(look.doubtful if word.confidence < DOUBTFUL_BELOW else look.unsure)
                style.setForeground(colour)
                style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
                style.setUnderlineColor(colour)
            if index and needs_space(words[index - 1].text, word.text):
                cursor.insertText(" ", QTextCharFormat())
            cursor.insertText(word.text, style)


def changed_words(shown: Sequence[Word], final: Sequence[Word]) -> list[int]:
    """Indices of words in `final` that replace words in `shown`, its committed beginning; for a word that was
    only removed, the index of the word after it."""
    # Spoken words are compared, so a change to the written form does not count.
    before = [word.text for word in shown]
    after = [said.text for word in final for said in word.spoken_words]
    written = [number for number, word in enumerate(final) for _ in word.spoken_words]
    changed: list[int] = []
    for kind, start, stop, new_start, new_stop in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind == "equal" or start == stop == len(before):
            continue  # words after the committed ones are expected
        if kind == "replace" and stop == len(before):
            new_stop = min(new_stop, new_start + stop - start)
        changed += range(new_start, new_stop) if new_stop > new_start else [min(new_start, len(after) - 1)]
    return list(dict.fromkeys(written[number] for number in changed if number >= 0))
