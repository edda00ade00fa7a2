"""What is being typed into a segment, on its way into the document.

Keys are not steps: what was typed becomes one after a pause, and the segment stays open until the caret
leaves it. Until then Escape takes all of it back, however many steps it has become.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QTextEdit

from asr_desktop.transcripts.editing import EditableTranscript

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
