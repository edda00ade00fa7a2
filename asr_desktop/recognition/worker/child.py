"""The recogniser's process as seen by the program that started it, from its start to its end."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asr_desktop.base import log_file as logs
from asr_desktop.base.errors import WorkerError
from asr_desktop.base.json_messages import WireError
from asr_desktop.base.own_program import module_command, module_environment
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.worker.protocol import COMMANDS, EVENTS, Command, Event

GRACE_SECONDS = 2.0

_SIGNALS_FROM_OUTSIDE = {
    getattr(signal, name) for name in ("SIGHUP", "SIGINT", "SIGKILL", "SIGTERM") if hasattr(signal, name)
}


def log_file() -> Path:
    """What the process and its libraries print, and what is left of a crash."""
    return logs.log_path(logs.RECOGNISER_LOG)


class ChildProcess:
    """A recogniser's process; `on_event` is called from a thread of its own, and with None when it is dead.

    It is started anew, never forked: a fork of a program with threads (every window has some) may hang in any
    lock, and on Windows there is none. Not by `multiprocessing` either, because that runs the main module of
    the program a second time, which scripts of three lines are not made for.
    Raises WorkerError where no process can be started.
    """

    def __init__(self, loader: str, on_event: Callable[[Event | None], None]) -> None:
        self._on_event = on_event
        self._log = _open_log()
        try:
            with _interrupts_held_back():
                self._process = subprocess.Popen(
                    module_command("asr_desktop.recognition.worker", loader),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._log or subprocess.DEVNULL,
                    env=module_environment(),
                    # Windows: no console window, and no Ctrl-C of ours. Elsewhere the flags do not exist.
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
                    | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                )
        except OSError as error:
            raise WorkerError(
                Sentence(
                    "The recogniser cannot be started ({reason}): close other programs and try again.",
                    reason=error.strerror or error,
                )
            ) from error
        finally:
            if self._log is not None:
                self._log.close()
        threading.Thread(target=self._listen, name="recogniser events", daemon=True).start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    def send(self, command: Command) -> None:
        """A process that is dead does not hear it; that it is dead comes as an event."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(COMMANDS.encode(command))
            self._process.stdin.flush()

    def end(self) -> None:
        """Ends it, kindly if it hears us; returns when it is gone. Also to be called when it is dead."""
        assert self._process.stdin is not None
        with suppress(OSError):  # a command was still in the buffer of a broken pipe
            self._process.stdin.close()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def has_crashed(self) -> bool:
        """When it is gone: whether that was its own doing, and nobody's who ended it from outside."""
        code = self._process.wait()
        if code < 0:
            return -code not in _SIGNALS_FROM_OUTSIDE
        return code > 255  # Windows: the number of an exception, such as 0xC0000005

    def _listen(self) -> None:
        try:
            self._read_events()
        finally:
            # Whatever happens there: a job that waits for this process hears of its end.
            self._on_event(None)

    def _read_events(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                if not line.endswith(b"\n"):
                    break  # it died in the middle of a word
                self._on_event(EVENTS.decode(line))
        except WireError:
            # Another version of the program was installed under us: what it says cannot be understood.
            self._process.kill()
        self._process.stdout.close()
        _note(f"process {self._process.pid} ended: {_how(self._process.wait())}")


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C in a terminal reaches the new process too, perhaps before it can say that it does not want it.

    It inherits which signals this thread holds back, and lets them through once it ignores them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _open_log() -> BinaryIO | None:
    """Appended to, as several processes may be; a log that cannot be written is done without."""
    try:
        return logs.open_log(logs.RECOGNISER_LOG)
    except OSError:
        return None


def _note(what: str) -> None:
    log = _open_log()
    if log is not None:
        with suppress(OSError), log:  # a full disk
            log.write(f"{datetime.now().isoformat(timespec='seconds')} {what}\n".encode())
