"""Normalised English transcripts for training, and the vocabulary of their letters."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError

# The layout of the published English wav2vec2 checkpoints, in lower case: tools that read those also read
# this one.
ENGLISH_VOCABULARY: tuple[str, ...] = (
    "<pad>",
    "<s>",
    "</s>",
    "<unk>",
    "|",
    "'",
    *"abcdefghijklmnopqrstuvwxyz",
)

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_NOT_SPELLED = re.compile(r"[^a-z' ]+")
_STRAY_APOSTROPHE = re.compile(r"(?<![a-z])'+|'+(?![a-z])")
_PLURAL_POSSESSIVE = re.compile(r"(?<=s)'(?= |$)")


def normalise_text(text: str) -> str:
    """Lower-case English letters, apostrophes inside words, single spaces; accents are dropped, hyphens
    become spaces.

    Digits are removed like any other sign: a transcript with digits does not define how they were spoken, see
    :func:`has_digits`.

    >>> normalise_text("“Well—it’s   the dogs' café,” he said.")
    "well it's the dogs cafe he said"
    """
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).lower()
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _NOT_SPELLED.sub(" ", text)
    text = _PLURAL_POSSESSIVE.sub("", text)
    text = _STRAY_APOSTROPHE.sub(" ", text)
    return " ".join(text.split())


def has_digits(text: str) -> bool:
    """Whether a transcript has digits, so that its spoken form is ambiguous ("1984")."""
    return any(character.isdigit() for character in text)


def encode(text: str, vocabulary: Sequence[str] = ENGLISH_VOCABULARY) -> list[int]:
    """Label indices of a normalised text, spaces as the word delimiter ``|``.

    :raises ValueError: the vocabulary lacks characters; the message names them.
    """
    index = {token: number for number, token in enumerate(vocabulary)}
    spelled = text.replace(" ", "|")
    missing = sorted(set(spelled) - index.keys())
    if missing:
        raise ValueError(f"The vocabulary has no label for {' '.join(map(repr, missing))}.")
    return [index[character] for character in spelled]


def write_vocabulary(folder: Path, vocabulary: Sequence[str] = ENGLISH_VOCABULARY) -> None:
    """Write ``vocab.json`` and ``tokenizer_config.json`` in the Hugging Face layout."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = {token: number for number, token in enumerate(vocabulary)}
    tokenizer = {
        "tokenizer_class": "Wav2Vec2CTCTokenizer",
        "processor_class": "Wav2Vec2Processor",
        "pad_token": "<pad>",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "word_delimiter_token": "|",
        "do_lower_case": False,
        "replace_word_delimiter_char": " ",
    }
    (folder / "vocab.json").write_text(
        json.dumps(labels, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=1) + "\n", encoding="utf-8")


# Digits of English text as spoken words: 1882 → eighteen eighty two, 5% → five percent

_DIGIT = re.compile(r"\d")
_MONEY = re.compile(r"([$£€])\s?(\d[\d,]*)(?!\.?\d)")
_MONEY_NAMES = {"$": ("dollar", "dollars"), "£": ("pound", "pounds"), "€": ("euro", "euros")}
_PERCENT = re.compile(r"(?<=\d)\s?%")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_ORDINAL = re.compile(r"\b(\d{1,4})(?:st|nd|rd|th)\b", re.IGNORECASE)
_DECIMAL = re.compile(r"\b\d+\.\d+\b")
_DECADE = re.compile(r"\b(1[1-9]\d0|20[1-9]0)s\b")
_YEAR = re.compile(r"\b(1[1-9]\d\d|20[1-9]\d)\b(?!,?\d)")
_CARDINAL = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_LONGEST_NUMBER = 9  # more digits are a code, which is spoken digit by digit

_CHAPTER = re.compile(
    r"\b(chapter|book|act|scene|part|volume|canto|section|letter)\s+([IVXLC]+)\b\.?", re.IGNORECASE
)
_SOVEREIGN = re.compile(r"\b([A-Z][a-z]{2,})\s+([IVX]{2,})\b\.?")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def spell_numbers(text: str) -> str:
    """`text` without digits: cardinals, ordinals, years, decades, decimals, clock times, money, per cent.

    Ambiguous numbers get the most common reading: 1100 to 2099 without a comma are years.
    """
    if _DIGIT.search(text) is None:
        return text
    text = _MONEY.sub(_spell_money, text)
    text = _PERCENT.sub(" percent", text)
    text = _CLOCK.sub(_spell_clock, text)
    text = _ORDINAL.sub(lambda match: _words(int(match.group(1)), "ordinal"), text)
    text = _DECIMAL.sub(_spell_decimal, text)
    text = _DECADE.sub(_spell_decade, text)
    text = _YEAR.sub(lambda match: _words(int(match.group()), "year"), text)
    return _CARDINAL.sub(_spell_cardinal, text)


def spell_roman_numerals(text: str) -> str:
    """Spell out unambiguous Roman numerals: "Chapter IX" → "Chapter nine", "Henry VIII."."""
    text = _CHAPTER.sub(lambda match: match.group(1) + _words(_roman_value(match.group(2))), text)
    return _SOVEREIGN.sub(
        lambda match: f"{match.group(1)} the{_words(_roman_value(match.group(2)), 'ordinal')}", text
    )


def _words(number: int | str, kind: str = "cardinal") -> str:
    try:
        # Imported when needed: a training machine may lack it, and texts without digits do not need it.
        from num2words import num2words
    except ModuleNotFoundError:
        raise AsrDesktopError(
            "The text contains numbers, and the Python package that spells them out is not installed; "
            "install it with: pip install num2words==0.5.14"
        ) from None
    spelled: str = num2words(number, to=kind)
    return f" {spelled.replace('-', ' ').replace(',', '')} "


def _spell_cardinal(match: re.Match[str]) -> str:
    digits = match.group().replace(",", "")
    if len(digits) > _LONGEST_NUMBER or (digits[0] == "0" and len(digits) > 1):
        return _digit_by_digit(digits)
    return _words(int(digits))


def _spell_decimal(match: re.Match[str]) -> str:
    whole, fraction = match.group().split(".")
    if len(whole) + len(fraction) > _LONGEST_NUMBER:
        return f"{_digit_by_digit(whole)}point{_digit_by_digit(fraction)}"
    return _words(match.group())


def _digit_by_digit(digits: str) -> str:
    return "".join(_words(int(digit)) for digit in digits)


def _spell_money(match: re.Match[str]) -> str:
    singular, plural = _MONEY_NAMES[match.group(1)]
    digits = match.group(2).replace(",", "")
    if len(digits) > _LONGEST_NUMBER:
        return f"{_digit_by_digit(digits)}{plural} "
    amount = int(digits)
    return f"{_words(amount)}{singular if amount == 1 else plural} "


def _spell_clock(match: re.Match[str]) -> str:
    hour, minute = int(match.group(1)), int(match.group(2))
    if minute == 0:
        return f"{_words(hour)}o'clock "
    return _words(hour) + ("oh" if minute < 10 else "") + _words(minute)


def _spell_decade(match: re.Match[str]) -> str:
    spelled = _words(int(match.group(1)), "year").strip()
    return f" {spelled[:-1]}ies " if spelled.endswith("y") else f" {spelled}s "


def _roman_value(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral.lower()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
