"""What a person can choose about an export; every format reads the settings that concern it."""

from __future__ import annotations

from dataclasses import dataclass, field

from asr_desktop.transcripts.export.paper import Paper
from asr_desktop.transcripts.export.subtitle_rules import SubtitleRules


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
