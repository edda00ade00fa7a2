"""A short press toggles, a long one talks."""

from __future__ import annotations

import pytest

from asr_desktop.dictation.talk_key import KeyUse, TalkKey


class Listener:
    def __init__(self, use: KeyUse) -> None:
        self.is_on = False
        self.told: list[str] = []
        self.key = TalkKey(self.start, self.stop, lambda: self.is_on, use)

    def start(self) -> None:
        self.is_on = True
        self.told.append("start")

    def stop(self) -> None:
        self.is_on = False
        self.told.append("stop")


SHORT, LONG = 0.1, 1.5


@pytest.mark.parametrize(
    ("use", "presses", "told"),
    [
        (KeyUse.BOTH, [LONG], ["start", "stop"]),
        (KeyUse.BOTH, [SHORT], ["start"]),
        (KeyUse.BOTH, [SHORT, SHORT], ["start", "stop"]),
        (KeyUse.BOTH, [SHORT, LONG], ["start", "stop"]),
        (KeyUse.BOTH, [SHORT, SHORT, LONG], ["start", "stop", "start", "stop"]),
        (KeyUse.HOLD, [SHORT], ["start", "stop"]),
        (KeyUse.HOLD, [LONG, LONG], ["start", "stop", "start", "stop"]),
        (KeyUse.TOGGLE, [LONG], ["start"]),
        (KeyUse.TOGGLE, [LONG, LONG], ["start", "stop"]),
    ],
)
def test_presses(use: KeyUse, presses: list[float], told: list[str]) -> None:
    listener = Listener(use)
    at = 10.0
    for held in presses:
        listener.key.press(at)
        listener.key.press(at + 0.01)  # a repeat
        listener.key.release(at + held)
        at += 5.0
    assert listener.told == told


def test_a_release_without_a_press_does_nothing() -> None:
    listener = Listener(KeyUse.BOTH)
    listener.key.release(1.0)
    assert listener.told == []


def test_a_dictation_that_ended_by_itself_meanwhile_is_not_begun_by_the_release() -> None:
    listener = Listener(KeyUse.BOTH)
    listener.key.press(1.0)
    listener.stop()
    listener.key.release(3.0)
    assert listener.told == ["start", "stop", "stop"]


def test_a_key_that_is_another_one_now_is_not_down() -> None:
    listener = Listener(KeyUse.BOTH)
    listener.key.press(1.0)
    assert listener.key.is_down
    listener.key.forget()
    assert not listener.key.is_down
    listener.key.press(5.0)
    assert listener.told == ["start", "stop"]
