"""Work that must not hold up the window: it runs in a thread, and its answers arrive in the window's thread.

    operation = run(library.search, text).on_success(self.show_hits).on_failure(self.say)

A callable that has a parameter called `progress` or `cancelled` is given one: the first is a function whose
argument reaches `on_progress`, the second a function that tells whether `cancel` was called. That is how the
engine's own functions take them.
"""

from __future__ import annotations

import inspect
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from asr_desktop.base import messages
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.gui.translations import said

# Operations mostly wait, for a disk or for the recogniser's process, so there may be more than cores.
THREADS = 8

_pool = ThreadPoolExecutor(THREADS, "operation")
_under_way: set[Operation[Any]] = set()
_show_failure: Callable[[Failure], Any] | None = None

Result = TypeVar("Result")
"""Of the callable."""

SUCCESS, FAILURE, PROGRESS = "success", "failure", "progress"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an operation has no result. `sentence` is for the user; `details` to be copied, empty where the
    sentence says it all."""

    sentence: str
    details: str
    error: Exception


class Operation(QObject, Generic[Result]):
    """A callable on its way. Its handlers are called in the thread that made it, which has an event loop.

    A handler that is a method of a QObject, or a partial of one, is passed over once that is deleted, so a
    page that was closed is not called.
    """

    _arrived = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._cancelled = threading.Event()
        self._handlers: dict[str, list[Callable[[Any], Any]]] = {SUCCESS: [], FAILURE: [], PROGRESS: []}
        self.is_done = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, function: Callable[..., Result], *arguments: Any, **keywords: Any) -> Operation[Result]:
        """Starts it; to be called once. Handlers may be added after it, until the event loop runs again."""
        offered = {"progress": partial(self._arrived.emit, PROGRESS), "cancelled": self._cancelled.is_set}
        for name in _parameters(function) & (offered.keys() - keywords.keys()):
            keywords[name] = offered[name]
        _under_way.add(self)  # kept until its answer has arrived, also if nobody holds it
        _pool.submit(self._work, function, arguments, keywords)
        return self

    def on_success(self, handler: Callable[[Result], Any]) -> Operation[Result]:
        """Gets the result."""
        return self._add(SUCCESS, handler)

    def on_failure(self, handler: Callable[[Failure], Any]) -> Operation[Result]:
        """Gets the Failure."""
        return self._add(FAILURE, handler)

    def on_progress(self, handler: Callable[[Any], Any]) -> Operation[Result]:
        """Gets what the callable said to its `progress`."""
        return self._add(PROGRESS, handler)

    def cancel(self) -> None:
        """The callable is told, if it wants to know; no handler is called any more."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def _add(self, kind: str, handler: Callable[[Any], Any]) -> Operation[Result]:
        self._handlers[kind].append(handler)
        return self

    def _work(self, function: Callable[..., Any], arguments: Any, keywords: Any) -> None:
        try:
            result = function(*arguments, **keywords)
        except Exception as error:
            self._arrived.emit(FAILURE, failure_of(error))
        else:
            self._arrived.emit(SUCCESS, result)

    @Slot(str, object)
    def _deliver(self, kind: str, answer: Any) -> None:
        if kind != PROGRESS:
            self.is_done = True
            _under_way.discard(self)
        if self.is_cancelled:
            return
        for handler in self._handlers[kind] or _unhandled(kind):
            receiver = getattr(_unwrapped(handler), "__self__", None)
            if not isinstance(receiver, QObject) or shiboken6.isValid(receiver):
                handler(answer)


def _unwrapped(handler: Callable[..., Any]) -> Callable[..., Any]:
    return _unwrapped(handler.func) if isinstance(handler, partial) else handler


def _unhandled(kind: str) -> list[Callable[[Any], Any]]:
    """No failure is lost: one that nobody asked for goes to whoever shows messages (see `show_failures`)."""
    return [_show_failure] if kind == FAILURE and _show_failure is not None else []


def show_failures(handler: Callable[[Failure], Any] | None) -> None:
    """Who is told of failures of operations that have no handler for them."""
    global _show_failure
    _show_failure = handler


def run(function: Callable[..., Result], *arguments: Any, **keywords: Any) -> Operation[Result]:
    """An operation that is on its way."""
    operation: Operation[Result] = Operation()
    return operation.run(function, *arguments, **keywords)


def failure_of(error: Exception) -> Failure:
    """An error as the window shows it; one that nobody foresaw is logged as well, as the commands do it."""
    if isinstance(error, AsrDesktopError):
        return Failure(said(str(error)), "", error)
    if sentence := messages.of_the_system(error):
        return Failure(said(sentence), "", error)
    details = "".join(traceback.format_exception(error))
    return Failure(said(messages.logged(error)), details, error)


def are_under_way() -> bool:
    """Whether there is any whose answer has not arrived."""
    return bool(_under_way)


def wait_for_all(timeout_seconds: float) -> bool:
    """For the end of the program and of tests: whether all operations came to their end, answers included."""
    deadline = time.monotonic() + timeout_seconds
    while _under_way and time.monotonic() < deadline:
        QCoreApplication.processEvents()
        time.sleep(0.005)
    return not _under_way


def _parameters(function: Callable[..., Any]) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()  # built in, without a signature
