"""Options of the written form: plain frozen data, for pipes between processes and for the settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from asr_desktop.base.errors import WritingError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.settings import Settings
from asr_desktop.writing.pieces import Piece, laid_over

MARKS, CAPITALS, NUMBERS, REPLACEMENTS = PARTS = ("marks", "capitals", "numbers", "replacements")
EVERYTHING = "all"
"""As an entry of `off`: everything off, the spoken form as recognised."""
SEPARATOR = "="

_TWO_LETTERS = {
    "eng": "en",
    "deu": "de",
    "ger": "de",
    "fra": "fr",
    "fre": "fr",
    "spa": "es",
    "ita": "it",
    "nld": "nl",
    "dut": "nl",
    "por": "pt",
    "dan": "da",
    "english": "en",
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """A replacement of the user: words spoken as `spoken`, in any case, are written as `written`, which may
    be empty."""

    spoken: str
    written: str

    def __str__(self) -> str:
        return f"{self.spoken}{SEPARATOR}{self.written}"


@dataclass(frozen=True, slots=True)
class WritingOptions:
    """off: disabled parts, each a name of PARTS or EVERYTHING, optionally for models of one language only:
        "marks", "de:numbers".
    closed_per_cent: "25%" in place of "25 %".
    """

    off: tuple[str, ...] = ()
    closed_per_cent: bool = False
    replacements: tuple[Replacement, ...] = ()

    def has(self, part: str, language: str | None) -> bool:
        """Whether a part is on for models of a language, named as the model folder names it."""
        names = (part, EVERYTHING)
        code = language_code(language)
        return not any(name in self.off or f"{code}:{name}" in self.off for name in names)

    def with_part(self, part: str, is_on: bool, language: str | None = None) -> WritingOptions:
        """These options with a part on or off; for one language, or for all of them."""
        code = language_code(language)
        entry = f"{code}:{part}" if code else part
        left = tuple(name for name in self.off if name != entry)
        return replace(self, off=left if is_on else (*left, entry))


def chosen_options(settings: Settings) -> WritingOptions:
    """The options in the settings; invalid replacements are left out, since they were reported when
    entered."""
    replacements = []
    for entry in settings.writing_replacements:
        with suppress(WritingError):
            replacements.append(parse_replacement(entry))
    return WritingOptions(settings.writing_off, settings.writing_closed_per_cent, tuple(replacements))


SPOKEN = WritingOptions(off=(EVERYTHING,))
"""No written form: words stay as they were recognised."""


def language_code(language: str | None) -> str:
    """A model's language in two letters: "en" for "eng", "en-GB" and "English"; "" where it is not known."""
    name = (language or "").lower().replace("_", "-").partition("-")[0]
    return _TWO_LETTERS.get(name, name)


def parse_replacement(entry: str) -> Replacement:
    """The replacement of an entry "spoken=written"; raises WritingError where the spoken side is empty."""
    spoken, separator, written = (" ".join(part.split()) for part in entry.partition(SEPARATOR))
    if not separator or not spoken:
        raise WritingError(
            Sentence('A replacement needs the form "spoken=written", such as "open source=open-source".')
        )
    return Replacement(spoken, written)


def parse_replacements(entries: Iterable[str]) -> tuple[Replacement, ...]:
    """The replacements of several entries; blank ones are skipped. Raises WritingError."""
    return tuple(parse_replacement(entry) for entry in entries if entry.strip())


_NO_LETTERS = re.compile(r"[^\w']+")


class OwnForms:
    """Finds the user's forms among spoken words, the longest first."""

    def __init__(self, replacements: Iterable[Replacement] = (), hotwords: Iterable[str] = ()) -> None:
        self._forms: dict[tuple[str, ...], tuple[str, ...]] = {}
        for hotword in hotwords:
            # Without a capital it does not define a written form.
            if hotword != hotword.lower():
                self._forms[spoken_key(hotword)] = tuple(hotword.split())
        for replacement in replacements:
            self._forms[spoken_key(replacement.spoken)] = tuple(replacement.written.split())
        self._forms.pop((), None)
        self._longest = max(map(len, self._forms), default=0)

    def __bool__(self) -> bool:
        return bool(self._forms)

    def at(self, words: Sequence[str], index: int) -> tuple[list[Piece], int] | None:
        """The pieces of the form that begins at a word, and the index after it.

        No pieces where its written form is empty.
        """
        for length in range(min(self._longest, len(words) - index), 0, -1):
            written = self._forms.get(tuple(words[index : index + length]))
            if written is not None:
                return laid_over(list(written), index, index + length), index + length
        return None


def spoken_key(text: str) -> tuple[str, ...]:
    """The words of a text for comparison: lower case, split at spaces and hyphens, without other marks."""
    return tuple(_NO_LETTERS.sub(" ", text.casefold().replace("’", "'")).split())
