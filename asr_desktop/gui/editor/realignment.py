"""Second passes of the recogniser: exact times for typed words, and alternatives for a doubtful word."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing import Change, EditableTranscript, WordPlace
from asr_desktop.transcripts.editing.retiming import room_of

REALIGN_AFTER_MS = 1200
PREPARE_AFTER_MS = 3000
"""Delay after opening before the recogniser is loaded, so the transcript and the waveform come first."""


class EditorRealignment(QObject):
    """Belongs to one document and its sound."""

    failed = Signal(str)
    """Why new words keep their estimated times; a sentence, emitted once."""

    def __init__(
        self, context: AppContext, editable: EditableTranscript, sound: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._editable = editable
        self._sound = sound
        self._second_look = context.second_look()
        # Words with estimated times, by id(); the reference prevents the id from being reused.
        self._estimated: dict[int, Word] = {}
        self._is_aligning = False
        self._has_failed = False
        self._timer = QTimer(self, singleShot=True, interval=REALIGN_AFTER_MS)
        self._timer.timeout.connect(self._align_next)
        self._prepare_timer = QTimer(self, singleShot=True, interval=PREPARE_AFTER_MS)
        self._prepare_timer.timeout.connect(self._prepare)
        self._prepare_timer.start()
        editable.listen(self._changed)

    def alternatives(self, place: WordPlace) -> Operation:
        """Start to find alternatives for the word; the result is a list of Alternative."""
        words = self._editable.segments[place.segment].words
        earliest, latest = self._room(place.segment)
        return self._context.run(
            self._second_look.alternatives,
            self._sound,
            words,
            place.word,
            earliest=earliest,
            latest=latest,
        )

    def close(self) -> None:
        self._timer.stop()
        self._prepare_timer.stop()
        self._estimated.clear()
        self._second_look.close()

    def _prepare(self) -> None:
        # Errors are shown with the first request.
        self._context.run(self._second_look.prepare).on_failure(lambda _failure: None)

    def _room(self, index: int) -> tuple[float, float]:
        return room_of(self._editable.segments, index, self._editable.duration_seconds)

    def _changed(self, change: Change) -> None:
        former = [word for segment in change.removed for word in segment.words]
        new = [word for segment in change.inserted for word in segment.words]
        if [word.text for word in former] == [word.text for word in new]:
            return  # split, merged, confirmed or moved: nothing was typed
        known = {id(word) for word in former}
        typed = [word for word in new if id(word) not in known and word.confidence == 1.0]
        self._estimated.update((id(word), word) for word in typed)
        if typed:
            self._timer.start()

    def _align_next(self) -> None:
        """Align the first segment with estimated times; the next one follows when it is done."""
        if self._is_aligning or not self._estimated:
            return
        for index, segment in enumerate(self._editable.segments):
            touched = {n for n, word in enumerate(segment.words) if id(word) in self._estimated}
            if touched:
                for number in touched:
                    del self._estimated[id(segment.words[number])]
                self._align(index, segment, touched)
                return
        self._estimated.clear()  # none of them is in the text any more

    def _align(self, index: int, segment: Segment, touched: set[int]) -> None:
        self._is_aligning = True
        earliest, latest = self._room(index)
        operation = self._context.run(
            self._second_look.realign, self._sound, segment.words, touched, earliest=earliest, latest=latest
        )
        operation.on_success(partial(self._aligned, segment)).on_failure(self._cannot_align)

    def _aligned(self, segment: Segment, words: tuple[Word, ...]) -> None:
        self._is_aligning = False
        self._editable.set_times(segment, words)
        if self._estimated and not self._timer.isActive():
            self._align_next()

    def _cannot_align(self, failure: Failure) -> None:
        self._is_aligning = False
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(failure.sentence)
