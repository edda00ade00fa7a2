"""The size of paper that people use where this computer is."""

from __future__ import annotations

import locale
import os
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """In millimetres."""

    width: float
    height: float


A4 = Paper(210, 297)
LETTER = Paper(215.9, 279.4)
_LETTER = "BZ CA CL CO CR DO GT MX NI PA PH PR SV US VE"
"""As the locale data of Unicode (CLDR) has it; everywhere else it is A4."""


def paper_of_system() -> Paper:
    """By the country in the system's locale."""
    return paper_of(_locale_name())


def paper_of(name: str) -> Paper:
    """name: of a locale, such as en_US.UTF-8 or English_United States."""
    country = re.match(r"[A-Za-z]+[_-]([A-Z]{2})\b", name)
    is_letter = country is not None and country[1] in _LETTER.split()
    return LETTER if is_letter or "United States" in name or "Canada" in name else A4


def _locale_name() -> str:
    for variable in ("LC_ALL", "LC_PAPER", "LANG"):  # as POSIX looks for them
        if name := os.environ.get(variable):
            return name
    return locale.getlocale()[0] or ""
