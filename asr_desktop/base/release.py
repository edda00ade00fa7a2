"""How old this version is: the program never asks anybody whether there is a newer one."""

from __future__ import annotations

from datetime import date

from asr_desktop import __released__
from asr_desktop.base.sentences import Sentence

OLD_DAYS = 180


def release_day() -> date:
    """Of this version."""
    return date.fromisoformat(__released__)


def update_hint(today: date | None = None) -> Sentence | None:
    """What to do about a version that has grown old, in a sentence; None for a newer one."""
    age = ((today or date.today()) - release_day()).days
    if age < OLD_DAYS:
        return None
    return Sentence(
        "This version is {months} months old. Look for a newer one where you got it; the program never "
        "looks by itself.",
        months=round(age / 30.44),
    )
