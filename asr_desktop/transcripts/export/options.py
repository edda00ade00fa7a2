"""What a person can choose about an export; every format reads the settings that concern it."""

from __future__ import annotations

import locale
import os
import re
from dataclasses import dataclass, field

from asr_desktop.transcripts.export.subtitle_rules import SubtitleRules

# The size of paper that people use where this computer is


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


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Settings of all formats; the defaults are what most people want."""

    timestamps: bool | None = None
    """txt, docx: the time before each paragraph. None is what is usual: no in txt, yes in docx."""
    word_times: bool = False
    """vtt: a time before each word, which players show as karaoke; csv: one row a word instead of one a
    segment."""
    speaker_names: bool = True
    """txt, docx, srt, vtt: who says it, where that is known. Without names SRT still has a dash before each
    line of two speakers who share a subtitle."""
    title: str | None = None
    """docx: the heading; None takes the name of the source."""
    paper: Paper | None = None
    """docx: None is what people use where this computer is."""
    paragraph_pause_seconds: float = 2.0
    """txt, docx: a pause this long begins a new paragraph."""
    paragraph_characters: int = 600
    """txt, docx: a paragraph ends with the segment that brings it to this length, pause or none."""
    subtitle_rules: SubtitleRules = field(default_factory=SubtitleRules)
    """srt, vtt: line length, reading speed, time on screen."""
