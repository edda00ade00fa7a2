"""The words most worth a look: those that the recogniser was least sure of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal

from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing.document import Change, EditableTranscript, WordPlace

DOUBTFUL_BELOW = 0.5
"""A word with a lower confidence is doubtful: it is more likely wrong than right."""

Order = Literal["confidence", "text"]


def doubtful_places(
    segments: Sequence[Segment], below: float = DOUBTFUL_BELOW
) -> Iterator[tuple[WordPlace, Word]]:
    """Every doubtful word, in the order of the text."""
    for index, segment in enumerate(segments):
        for number, word in enumerate(segment.words):
            if word.confidence < below:
                yield WordPlace(index, number), word


class DoubtfulWalk:
    """Goes from one doubtful word to the next: in the order of the text, or the least sure one first.

    A word is shown once in a walk; when all have been, the walk begins anew. Words that were corrected or
    confirmed meanwhile are sure and do not come again.
    """

    def __init__(self, document: EditableTranscript, below: float = DOUBTFUL_BELOW) -> None:
        self._document = document
        self._below = below
        # The words themselves, for their places change with every split and merge.
        self._seen: dict[int, Word] = {}

    def remaining(self) -> int:
        """How many doubtful words there are that this walk has not shown."""
        return sum(1 for _, word in self._doubtful() if id(word) not in self._seen)

    def count(self) -> int:
        """How many doubtful words there are."""
        return sum(1 for _ in self._doubtful())

    def next(self, after: WordPlace | None = None, order: Order = "text") -> WordPlace | None:
        """The next word to look at, None where there is none.

        order: "text" goes on behind `after`, or at it where it was not shown yet, and begins again at the
        top; "confidence" looks at the least sure word that was not shown yet.
        """
        found = list(self._doubtful())
        if not found:
            return None
        if order == "text":
            behind = [
                entry
                for entry in found
                if after is None or entry[0] > after or (entry[0] == after and id(entry[1]) not in self._seen)
            ]
            place, word = (behind or found)[0]
        else:
            unseen = [entry for entry in found if id(entry[1]) not in self._seen]
            if not unseen:
                self._seen.clear()
                unseen = found
            place, word = min(unseen, key=lambda entry: (entry[1].confidence, entry[0]))
        self._seen[id(word)] = word
        return place

    def _doubtful(self) -> Iterator[tuple[WordPlace, Word]]:
        return doubtful_places(self._document.segments, self._below)


# Which word sounds when, in a transcript that is being corrected


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
