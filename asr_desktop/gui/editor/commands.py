"""What is done to segments by key or menu: undo, split, join, delete, name the speaker, move borders."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog

from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.transcripts.editing import EditableTranscript


class EditorCommands(QObject):
    """Acts on the segment with the caret."""

    def __init__(self, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self.editable: EditableTranscript | None = None
        panes.undo.clicked.connect(lambda _checked=False: self.undo())
        panes.redo.clicked.connect(lambda _checked=False: self.redo())
        panes.view.speaker_clicked.connect(lambda _index: self.name_speaker())
        panes.view.segment_entered.connect(self.show_borders)
        panes.waveform.borders_moved.connect(self._borders_moved)

    def undo(self) -> None:
        """Take back the last step."""
        self._step_back_or_on(back=True)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._step_back_or_on(back=False)

    def _step_back_or_on(self, *, back: bool) -> None:
        if self.editable is None:
            return
        self._panes.view.commit()
        change = self.editable.undo() if back else self.editable.redo()
        if change is not None and self.editable.segments:
            index = min(change.index, len(self.editable.segments) - 1)
            if self._panes.view.segment != index:
                self._panes.view.go_to(index)
            self._panes.view.bring_into_sight(index)

    def split(self) -> None:
        """Begin a new segment at the caret."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.split_at_caret()

    def merge(self) -> None:
        """Join the segment with the caret and the next one."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.keep()
            self.editable.merge(self._panes.view.segment)

    def delete_segment(self) -> None:
        """Take the segment with the caret out."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.keep()
            self.editable.delete(self._panes.view.segment)

    def name_speaker(self) -> None:
        """Ask who says the segment with the caret, and perhaps all of this name."""
        if self.editable is None or not self.editable.segments:
            return
        self._panes.view.keep()
        index = self._panes.view.segment
        former = self.editable.segments[index].speaker
        names = self.editable.speakers()
        choices = list(dict.fromkeys([former or "", *names]))
        name, agreed = QInputDialog.getItem(
            self._panes,
            self.tr("Speaker"),
            self.tr("Who says this? It holds up to the next segment that has a name."),
            choices,
            0,
            True,
        )
        if agreed:
            self.set_speaker(index, name)

    def set_speaker(self, index: int, name: str) -> None:
        """The speaker of a segment and of those after it that had the same one, up to the next other one."""
        assert self.editable is not None
        segments = self.editable.segments
        stop = index + 1
        while stop < len(segments) and segments[stop].speaker == segments[index].speaker:
            stop += 1
        self.editable.set_speaker(range(index, stop), name or None)

    def next_segment(self) -> None:
        """Keep what was typed, and go on."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.next_segment()

    def _borders_moved(self, start_seconds: float, end_seconds: float) -> None:
        if self.editable is None or not self.editable.segments:
            return
        self._panes.view.keep()
        index = self._panes.view.segment
        if not self.editable.set_borders(index, start_seconds, end_seconds):
            self._panes.waveform.set_current(self.editable.segments[index])

    def show_borders(self, index: int) -> None:
        """Handles at the segment in the waveform."""
        if self.editable is None:
            return
        segments = self.editable.segments
        self._panes.waveform.set_current(segments[index] if index < len(segments) else None)
