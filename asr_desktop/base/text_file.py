"""Text as other programs save it: UTF-8, Excel's "Unicode text" (UTF-16) or Windows-1252, told apart.

What is neither is refused with what it is instead (a workbook, a picture, another code page), since a wrong
guess would teach or look for words that nobody wrote.
"""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass

from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import (
    MOST_BYTES,
    READ_ERRORS,
    SmallFileError,
    decoded,
    open_regular,
    read_bytes,
)

WESTERN = "Windows-1252"

_START_BYTES = 65_536
_LEAST_LETTERS = 20
_MOST_ACCENTED = 0.25
"""Share of letters beyond ASCII that no Western European language reaches; Cyrillic or Greek read as if it
were Western has nothing else."""
_WESTERN_SIGNS = frozenset(
    "ÄÖÜäöüßẞÀÂÇÈÉÊËÎÏÔÙÛŸàâçèéêëîïôùûÿŒœÁÍÑÓÚáíñóúÃÕãõÌÒìòÅåÆæ¡¿ªº"
    "€‚ƒ„…†‡‰‹‘’“”•–—˜™›\xa0¢£¥§©«¬\xad®°±²³´µ¶·¹»¼½¾×÷"
)
_SIGNATURES = (
    (b"PK\x03\x04", Sentence("it is a workbook or another packed document; save it as CSV UTF-8")),
    (
        b"\xd0\xcf\x11\xe0",
        Sentence("it is a workbook or document from an old version of Office; save it as CSV UTF-8"),
    ),
    (b"%PDF", Sentence("it is a PDF; save its text as a text file")),
    (b"{\\rtf", Sentence("it is a formatted document (RTF); save it as plain text")),
)


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text and how it was written: "UTF-8", "UTF-16" or WESTERN."""

    text: str
    encoding: str


def read_any_text(path: str | os.PathLike[str], most_bytes: int = MOST_BYTES) -> FoundText:
    """The text of a file. Raises OSError or SmallFileError."""
    return text_of(read_bytes(path, most_bytes))


def first_line(path: str | os.PathLike[str]) -> str:
    """The first line of a file, "" where it has none or is no text: for guessing what it is."""
    try:
        with open_regular(path) as file:
            start = file.read(_START_BYTES)
        if len(start) == _START_BYTES:
            start = start[: start.rfind(b"\n") // 2 * 2]  # no half of a letter, in UTF-16 either
        lines = text_of(start).text.splitlines()
    except READ_ERRORS:
        return ""
    return lines[0] if lines else ""


def text_of(data: bytes) -> FoundText:
    """The text of a file's bytes. Raises SmallFileError with what they are instead."""
    for signature, reason in _SIGNATURES:
        if data.startswith(signature):
            raise SmallFileError(reason)
    utf_16 = _utf_16(data)
    if utf_16 is not None:
        try:
            return FoundText(data.decode(utf_16).removeprefix("\ufeff"), "UTF-16")
        except UnicodeDecodeError:
            raise SmallFileError(Sentence("its text in UTF-16 is damaged or cut short")) from None
    if b"\0" in data:
        raise SmallFileError(Sentence("it is not text"))
    try:
        return FoundText(decoded(data), "UTF-8")
    except SmallFileError:
        text = _western(data)
    if text is None:
        raise SmallFileError(Sentence("it is neither UTF-8 nor Windows-1252; save it as UTF-8"))
    return FoundText(text, WESTERN)


def _utf_16(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[: 2 * (min(len(data), 4000) // 2)]
    # Without a mark: Western text has a zero for every other byte.
    if start and start[1::2].count(0) > 0.7 * len(start) / 2 and 0 not in start[::2]:
        return "utf-16-le"
    if start and start[::2].count(0) > 0.7 * len(start) / 2 and 0 not in start[1::2]:
        return "utf-16-be"
    return None


def _western(data: bytes) -> str | None:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    if any(sign >= "\x80" and sign not in _WESTERN_SIGNS for sign in set(text)):
        return None
    letters = [sign for sign in text if sign.isalpha()]
    accented = sum(sign >= "\x80" for sign in letters)
    return None if len(letters) >= _LEAST_LETTERS and accented > _MOST_ACCENTED * len(letters) else text
