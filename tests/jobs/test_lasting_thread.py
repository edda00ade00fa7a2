from __future__ import annotations

import threading

import pytest

from asr_desktop.jobs import lasting_thread
from asr_desktop.jobs.lasting_thread import MOST_FAILURES_IN_A_ROW, LastingThread


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lasting_thread, "RESTARTS_AFTER_SECONDS", 0.0)


def test_a_failure_is_told_and_the_work_goes_on() -> None:
    told: list[str] = []
    ended = threading.Event()
    steps = iter([True, LookupError("one"), True, LookupError("two"), True, False])

    def step() -> bool:
        outcome = next(steps)
        if outcome is False:
            ended.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    thread = LastingThread(step, "test", told.append)
    thread.start()
    assert ended.wait(60)
    thread.join()
    assert [sentence.partition(")")[0] for sentence in told] == [
        "Something unexpected happened (LookupError: one",
        "Something unexpected happened (LookupError: two",
    ]
    assert thread.failure is None


def test_what_fails_again_and_again_gives_up_with_a_sentence() -> None:
    calls: list[int] = []
    given_up = threading.Event()

    def step() -> bool:
        calls.append(1)
        raise LookupError("always")

    def told(sentence: str) -> None:
        if len(calls) == MOST_FAILURES_IN_A_ROW:
            given_up.set()
        raise OSError("nobody listens")  # who is told may fail too

    thread = LastingThread(step, "test", told)
    thread.start()
    assert given_up.wait(60)
    thread.join()
    assert len(calls) == MOST_FAILURES_IN_A_ROW
    assert thread.failure is not None
    assert "LookupError: always" in thread.failure
