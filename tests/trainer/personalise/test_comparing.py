"""How far a comparison is: its share grows with the sound that was heard, and the clock gives an estimate."""

from __future__ import annotations

import pytest

from trainer.finetune.job import TrainingProgress
from trainer.personalise import COMPARING, ComparingProgress


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_share_grows_and_the_rest_is_estimated() -> None:
    told: list[TrainingProgress] = []
    clock = Clock()
    heard = ComparingProgress(40.0, told.append, clock)
    heard.begin("measuring on your speech")
    for _ in range(10):
        clock.now += 2.0
        heard(2.0)
    heard.begin("testing on other voices")
    assert {progress.stage for progress in told} == {COMPARING}
    assert [progress.done for progress in told] == pytest.approx([0, *(n / 20 for n in range(1, 11)), 0.5])
    assert told[0].seconds_left is None
    assert told[1].seconds_left is None, "too early to say"
    assert told[-2].seconds_left == pytest.approx(20.0)
    assert (told[-2].message, told[-1].message) == ("measuring on your speech", "testing on other voices")


def test_it_is_told_once_a_second_at_most_and_ends_below_one() -> None:
    told: list[TrainingProgress] = []
    clock = Clock()
    heard = ComparingProgress(10.0, told.append, clock)
    heard.begin("x")
    for _ in range(100):
        clock.now += 0.1
        heard(0.2)
    assert 8 <= len(told) <= 11
    assert told[-1].done < 1.0


def test_nothing_to_hear_is_no_division_by_zero() -> None:
    told: list[TrainingProgress] = []
    ComparingProgress(0.0, told.append, Clock()).begin("x")
    assert told == [TrainingProgress(COMPARING, 0.0, "x")]
