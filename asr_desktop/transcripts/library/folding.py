"""Words as a search sees them: without capitals, accents and punctuation.

Index and queries go through the same function, so that SQLite's own tokenizer has nothing left to decide, and
nothing that a user types can mean anything to it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ASCII_TOKEN = re.compile(r"[a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take apart, but that people leave the stroke off all the same.
_WITHOUT_STROKE = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
# Han and kana, which are written without spaces: each character is a token of its own.
_ALONE = re.compile(
    "[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]"
)


@lru_cache(maxsize=65_536)
def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text, none for one of punctuation: "Café-au-lait" is ("cafe", "au", "lait")."""
    if text.isascii():
        return tuple(_ASCII_TOKEN.findall(text.lower()))
    apart = unicodedata.normalize("NFKD", text.casefold())
    folded = unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).translate(_WITHOUT_STROKE)
    found: list[str] = []
    open_token = ""
    for character in folded:
        is_alone = _ALONE.match(character) is not None
        # Marks are letters here: the vowel signs of Indian scripts are among them.
        if is_alone or unicodedata.category(character)[0] not in "LNM":
            found.append(open_token)
            open_token = ""
        if is_alone:
            found.append(character)
        elif unicodedata.category(character)[0] in "LNM":
            open_token += character
    found.append(open_token)
    return tuple(token for token in found if token)
