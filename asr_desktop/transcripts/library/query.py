"""What the user types into a search box, and where a passage says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asr_desktop.transcripts.library.folding import tokens

# "a phrase" (straight, curly or angle quotes, also one that is still open), or a word.
_PARTS = re.compile(r'["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)|([^\s"“”„«»]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that have to follow one another; with `is_prefix` the last may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False

    def fts5(self) -> str:
        """The term in FTS5's language. Tokens hold letters and digits only, so nothing has to be escaped."""
        return f'"{" ".join(self.tokens)}"' + (" *" if self.is_prefix else "")

    def is_at(self, spoken: Sequence[str], place: int) -> bool:
        """Whether the tokens from `place` on say it."""
        end = place + len(self.tokens)
        if end > len(spoken):
            return False
        *first, last = self.tokens
        return list(spoken[place : end - 1]) == first and (
            spoken[end - 1].startswith(last) if self.is_prefix else spoken[end - 1] == last
        )


# speaker:Anna, or the name in quotes; in German as well.
_SPEAKER = re.compile(
    r"""(?<!\S)(?:speaker|sprecher):(?:["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)|([^\s"“”„«»]*))""", re.IGNORECASE
)


def speakers_and_rest(text: str, *, as_typed: bool = False) -> tuple[list[Term], str]:
    """Who is asked for in a query (`speaker:Anna`, `speaker:"Anna B"`), and the query without that.

    A name is found by any of its words; as_typed: by the beginning of one, unless it is in quotes.
    """
    asked: list[Term] = []
    for part in _SPEAKER.finditer(text):
        quoted, word = part.groups()
        spoken = tokens(quoted if quoted is not None else word)
        if spoken:
            asked.append(Term(spoken, is_prefix=quoted is None and (as_typed or word.endswith("*"))))
    return list(dict.fromkeys(asked)), _SPEAKER.sub(" ", text)


def parse(text: str, *, as_typed: bool = False) -> list[Term]:
    """The terms of a query, all of which are wanted: words, "phrases in quotes", and beginnings like `harb*`.

    as_typed: the last word may still be in the making, so it counts as a beginning.
    """
    terms: list[Term] = []
    for part in _PARTS.finditer(text):
        phrase, word = part.groups()
        spoken = tokens(phrase if phrase is not None else word)
        if spoken:
            is_open = as_typed and part.end() == len(text) and phrase is None
            terms.append(Term(spoken, is_prefix=is_open or (word or "").endswith("*")))
    return list(dict.fromkeys(terms))


def all_of(terms: Sequence[Term]) -> str:
    """A query of FTS5 for passages with all of them."""
    return " AND ".join(term.fts5() for term in terms)


def any_of(terms: Sequence[Term]) -> str:
    """A query of FTS5 for passages with one of them."""
    return " OR ".join(term.fts5() for term in terms)


def matched_words(terms: Sequence[Term], words: Sequence[str]) -> list[int]:
    """The indices of the words that the terms found, in order."""
    spoken: list[str] = []
    word_of: list[int] = []
    for index, word in enumerate(words):
        for token in tokens(word):
            spoken.append(token)
            word_of.append(index)
    found: set[int] = set()
    for place in range(len(spoken)):
        for term in terms:
            if term.is_at(spoken, place):
                found.update(word_of[place : place + len(term.tokens)])
    return sorted(found)
