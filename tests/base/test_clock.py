from __future__ import annotations

import pytest

from asr_desktop.base.clock import clock, clock_in_tenths, position, seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:02:03", 3723.0), (" 2:03.5 ", 123.5), ("90", 90.0), ("0:12,25", 12.25), ("0:00:00", 0.0)],
)
def test_times_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1:", ":30", "-5", "1:2:3:4", "1.5:30", "12 s"])
def test_what_is_no_time(text: str) -> None:
    assert seconds_of(text) is None


@pytest.mark.parametrize(("tenths", "text"), [(0, "0:00:00.0"), (609, "0:01:00.9"), (37235, "1:02:03.5")])
def test_a_place_to_the_tenth_is_read_back(tenths: int, text: str) -> None:
    assert clock_in_tenths(tenths) == text
    assert seconds_of(text) == tenths / 10


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (754, "12:34"), (3723, "1:02:03")]
)
def test_seconds_as_people_read_them(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_a_position_is_rounded_down_and_has_as_many_hours_as_are_asked_for() -> None:
    assert [position(seconds) for seconds in (0, 59.99, 61, 3723.9)] == ["0:00", "0:59", "1:01", "1:02:03"]
    assert [position(187.9, hour_digits=digits) for digits in (1, 2)] == ["0:03:07", "00:03:07"]
    assert position(360_000.0, hour_digits=1) == "100:00:00"
