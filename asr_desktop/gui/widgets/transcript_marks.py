"""What lies over the transcript's text: the word that is heard, what was found, and what is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from asr_desktop.gui.theme import theme
from asr_desktop.gui.widgets.transcript_edit import select
from asr_desktop.gui.widgets.transcript_text import word_spans
from asr_desktop.transcripts.document import Segment
from asr_desktop.transcripts.editing import Match, WordPlace

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
