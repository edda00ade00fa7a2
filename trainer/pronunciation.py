"""Phones of English words, for the auxiliary phone target of a training from scratch.

A character CTC has to find out at once where sounds are and how English spells them. A second CTC head in the
middle of the network that predicts phones separates the two: the lower layers learn sounds, the upper layers
spelling. The head is used in training only. (Intermediate CTC: Lee & Watanabe, ICASSP 2021; phones as the
lower level of a hierarchy: Sanabria & Metze, SLT 2018.)
"""

from __future__ import annotations

import re
from pathlib import Path

# ARPAbet as cmudict writes it, without stress marks.
PHONES: tuple[str, ...] = (
    "<pad>",
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH",
    "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH",
    "UH", "UW", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
_INDEX = {phone: number for number, phone in enumerate(PHONES)}
_VARIANT = re.compile(r"\(\d+\)$")


def read_pronunciations(path: Path) -> dict[str, tuple[int, ...]]:
    """The first pronunciation of each word of a cmudict file, as indices into :data:`PHONES`."""
    pronunciations: dict[str, tuple[int, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = line.split("#", 1)[0].split()
        if len(entry) < 2 or _VARIANT.search(entry[0]):
            continue
        pronunciations.setdefault(entry[0].lower(), tuple(_INDEX[phone.rstrip("012")] for phone in entry[1:]))
    return pronunciations


def phones_of(text: str, pronunciations: dict[str, tuple[int, ...]]) -> list[int] | None:
    """Phones of a normalised text, or None where a word is not in the dictionary: a guess would teach a wrong
    sound.
    """
    phones: list[int] = []
    for word in text.split():
        known = pronunciations.get(word) or pronunciations.get(word.replace("'", ""))
        if known is None:
            return None
        phones += known
    return phones
