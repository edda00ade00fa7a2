"""Numbers of languages without rules in this package, found by text2num.

Only plain numbers from 13 on, which every style writes in figures. Dates, times and money are not converted.
"""

from __future__ import annotations

from collections.abc import Sequence

from asr_desktop.writing.pieces import Piece, listed, spoken_pieces

LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "da")
FIRST_IN_FIGURES = 13
# "a hundred" and "a thousand" are often only approximate.
_ROUND = frozenset(
    listed("hundert tausend cent mille cien ciento mil cento honderd duizend cem hundrede tusind")
)


def written_numbers(words: list[str], breaks: frozenset[int], language: str) -> list[Piece]:
    """Pieces that cover `words`, in lower case; arguments as for `english.written_english`."""
    from text_to_num import find_numbers

    tokens = [_Spoken(word, index - 1 in breaks) for index, word in enumerate(words)]
    pieces: list[Piece] = []
    place = 0
    for found in find_numbers(tokens, language, FIRST_IN_FIGURES):
        if found.value < FIRST_IN_FIGURES or _is_in_words(found.text, words[found.start : found.end]):
            continue
        pieces += spoken_pieces(words, place, found.start)
        pieces.append(Piece(found.text, found.start, found.end))
        place = found.end
    return pieces + spoken_pieces(words, place, len(words))


def _is_in_words(text: str, words: Sequence[str]) -> bool:
    """Whether it is already in figures or is not a plain number (an ordinal, whose form depends on the
    language)."""
    return not text.replace(",", "").isdecimal() or (len(words) == 1 and words[0] in _ROUND)


class _Spoken:
    """A word with the interface that text2num expects."""

    def __init__(self, word: str, is_apart: bool) -> None:
        self._word = word
        self._is_apart = is_apart

    def text(self) -> str:
        return self._word

    def nt_separated(self, previous: _Spoken) -> bool:
        """Whether a sentence or clause ends between this word and the one before it."""
        return self._is_apart

    def not_a_number_part(self) -> bool:
        return False
