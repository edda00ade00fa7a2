"""Operations: answers arrive in the window's thread, in order, and only where they are wanted."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from asr_desktop.base.errors import MediaError
from asr_desktop.gui import operations
from asr_desktop.gui.operations import Failure, Operation, run

PATIENCE_MS = 60_000


def test_the_result_arrives_in_the_thread_that_asked(qtbot: QtBot) -> None:
    told: list[object] = []

    def work(left: int, *, right: int) -> tuple[int, int]:
        return left + right, threading.get_ident()

    operation = run(work, 2, right=3).on_success(lambda result: told.append((result, threading.get_ident())))
    qtbot.waitUntil(lambda: operation.is_done, timeout=PATIENCE_MS)
    ((result, thread_of_work), thread_of_answer) = told[0]  # type: ignore[misc]
    assert result == 5
    assert thread_of_answer == threading.get_ident() != thread_of_work


def test_an_answer_that_is_there_at_once_waits_for_its_handler(qtbot: QtBot) -> None:
    told: list[str] = []
    came = threading.Event()
    operation: Operation[str] = Operation()
    operation._arrived.connect(lambda *_: came.set(), Qt.ConnectionType.DirectConnection)
    operation.run(lambda: "early")
    assert came.wait(PATIENCE_MS / 1000)
    operation.on_success(told.append)
    qtbot.waitUntil(lambda: told == ["early"], timeout=PATIENCE_MS)


def test_progress_comes_in_order_and_before_the_result(qtbot: QtBot) -> None:
    told: list[object] = []

    def work(progress: Callable[[int], None]) -> str:
        for number in range(5):
            progress(number)
        return "done"

    run(work).on_progress(told.append).on_success(told.append)
    qtbot.waitUntil(lambda: told == [0, 1, 2, 3, 4, "done"], timeout=PATIENCE_MS)


def test_an_error_for_people_is_its_sentence(qtbot: QtBot) -> None:
    told: list[Failure] = []

    def fail() -> None:
        raise MediaError("The file is empty: choose another one.")

    run(fail).on_failure(told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    assert (told[0].sentence, told[0].details) == ("The file is empty: choose another one.", "")


def test_any_other_error_is_logged_and_its_details_can_be_copied(qtbot: QtBot, home: Path) -> None:
    told: list[Failure] = []
    run(lambda: 1 / 0).on_failure(told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    assert "Traceback" not in told[0].sentence
    assert "ZeroDivisionError" in told[0].details
    (log,) = (home / "logs").iterdir()
    assert str(log) in told[0].sentence


def test_a_full_disk_is_no_defect(qtbot: QtBot, home: Path) -> None:
    failures: list[Failure] = []

    def work() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/media/talk.txt")

    run(work).on_failure(failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].sentence.startswith("/media/talk.txt cannot be written: the disk is full;")
    assert failures[0].details == ""
    assert not (home / "logs").exists()


def test_a_failure_that_nobody_handles_is_shown(qtbot: QtBot) -> None:
    told: list[Failure] = []
    operations.show_failures(told.append)
    try:
        run(lambda: 1 / 0)
        qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    finally:
        operations.show_failures(None)


def test_who_is_cancelled_is_told_and_heard_no_more(qtbot: QtBot) -> None:
    told: list[object] = []
    asked, seen = threading.Event(), threading.Event()

    def work(cancelled: Callable[[], bool]) -> str:
        asked.wait()
        if cancelled():
            seen.set()
        return "too late"

    operation = run(work).on_success(told.append).on_failure(told.append)
    operation.cancel()
    asked.set()
    qtbot.waitUntil(lambda: operation.is_done, timeout=PATIENCE_MS)
    assert seen.is_set()
    assert told == []


def test_a_page_that_is_gone_is_not_called(qtbot: QtBot) -> None:
    class Page(QObject):
        called = False

        def take(self, _: object) -> None:
            Page.called = True

    page, is_gone = Page(), threading.Event()
    operation = run(is_gone.wait).on_success(page.take).on_success(partial(page.take))
    page.destroyed.connect(is_gone.set)
    page.deleteLater()
    qtbot.waitUntil(lambda: operation.is_done, timeout=PATIENCE_MS)
    assert not Page.called


@pytest.mark.parametrize("count", [40])
def test_many_at_once(qtbot: QtBot, count: int) -> None:
    told: list[int] = []
    for number in range(count):
        run(lambda number=number: number).on_success(told.append)
    qtbot.waitUntil(lambda: sorted(told) == list(range(count)), timeout=PATIENCE_MS)
