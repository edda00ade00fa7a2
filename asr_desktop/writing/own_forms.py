"""What the user wants written in a form of their own: replacements, and hotwords in the capitals they were
entered with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from asr_desktop.writing.options import Replacement
from asr_desktop.writing.pieces import Piece, laid_over

_NO_LETTERS = re.compile(r"[^\w']+")


class OwnForms:
    """Finds them among spoken words, the longest first."""

    def __init__(self, replacements: Iterable[Replacement] = (), hotwords: Iterable[str] = ()) -> None:
        self._forms: dict[tuple[str, ...], tuple[str, ...]] = {}
        for hotword in hotwords:
            # Without a capital it says nothing about how it is written.
            if hotword != hotword.lower():
                self._forms[spoken_key(hotword)] = tuple(hotword.split())
        for replacement in replacements:
            self._forms[spoken_key(replacement.spoken)] = tuple(replacement.written.split())
        self._forms.pop((), None)
        self._longest = max(map(len, self._forms), default=0)

    def __bool__(self) -> bool:
        return bool(self._forms)

    def at(self, words: Sequence[str], index: int) -> tuple[list[Piece], int] | None:
        """The pieces of the form that begins at a word, and the index behind it.

        No pieces where nothing is to be written for it.
        """
        for length in range(min(self._longest, len(words) - index), 0, -1):
            written = self._forms.get(tuple(words[index : index + length]))
            if written is not None:
                return laid_over(list(written), index, index + length), index + length
        return None


def spoken_key(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: in small letters, apart at spaces and hyphens, without other
    marks."""
    return tuple(_NO_LETTERS.sub(" ", text.casefold().replace("’", "'")).split())
