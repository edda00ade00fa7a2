"""Writing text with a model's labels: the letters of a vocabulary are few, the letters people type are many.

A vocabulary may know capitals only, or no digits, or no accents. Before a hotword can be listened for,
or an edited text aligned to its sound, it has to be spelled in the vocabulary's letters: case folded,
typographic signs replaced, accents dropped where the vocabulary has none, punctuation that nobody says
left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from asr_desktop.recognition.ctc import printed_labels
from asr_desktop.recognition.labels import Labels

UNSPELLABLE = "\ufffd"
"""Stands in a spelled text for a character that the vocabulary cannot write."""

_APOSTROPHES = dict.fromkeys("’‘ʼ`´′＇", "'")


class Spelling:
    """How text is written in the letters of `labels`.

    separates_words: the labels print spaces (a delimiter, or pieces that begin with one); Chinese has none.
    spaces_in_pieces: spaces are printed together with the letters after them (`▁the`).
    """

    def __init__(self, labels: Labels) -> None:
        printed = printed_labels(labels)
        self.separates_words = any(text.startswith(" ") for text in printed)
        self.spaces_in_pieces = any(text.startswith(" ") and len(text) > 1 for text in printed)
        self._letters = _LetterTable(frozenset("".join(printed)) - {" "})
        self._by_first_character: dict[str, list[tuple[str, int]]] = {}
        for label_id, text in enumerate(printed):
            if text:
                self._by_first_character.setdefault(text[0], []).append((text, label_id))

    def spell(self, text: str) -> str:
        """`text` in the vocabulary's letters: words apart by one space, UNSPELLABLE for what cannot be
        written.

        A hyphen or dash that the vocabulary lacks parts two words, other punctuation it lacks is dropped.
        """
        return " ".join(unicodedata.normalize("NFC", text).translate(self._letters).split())

    def unspellable_characters(self, text: str) -> list[str]:
        """The characters of `text` that the vocabulary cannot write, each once, in order."""
        characters = unicodedata.normalize("NFC", text)
        return [c for c in dict.fromkeys(characters) if self._letters[ord(c)] == UNSPELLABLE]

    def words(self, text: str) -> tuple[str, ...]:
        """The words of `text` as decoding knows them, spelled: one for each label where none prints
        spaces.
        """
        spelled = self.spell(text)
        if self.separates_words:
            return tuple(spelled.split())
        words = []
        position = 0
        spelled = spelled.replace(" ", "")
        while position < len(spelled):
            end = max((end for _, end in self.labels_at(spelled, position)), default=position + 1)
            words.append(spelled[position:end])
            position = end
        return tuple(words)

    def labels_at(self, spelled: str, position: int) -> Iterator[tuple[int, int]]:
        """(label id, end position) of every label whose printed text stands in `spelled` at `position`."""
        for text, label_id in self._by_first_character.get(spelled[position], ()):
            if spelled.startswith(text, position):
                yield label_id, position + len(text)

    def can_write(self, spelled_word: str) -> bool:
        """Whether some sequence of labels prints `spelled_word` (no spaces in it), as a word of its own."""
        text = f" {spelled_word}" if self.spaces_in_pieces else spelled_word
        reached = {0}
        for position in range(len(text)):
            if position in reached:
                reached.update(end for _, end in self.labels_at(text, position))
        return len(text) in reached


class _LetterTable(dict[int, str]):
    """A table for str.translate that works out each character once."""

    def __init__(self, alphabet: frozenset[str]) -> None:
        super().__init__()
        self._alphabet = alphabet

    def __missing__(self, codepoint: int) -> str:
        letter = self[codepoint] = self._spell(chr(codepoint))
        return letter

    def _spell(self, character: str) -> str:
        decomposed = unicodedata.normalize("NFKD", character)
        unmarked = "".join(c for c in decomposed if not unicodedata.combining(c))
        for spelling in (character, _APOSTROPHES.get(character, character), decomposed, unmarked):
            for candidate in (spelling, spelling.lower(), spelling.upper()):
                if candidate and self._alphabet.issuperset(candidate):
                    return candidate
        category = unicodedata.category(character)
        if category == "Pd" or category[0] == "Z" or character.isspace():
            return " "
        # Punctuation, marks and controls are not said; "&", "%", "@" and "#" are, as currency signs (no
        # punctuation) are.
        return "" if category[0] in "PMC" and character not in "&%@#" else UNSPELLABLE
