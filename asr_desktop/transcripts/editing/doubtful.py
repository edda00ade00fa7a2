"""The words most worth a look: those that the recogniser was least sure of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing.document import EditableTranscript, WordPlace

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
