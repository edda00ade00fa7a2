from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from asr_desktop.commands.terminal import Interruption

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to oneself")


@pytest.fixture(autouse=True)
def _python_s_own_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class _InterruptedWhileClearedAway:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(100))  # the handler runs between two steps of Python


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_python_swallows_is_remembered() -> None:
    with Interruption() as interruption:
        assert not interruption.happened()
        thing = _InterruptedWhileClearedAway()
        del thing  # KeyboardInterrupt does not come out of this
        assert interruption.happened()


def interrupted_at_work() -> None:
    with Interruption():
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(100))


def test_it_still_interrupts_and_leaves_the_handler_as_it_was() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_at_work()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_where_the_signal_is_ignored_it_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption() as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(100))
        assert not interruption.happened()
