"""The age of a version, told without asking anybody."""

from __future__ import annotations

from datetime import timedelta

from asr_desktop.base.release import OLD_DAYS, release_day, update_hint


def test_a_young_version_says_nothing_and_an_old_one_its_age() -> None:
    assert update_hint(release_day()) is None
    assert update_hint(release_day() + timedelta(days=OLD_DAYS - 1)) is None
    hint = update_hint(release_day() + timedelta(days=OLD_DAYS))
    assert hint is not None
    assert "6 months" in hint
    assert "14 months" in str(update_hint(release_day() + timedelta(days=426)))


def test_a_clock_that_is_wrong_says_nothing() -> None:
    assert update_hint(release_day() - timedelta(days=4000)) is None
