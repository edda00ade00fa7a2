"""Who says what: named once, then given by a digit."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.widgets.speaker_dialog import SpeakerDialog
from asr_desktop.transcripts.editing import Change, EditableTranscript


class EditorSpeakers(QObject):
    """Acts on the segment with the caret, and on those after it up to the next one of somebody else."""

    def __init__(self, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self._editable: EditableTranscript | None = None
        self.dialog: SpeakerDialog | None = None
        self.names: list[str] = []
        """In the order of their digits, which stays while the transcript is open: whoever was there first,
        then as they were named."""
        panes.view.speaker_clicked.connect(lambda _index: self.ask())

    def open(self, editable: EditableTranscript) -> None:
        """Another transcript; its speakers get the first digits."""
        self._editable = editable
        self.names = editable.speakers()
        editable.listen(self._changed)

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self._editable = None

    def ask(self) -> None:
        """Ask who says the segment with the caret."""
        if self._editable is None or not self._editable.segments:
            return
        self._panes.view.keep()
        index = self._panes.view.segment
        self.dialog = SpeakerDialog(self._editable.segments[index].speaker, self.names, self._panes)
        self.dialog.named.connect(partial(self._named, index))
        self.dialog.finished.connect(self._answered)
        self.dialog.open()

    def say_number(self, number: int) -> None:
        """The segment with the caret is said by the speaker with this digit (from 1); asks, where there is
        none yet."""
        if self._editable is None or not self._editable.segments:
            return
        if number > len(self.names):
            self.ask()
            return
        self._panes.view.keep()
        self.set_speaker(self._panes.view.segment, self.names[number - 1])

    def set_speaker(self, index: int, name: str) -> None:
        """The speaker of a segment and of those after it that had the same one; "" for nobody in particular.

        The first line of a conversation thus names all of it, and each change of speaker the rest.
        """
        assert self._editable is not None
        segments = self._editable.segments
        stop = index + 1
        while stop < len(segments) and segments[stop].speaker == segments[index].speaker:
            stop += 1
        self._editable.set_speaker(range(index, stop), name or None)

    def rename(self, old: str, new: str) -> None:
        """Another name for a speaker, everywhere; the digit stays."""
        assert self._editable is not None
        if new:
            self.names = list(dict.fromkeys(new if name == old else name for name in self.names))
        self._editable.rename_speaker(old, new or None)

    def _named(self, index: int, name: str, is_everywhere: bool) -> None:
        if self._editable is None or index >= len(self._editable.segments):
            return
        former = self._editable.segments[index].speaker
        if is_everywhere and former is not None:
            self.rename(former, name)
        else:
            self.set_speaker(index, name)

    def _answered(self, _result: int) -> None:
        self.dialog = None

    def _changed(self, change: Change) -> None:
        for segment in change.inserted:
            if segment.speaker is not None and segment.speaker not in self.names:
                self.names.append(segment.speaker)
