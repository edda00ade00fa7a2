"""Finds problems of training data before the training: `asr-trainer check DATA`.

sound_measures   one recording → level, noise, clipping, silence
findings         measurements → what to leave out and what to review
checking         a data set → Report, recording by recording
report           Report → text for a person, JSON for a program
"""

from __future__ import annotations

from asr_desktop.teaching.check.checking import check_dataset
from asr_desktop.teaching.check.findings import Finding
from asr_desktop.teaching.check.report import Report

__all__ = ["Finding", "Report", "check_dataset"]
