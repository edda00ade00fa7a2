"""Joins inserted text to the text before the cursor: adds or omits a space and a capital."""

from __future__ import annotations

import unicodedata

_NO_SPACE_AFTER = set("([{“„‚‘«‹¿¡/\\@#_") | {"\u00a0"}
_NO_SPACE_BEFORE = set(".,;:!?…)]}”’»›%")
_ENDS_SENTENCE = set(".!?…")
_CLOSERS = set("\"'”’»›)]}")


def joined_to(before: str, text: str) -> str:
    """The words adapted to follow `before`, the end of the text before the cursor ("" at a text's start).

    The first word of a sentence gets a capital. Within a sentence, the first word loses the capital from the
    writing step if it is a common word that has none there ("The", not "Berlin", "I" or "NATO").
    """
    if not text:
        return text
    if starts_sentence(before):
        text = _with_capital(text)
    elif text.split(None, 1)[0].casefold().strip(".,;:!?") in _SMALL_INSIDE:
        text = text[0].lower() + text[1:]
    return spaced_after(before, text)


def spaced_after(before: str, text: str) -> str:
    """The unchanged text, with a space before it if one is needed after `before`."""
    return f" {text}" if text and _needs_space(before, text) else text


def starts_sentence(before: str) -> bool:
    """Whether text after `before` begins a sentence."""
    stripped = before.rstrip(" \t\u00a0")
    if not stripped or stripped.endswith("\n"):
        return True
    end = stripped.rstrip("".join(_CLOSERS))
    opened = stripped.rstrip("“„‚‘«‹\"'([{¿¡")
    if opened != stripped:
        return starts_sentence(opened)
    return bool(end) and end[-1] in _ENDS_SENTENCE


def _needs_space(before: str, text: str) -> bool:
    if not before or before[-1].isspace() or text[0].isspace():
        return False
    if before[-1] in _NO_SPACE_AFTER or text[0] in _NO_SPACE_BEFORE:
        return False
    if before[-1] == "-" and len(before) > 1 and before[-2].isalnum():  # "well-" + "known"
        return False
    if text[0] == "-" and len(text) == 1:
        return False
    return not (_is_wide(before[-1]) or _is_wide(text[0]))


def _with_capital(text: str) -> str:
    for place, sign in enumerate(text):
        if sign.isalpha():
            return text[:place] + sign.upper() + text[place + 1 :] if sign.upper() != "SS" else text
        if sign.isdigit():
            return text
    return text


def _is_wide(sign: str) -> bool:
    """Whether a character belongs to a script without spaces; Hangul is written with spaces."""
    name = unicodedata.name(sign, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH"))


# fmt: off
_SMALL_INSIDE = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "because", "but", "by", "can", "did", "do", "does", "for",
    "from", "had", "has", "have", "he", "her", "his", "how", "if", "in", "is", "it", "its", "just", "my",
    "no", "not", "of", "on", "or", "our", "she", "so", "some", "than", "that", "the", "their", "them",
    "then", "there", "these", "they", "this", "those", "to", "too", "very", "was", "we", "were", "what",
    "when", "where", "which", "who", "why", "will", "with", "would", "you", "your", "aber", "als", "am",
    "auch", "auf", "aus", "bei", "bis", "da", "damit", "das", "dass", "dem", "den", "denn", "der", "des",
    "die", "doch", "du", "ein", "eine", "einem", "einen", "einer", "er", "es", "für", "hat", "ich", "ihr",
    "im", "ist", "ja", "kann", "man", "mit", "nach", "nicht", "noch", "nur", "oder", "schon", "sich",
    "sind", "und", "uns", "vom", "von", "vor", "war", "wenn", "werden", "wie", "wir", "wird", "wo", "zu",
    "zum", "zur",
))
# fmt: on
