"""How a model spells: transcripts into its labels, and the letters that it would need besides.

No language is assumed. A transcript's characters take the case that the labels have, lose an accent that the
labels lack, and whatever is no letter to them becomes a space between words.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from asr_desktop.recognition.labels import Labels

_APOSTROPHES = dict.fromkeys(map(ord, "’‘`´ʼ"), "'")

# A letter that is rarer than this comes from a foreign name or a slip, and is spelled without its accent.
LEAST_LETTER_SHARE = 5e-4


class Spelling:
    """Spells transcripts with a model's labels."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._ids = {
            token: label
            for label, token in enumerate(labels.tokens)
            if len(token) == 1 and label not in labels.special_ids and token != labels.word_delimiter
        }

    def spell(self, transcript: str) -> str:
        """The transcript in the labels' letters, words apart by single spaces.

        >>> english = Labels(("<pad>", "|", "'", *"acdefnot"), 0, "|", frozenset({0}))
        >>> Spelling(english).spell("“Don’t”—a CAFÉ?")
        "don't a cafe"
        """
        text = unicodedata.normalize("NFC", transcript.translate(_APOSTROPHES))
        return " ".join("".join(map(self._spelled, text)).split())

    def _spelled(self, character: str) -> str:
        for candidate in (character, character.lower(), character.upper()):
            if candidate in self._ids:
                return candidate
        if not character.isalpha():
            # An apostrophe or accent of its own is part of the word, everything else stands between two.
            return "" if character == "'" or unicodedata.combining(character) else " "
        # "é" without its accent; "ß", which has two capitals.
        for changed in (unicodedata.normalize("NFKD", character)[0], character.upper()):
            if changed != character:
                return "".join(map(self._spelled, changed))
        return ""

    def encode(self, text: str) -> list[int]:
        """Label ids of a spelled text; the spaces are the word delimiter, where the model has one."""
        delimiter = self.labels.word_delimiter
        space = [] if delimiter is None else [self.labels.tokens.index(delimiter)]
        return [label for c in text for label in (space if c == " " else [self._ids[c]])]

    def lacks(self, transcripts: Iterable[str], least_count: int) -> list[str]:
        """Letters of the transcripts, in the labels' case, that have no label and are not rare; sorted."""
        upper = sum(token.isupper() for token in self._ids) > sum(token.islower() for token in self._ids)
        known = {token.casefold() for token in self._ids}
        found = _letters(transcripts, least_count)
        return sorted(c.upper() if upper and len(c.upper()) == 1 else c for c in found if c not in known)


def extended(labels: Labels, letters: Iterable[str]) -> Labels:
    """The labels and, behind them, new ones."""
    return replace(labels, tokens=(*labels.tokens, *letters))


def labels_of_texts(transcripts: Iterable[str], least_count: int) -> Labels:
    """Labels for a new head: the letters that the transcripts are written with, in lower case."""
    transcripts = list(transcripts)
    letters = _letters(transcripts, least_count)
    if any("'" in text.translate(_APOSTROPHES) for text in transcripts):
        letters.add("'")
    tokens = ("<pad>", "<s>", "</s>", "<unk>", "|", *sorted(letters))
    return Labels(tokens, 0, "|", frozenset({0, 1, 2, 3}))


def _letters(transcripts: Iterable[str], least_count: int) -> set[str]:
    counts = Counter(
        character
        for text in transcripts
        for character in unicodedata.normalize("NFC", text).lower()
        if character.isalpha()
    )
    least = max(least_count, LEAST_LETTER_SHARE * counts.total())
    return {letter for letter, count in counts.items() if count >= least}
