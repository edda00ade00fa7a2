"""Parsing and formatting of times."""

from __future__ import annotations

import re

_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)")


def seconds_of(text: str) -> float | None:
    """ "1:02:03" as 3723.0, "2:03.5" as 123.5, "90" as 90.0; None where it is no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes or 0) + float(seconds.replace(",", "."))


def clock(seconds: float) -> str:
    """Seconds as people read them: 0:07, 12:30, 1:02:03."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def position(seconds: float, *, hour_digits: int = 0) -> str:
    """A position in a recording: 0:07, 12:34, 1:02:03. Rounded down, so that playing from there includes it.

    hour_digits: always show hours, with at least this many digits: 0:03:07 with one, 00:03:07 with two.
    """
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours or hour_digits:
        return f"{hours:0{max(1, hour_digits)}d}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}"


def clock_in_tenths(tenths: int) -> str:
    """37235 tenths of a second as "1:02:03.5"; :func:`seconds_of` reads it back."""
    seconds = tenths // 10
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{tenths % 10}"
