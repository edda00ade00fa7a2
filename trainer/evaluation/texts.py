"""What of a transcript is compared: words without case and punctuation, the same rule for both sides."""

from __future__ import annotations

import re
import unicodedata

from asr_desktop.language_model.english import ENGLISH_VOCABULARY, normalise_text
from asr_desktop.recognition.labels import Labels

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_EDGE_APOSTROPHE = re.compile(r"(?<!\w)'+|'+(?!\w)")


def comparable(text: str, labels: Labels) -> str:
    """``text`` in lower case, words apart by single spaces.

    For labels of plain English as `english` writes it; for others whatever is no letter, digit or mark on a
    letter separates words. Where words are not delimited (Chinese), each character is a word.

    >>> german = Labels(("<pad>", "|", *"äabdeflrstu"), 0, "|", frozenset({0}))
    >>> comparable("»Läuft’s?«", german)
    "läuft's"
    """
    if labels.word_delimiter is not None and _is_english(labels):
        return normalise_text(text)
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    kept = "".join(
        character if character == "'" or unicodedata.category(character)[0] in "LMN" else " "
        for character in text
    )
    words = _EDGE_APOSTROPHE.sub(" ", kept).split()
    return " ".join(words if labels.word_delimiter is not None else "".join(words))


def _is_english(labels: Labels) -> bool:
    spelled = {
        token.lower() for number, token in enumerate(labels.tokens) if number not in labels.special_ids
    }
    return spelled <= {token for token in ENGLISH_VOCABULARY if not token.startswith("<")}
