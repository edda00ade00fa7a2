"""Find and replace: connects the find bar to the text."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.transcripts.editing import EditableTranscript, Match, Query, find_all


class EditorSearching(QObject):
    """Connects the find bar to the text."""

    def __init__(self, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self.editable: EditableTranscript | None = None
        self._matches: list[Match] = []
        bar = panes.find_bar
        panes.find_button.clicked.connect(lambda _checked=False: self.open_bar())
        bar.query_changed.connect(self._search)
        bar.next_wanted.connect(self.find_next)
        bar.previous_wanted.connect(partial(self.find_next, -1))
        bar.replace_wanted.connect(self._replace)
        bar.replace_all_wanted.connect(self._replace_all)
        bar.closed.connect(self._closed)

    def close(self) -> None:
        self._panes.find_bar.close_bar()
        self.editable = None

    def refresh(self) -> None:
        """Search again after a change of the text."""
        if self.editable is not None and self._panes.find_bar.isVisible():
            self._matches = find_all(self.editable.segments, self._panes.find_bar.query)
            self._panes.view.show_matches(self._matches, None)
            self._panes.find_bar.show_count(0, len(self._matches))

    def open_bar(self) -> None:
        """Show the bar, with the selected text."""
        if self.editable is None:
            return
        self._panes.show_text()
        self._panes.view.keep()
        self._panes.find_bar.open(self._panes.view.textCursor().selectedText())

    def find_next(self, step: int = 1) -> None:
        """Go to the next match after the caret, or to the previous one (step -1)."""
        if self.editable is None or not self._matches:
            return
        cursor = self._panes.view.textCursor()
        here = (
            cursor.blockNumber(),
            cursor.positionInBlock() - (1 if step < 0 and cursor.hasSelection() else 0),
        )
        places = [(match.segment, match.start) for match in self._matches]
        if step > 0:
            number = next((n for n, place in enumerate(places) if place >= here), 0)
        else:
            start = (cursor.blockNumber(), self._selection_column())
            before = [n for n, place in enumerate(places) if place < start]
            number = before[-1] if before else len(places) - 1
        self._go_to_match(number)

    def _selection_column(self) -> int:
        cursor = self._panes.view.textCursor()
        return cursor.selectionStart() - cursor.block().position()

    def _go_to_match(self, number: int) -> None:
        self._panes.view.show_matches(self._matches, self._matches[number])
        self._panes.find_bar.show_count(number + 1, len(self._matches))

    def _search(self, query: Query) -> None:
        if self.editable is None:
            return
        self._panes.view.commit()
        self._matches = find_all(self.editable.segments, query)
        caret = (self._panes.view.segment, self._selection_column())
        number = next((n for n, m in enumerate(self._matches) if (m.segment, m.start) >= caret), 0)
        if self._matches:
            self._go_to_match(number)
        else:
            self._panes.view.show_matches([], None)
            self._panes.find_bar.show_count(0, 0)

    def _replace(self, replacement: str) -> None:
        """Replace the selected match, and go to the next one."""
        if self.editable is None or not self._matches:
            return
        cursor = self._panes.view.textCursor()
        chosen = Match(
            cursor.blockNumber(),
            self._selection_column(),
            self._selection_column() + len(cursor.selectedText()),
        )
        if chosen in self._matches:
            after = (chosen.segment, chosen.start + len(replacement))
            self.editable.replace_matches([chosen], replacement)
            self._matches = find_all(self.editable.segments, self._panes.find_bar.query)
            following = [n for n, m in enumerate(self._matches) if (m.segment, m.start) >= after]
            if self._matches:
                self._go_to_match(following[0] if following else 0)
            else:
                self._search(self._panes.find_bar.query)
        else:
            self.find_next()

    def _replace_all(self, replacement: str) -> None:
        if self.editable is None:
            return
        self._panes.view.keep()
        matches = find_all(self.editable.segments, self._panes.find_bar.query)
        count = self.editable.replace_matches(matches, replacement)
        self._search(self._panes.find_bar.query)
        self._panes.state.setText(self.tr("{count} replaced; Undo reverts all of them.").format(count=count))

    def _closed(self) -> None:
        self._matches = []
        if self.editable is not None:
            self._panes.view.show_matches([], None)
            self._panes.view.setFocus()
