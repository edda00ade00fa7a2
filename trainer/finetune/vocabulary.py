"""How a model spells: transcripts into its labels, and the letters that it would need besides.

No language is assumed; the spelling itself is the app's (:mod:`asr_desktop.recognition.spelling`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from asr_desktop.recognition.ctc import printed_labels
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.spelling import UNSPELLABLE, Spelling

_APOSTROPHES = dict.fromkeys(map(ord, "’‘`´ʼ"), "'")

# A letter that is rarer than this comes from a foreign name or a slip, and is spelled without its accent.
LEAST_LETTER_SHARE = 5e-4


class TranscriptSpelling:
    """Spells transcripts with a model's labels."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._spelling = Spelling(labels)
        self._printed = printed_labels(labels)

    def spell(self, transcript: str) -> str:
        """The transcript in the labels' letters, words apart by single spaces; what they cannot write is left
        out.

        >>> english = Labels(("<pad>", "|", "'", *"acdefnot"), 0, "|", frozenset({0}))
        >>> TranscriptSpelling(english).spell("“Don’t”—a CAFÉ?")
        "don't a cafe"
        """
        return " ".join(self._spelling.spell(transcript).replace(UNSPELLABLE, "").split())

    def encode(self, spelled: str) -> list[int]:
        """Label ids of a spelled text, the longest label first where several fit; spaces only where a label
        prints them.
        """
        # Pieces such as "▁the" print the space before them, so a text begins with one for them.
        text = f" {spelled}" if self._spelling.spaces_in_pieces else spelled
        labels, position = [], 0
        while position < len(text):
            fitting = list(self._spelling.labels_at(text, position))
            if not fitting:
                position += 1  # a space between words that no label prints
                continue
            label, position = max(fitting, key=lambda found: found[1])
            labels.append(label)
        return labels

    def lacks(self, transcripts: Iterable[str], least_count: int) -> list[str]:
        """Letters of the transcripts, in the labels' case, that have no label and are not rare; sorted."""
        known = "".join(self._printed)
        upper = sum(c.isupper() for c in known) > sum(c.islower() for c in known)
        found = _letters(transcripts, least_count) - set(known.casefold()) - set(known.lower())
        if not upper:
            return sorted(found)
        # "ß" in capitals is two letters that the labels may have.
        return sorted({letter for c in found for letter in c.upper()} - set(known))


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
