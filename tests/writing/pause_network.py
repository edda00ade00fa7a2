"""A network for tests: marks and capitals by simple rules, from words and gaps alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUESTIONS = frozenset(("who", "what", "when", "where", "why", "how", "did", "does"))
NAMES = {"london": "London", "anna": "Anna", "nasa": "NASA", "i": "I"}


@dataclass(frozen=True)
class PauseMarks:
    spoken: str
    written: str
    inner: str
    mark_after: str
    sentence_start: bool


class PauseNetwork:
    """A sentence ends at a gap over 0.7 s, unless the next word is "and"; names have capitals. Notes what it
    was asked."""

    context_words = 4

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], int, bool]] = []

    def marks(
        self,
        words: Sequence[str],
        gaps_seconds: Sequence[float | None] | None = None,
        *,
        closed: bool,
        first: int = 0,
    ) -> list[PauseMarks]:
        assert gaps_seconds is not None
        assert len(gaps_seconds) == len(words)
        self.asked.append((tuple(words), first, closed))
        result: list[PauseMarks] = []
        begins, opener = True, ""
        for index, word in enumerate(words):
            opener = word if begins else opener
            gap = gaps_seconds[index]
            is_last = index + 1 == len(words)
            # Without a word behind it the end of what is known counts as a breath.
            ends = (is_last and gap is None) or (gap is not None and gap > 0.7)
            if not is_last and words[index + 1] == "and":
                ends = False
            if is_last and closed:
                ends = True
            mark = ("?" if opener in QUESTIONS else ".") if ends else ""
            inner = NAMES.get(word, word)
            written = inner[:1].upper() + inner[1:] if begins else inner
            result.append(PauseMarks(word, written, inner, mark, begins))
            begins = ends
        return result[first:]
