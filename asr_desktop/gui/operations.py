"""Background work: runs in a thread, and its result arrives in the thread that started it.

    operation = run(library.search, text).on_success(self.show_hits).on_failure(self.say)

A callable with a parameter named `progress` or `cancelled` gets it passed: `progress` is a function whose
argument is forwarded to `on_progress`; `cancelled` is a function that returns whether `cancel` was called.
The engine's functions use the same convention.
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

# Operations mostly wait for a disk or the recogniser's process, so there may be more threads than cores.
THREADS = 8

_pool = ThreadPoolExecutor(THREADS, "operation")
_under_way: set[Operation[Any]] = set()
_show_failure: Callable[[Failure], Any] | None = None

Result = TypeVar("Result")
"""The result of the callable."""

SUCCESS, FAILURE, PROGRESS = "success", "failure", "progress"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an operation has no result. `sentence` is for the user; `details` can be copied, and is empty if
    the sentence is complete."""

    sentence: str
    details: str
    error: Exception


class Operation(QObject, Generic[Result]):
    """A running callable. Handlers are called in the thread that created it, which needs an event loop.

    A handler that is a method of a QObject, or a partial of one, is skipped once that object is deleted, so
    a closed page is not called.
    """

    _arrived = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._cancelled = threading.Event()
        self._handlers: dict[str, list[Callable[[Any], Any]]] = {SUCCESS: [], FAILURE: [], PROGRESS: []}
        self.is_done = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, function: Callable[..., Result], *arguments: Any, **keywords: Any) -> Operation[Result]:
        """Start it; call once. Handlers can still be added until control returns to the event loop."""
        offered = {"progress": partial(self._arrived.emit, PROGRESS), "cancelled": self._cancelled.is_set}
        for name in _parameters(function) & (offered.keys() - keywords.keys()):
            keywords[name] = offered[name]
        _under_way.add(self)  # keeps it alive until its result has arrived
        _pool.submit(self._work, function, arguments, keywords)
        return self

    def on_success(self, handler: Callable[[Result], Any]) -> Operation[Result]:
        """Call `handler` with the result."""
        return self._add(SUCCESS, handler)

    def on_failure(self, handler: Callable[[Failure], Any]) -> Operation[Result]:
        """Call `handler` with the Failure."""
        return self._add(FAILURE, handler)

    def on_progress(self, handler: Callable[[Any], Any]) -> Operation[Result]:
        """Call `handler` with each argument of the callable's `progress`."""
        return self._add(PROGRESS, handler)

    def cancel(self) -> None:
        """Ask the callable to stop, if it has a `cancelled` parameter; no handler is called from now on."""
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
    """A failure without a handler goes to the handler set with `show_failures`, so none is lost."""
    return [_show_failure] if kind == FAILURE and _show_failure is not None else []


def show_failures(handler: Callable[[Failure], Any] | None) -> None:
    """Set the handler for failures of operations that have none of their own."""
    global _show_failure
    _show_failure = handler


def run(function: Callable[..., Result], *arguments: Any, **keywords: Any) -> Operation[Result]:
    """Start an operation and return it."""
    operation: Operation[Result] = Operation()
    return operation.run(function, *arguments, **keywords)


def failure_of(error: Exception) -> Failure:
    """An error as the window shows it; unexpected errors are also logged, as in the commands."""
    if isinstance(error, AsrDesktopError):
        return Failure(said(str(error)), "", error)
    if sentence := messages.of_the_system(error):
        return Failure(said(sentence), "", error)
    details = "".join(traceback.format_exception(error))
    return Failure(said(messages.logged(error)), details, error)


def are_under_way() -> bool:
    """Whether any operation's result has not arrived yet."""
    return bool(_under_way)


def wait_for_all(timeout_seconds: float) -> bool:
    """Wait for all operations and their handlers; returns whether they ended in time. For exit and tests."""
    deadline = time.monotonic() + timeout_seconds
    while _under_way and time.monotonic() < deadline:
        QCoreApplication.processEvents()
        time.sleep(0.005)
    return not _under_way


def _parameters(function: Callable[..., Any]) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()  # a builtin without a signature
