"""Converts printed text to spoken words, each with the mark after it and its printed capitals.

    "Mr. Reed, aged 42, didn't come."   →   Mister Reed, aged forty two, didn't come.

The words are those of the language model's texts (`asr_desktop.language_model.corpus`): lower case, letters
and apostrophes, hyphens and dashes separate words. Other signs (quotes, brackets) are left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from asr_desktop.language_model.corpus import SPOKEN_FORMS
from asr_desktop.language_model.english import spell_numbers, spell_roman_numerals
from asr_desktop.writing.punctuation import CASES, MARKS

NOT_TAUGHT = 255
"""Case that is no training target: after a full stop every word has a capital."""

LOWER, CAPITALISED, UPPER, MIXED = range(len(CASES))
NONE, COMMA, STOP, QUESTION, EXCLAMATION, COLON, SEMICOLON, DASH = range(len(MARKS))

_SIGNS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "\ufeff": None,
        "\u00ad": None,
    }
)
_LIGATURES = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "Œ": "Oe",
        "Æ": "Ae",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "þ": "th",
        "ð": "th",
    }
)
_EDITORS_MARKS = re.compile(r"\[[^\]]{0,200}\]|\{[^}]{0,200}\}|<[^>]{0,80}>")
_EDITORS_PARAGRAPH = re.compile(
    r"^\W*(illustration|footnote|transcriber|title:|chapter\b.{0,80}$)", re.IGNORECASE
)
_NOT_PROSE = re.compile(r"https?://|www\.|[=|\\]|\*{2,}|_{3,}")
_ABBREVIATION = re.compile(r"\b(" + "|".join(SPOKEN_FORMS) + r")\.(?=\s|,|-|$)", re.IGNORECASE)
_BARE_TITLE = re.compile(r"\b(Mr|Mrs|Dr|Messrs)\b")
_ET_CETERA = re.compile(r"&c\b\.?|\betc\b\.?(?=\s+[a-z]|,|\))|\betc\b", re.IGNORECASE)
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_DOT_INSIDE = re.compile(r"(?<=[a-z])\.(?=[a-z]{2,3}\b)")
_AMPERSAND = re.compile(r"\s&\s")
_WORD = re.compile(r"([A-Za-z]+(?:'[A-Za-z]+)*)([^A-Za-z]*)")
_ACRONYM = re.compile(r"[A-Z]{2,}(?:'s)?$")
_LOWER_TAIL = re.compile(r"[A-Za-z][a-z']*$")
# Brackets are treated as commas.
_DASHES = ("--", "—", " - ", " – ", " (", ") ")
_LEAST_WORDS = 2
_MOST_UPPER_SHARE = 0.3


class MarkedWord(NamedTuple):
    """One printed word, the mark after it (index into MARKS), its case (index into CASES, or NOT_TAUGHT)."""

    printed: str
    mark: int
    case: int


def marked_words(paragraph: str) -> list[MarkedWord]:
    """The words of one paragraph of English print; empty where it is not prose (tables, headings in capitals,
    code).

    :raises AsrDesktopError: it has digits, and the package that spells them is missing.
    """
    text = paragraph.strip().translate(_SIGNS)
    if not text or _EDITORS_PARAGRAPH.match(text) or _NOT_PROSE.search(text):
        return []
    text = _spoken(_without_accents(text))
    found = _WORD.findall(text)
    if len(found) < _LEAST_WORDS or not found[0][0]:
        return []
    capitals = [word.isupper() and len(word) > 1 for word, _ in found]
    if sum(capitals) > _MOST_UPPER_SHARE * len(found):
        return []
    words = []
    sentence_begins = True
    last = len(found) - 1
    for number, (word, behind) in enumerate(found):
        following = found[number + 1][0] if number < last else ""
        mark = _mark(behind, word, following)
        shouted = capitals[number] and (
            (number > 0 and capitals[number - 1]) or (number < last and capitals[number + 1])
        )
        words.append(MarkedWord(word, mark, _case(word, sentence_begins, shouted)))
        sentence_begins = mark == STOP
    return words


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(character for character in text if not unicodedata.combining(character))


def _spoken(text: str) -> str:
    """The text with abbreviations and numbers in spoken form, keeping marks and capitals."""
    if "[" in text or "{" in text or "<" in text:
        text = _EDITORS_MARKS.sub(" ", text)
    if "&" in text or "etc" in text:
        text = _AMPERSAND.sub(" and ", _ET_CETERA.sub("et cetera", text))
    text = _INITIALS.sub(_joined_initials, text)
    text = _ABBREVIATION.sub(_said_abbreviation, text)
    text = _BARE_TITLE.sub(lambda match: SPOKEN_FORMS[match.group().lower()].capitalize(), text)
    text = _DOT_INSIDE.sub(" dot ", text)
    return spell_numbers(spell_roman_numerals(text))


def _joined_initials(match: re.Match[str]) -> str:
    letters = match.group().replace(".", "")
    # At the end of a sentence, the full stop of a final initial also ends the sentence.
    return letters + ("." if match.string[match.end() :].lstrip("\"')")[:1] == "" else "")


def _said_abbreviation(match: re.Match[str]) -> str:
    said = SPOKEN_FORMS[match.group(1).lower()]
    return said.capitalize() if match.group(1)[0].isupper() else said


def _mark(behind: str, word: str, following: str) -> int:
    """The mark for the signs between two words."""
    mark = _sign(behind)
    if mark == STOP and following:
        if len(word) == 1 and word.isupper() and word != "I":
            return NONE  # J. Smith
        if following[0].islower():
            # "the end. and then": an abbreviation, or an ellipsis.
            return DASH if ".." in behind else NONE
    return mark


@lru_cache(maxsize=20_000)
def _sign(behind: str) -> int:
    if "?" in behind:
        return QUESTION
    if "!" in behind:
        return EXCLAMATION
    if "." in behind:
        # "3.5" and "node.js" have no mark; a full stop is followed by a space or a quote.
        return STOP if not behind.startswith(".") or len(behind) > 1 or behind == "." else NONE
    for sign, mark in ((";", SEMICOLON), (":", COLON), (",", COMMA)):
        if sign in behind:
            return mark
    return DASH if any(sign in behind for sign in _DASHES) else NONE


@lru_cache(maxsize=500_000)
def _case(word: str, sentence_begins: bool, shouted: bool) -> int:
    if word.islower():
        return LOWER
    if shouted:
        return NOT_TAUGHT
    if word == "I" or word.startswith("I'"):
        return CAPITALISED
    if len(word) > 1 and _ACRONYM.fullmatch(word):
        return UPPER
    if _LOWER_TAIL.fullmatch(word):
        return NOT_TAUGHT if sentence_begins else CAPITALISED
    return MIXED
