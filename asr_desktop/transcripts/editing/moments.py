"""Which word sounds when, in a transcript that is being corrected."""

from __future__ import annotations

from bisect import bisect_right

from asr_desktop.transcripts.editing.document import Change, EditableTranscript, WordPlace


class Moments:
    """Asked thirty times a second, so it remembers where segments begin until something changes."""

    def __init__(self, document: EditableTranscript) -> None:
        self._document = document
        self._starts: list[float] | None = None
        document.listen(self._changed)

    def place_at(self, seconds: float) -> WordPlace | None:
        """The word that sounds at this moment, or the last one before it; None before the first."""
        segments = self._document.segments
        if self._starts is None:
            self._starts = [segment.start_seconds for segment in segments]
        index = bisect_right(self._starts, seconds) - 1
        if index < 0:
            return None
        words = segments[index].words
        number = bisect_right([word.start_seconds for word in words], seconds) - 1
        return WordPlace(index, max(0, number))

    def _changed(self, change: Change) -> None:
        self._starts = None
