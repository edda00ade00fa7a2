"""What is wrong with training data, before hours are spent on it: `asr-trainer check DATA`.

sound_measures   one recording → level, noise, clipping, silence
findings         what is measured → what to leave out and what to look at
checking         a data set → Report, recording by recording
report           Report → text for a person, JSON for a program
"""

from __future__ import annotations

from asr_desktop.teaching.check.checking import check_dataset
from asr_desktop.teaching.check.findings import Finding
from asr_desktop.teaching.check.report import Report

__all__ = ["Finding", "Report", "check_dataset"]
