"""The recogniser's server in a thread of the test, in place of a process: the same server and the same words
on the same kind of pipe, and none of the second that a process needs to come up.

Nothing can be killed here. Tests of that, of the log and of what a process leaves behind use the real one.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

import pytest

from asr_desktop.recognition.worker import client, server
from asr_desktop.recognition.worker.child import GRACE_SECONDS
from asr_desktop.recognition.worker.protocol import COMMANDS, EVENTS, PROTOCOL_VERSION, Command, Event, Ready


def _end_thread(code: int) -> None:
    raise SystemExit(code)


# A server that ends would take the tests with it. For good, because a thread may outlive its test a little.
server._end = _end_thread


class ThreadServer(server.WorkerServer):
    """Ends with its commands, as the process does, after the utterance that it is at."""

    def __init__(self, commands: BinaryIO, events: BinaryIO, loader: server.Loader) -> None:
        super().__init__(commands, events, loader)
        self._told_all: list[server.JobControl] = []
        self._has_ended = threading.Event()

    def run(self) -> None:
        with suppress(SystemExit):
            self._send(Ready(PROTOCOL_VERSION, os.getpid()))
            threading.Thread(
                target=self._read_until_the_end, name="commands in a thread", daemon=True
            ).start()
            while not self._has_ended.is_set():
                job, told = self._jobs.get()
                if job is not None:
                    self._told_all.append(told)
                    self._do(job, told)
        with suppress(OSError):
            self._events.close()

    def _read_until_the_end(self) -> None:
        with suppress(SystemExit):
            self._read_commands()
        self._has_ended.set()
        for told in self._told_all:
            told.cancel.set()
            told.stop.set()
        self._jobs.put((None, server.JobControl()))  # type: ignore[arg-type]
        self._commands.close()


class ChildInThread:
    """Stands in for `child.ChildProcess`."""

    def __init__(self, loader: str, on_event: Callable[[Event | None], None]) -> None:
        self._on_event = on_event
        module, _, function = loader.partition(":")
        commands, self._to_server = _pipe()
        self._from_server, events = _pipe()
        made = ThreadServer(commands, events, getattr(importlib.import_module(module), function))
        self._server = threading.Thread(target=made.run, name="recogniser in a thread", daemon=True)
        self._server.start()
        threading.Thread(target=self._listen, name="recogniser events", daemon=True).start()

    @property
    def process_id(self) -> int:
        raise AssertionError("this recogniser is no process; mark the test with real_recogniser")

    def send(self, command: Command) -> None:
        with suppress(OSError, ValueError):
            self._to_server.write(COMMANDS.encode(command))
            self._to_server.flush()

    def end(self) -> None:
        with suppress(OSError):
            self._to_server.close()
        self._server.join(GRACE_SECONDS)

    def has_crashed(self) -> bool:
        return False

    def _listen(self) -> None:
        for line in self._from_server:
            self._on_event(EVENTS.decode(line))
        self._from_server.close()
        self._on_event(None)


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


def use_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until this is undone, recognisers that come up are threads."""
    monkeypatch.setattr(client, "ChildProcess", ChildInThread)


@pytest.fixture
def recognisers_are_threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a test is not marked with `real_recogniser`."""
    if request.node.get_closest_marker("real_recogniser") is None:
        use_threads(monkeypatch)
