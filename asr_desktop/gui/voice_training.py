"""Runs the trainer in a separate process, so that the window stays responsive and a crash cannot affect it.

    asr-trainer personalise --json --model MODEL

prints a JSON line for each progress report and a last one with the result. When interrupted, it stores its
state and exits; started again, it continues from there.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, Signal

from asr_desktop.base.json_messages import sentence_of
from asr_desktop.base.own_program import module_command, module_environment
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.translations import said

NEEDED_PACKAGES = ("torch", "transformers")
STOPS_WITHIN_MS = 60_000
"""Time to stop: a step, a measurement or storing the state may be running. Then the process is killed, and
the next start continues from the last stored state."""
_LAST_LINES = 60


class TrainingState(Enum):
    """State of the trainer's process."""

    IDLE = "idle"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """How a training ended. finished: False if it was stopped and can continue. folder: of the new model."""

    finished: bool
    sentence: str
    offered: bool = False
    folder: Path | None = None


def missing_packages(needed: Sequence[str] = NEEDED_PACKAGES) -> list[str]:
    """The packages that must be installed for training; checks without importing them."""
    return [name for name in needed if find_spec(name) is None]


def training_command(model: str) -> list[str]:
    """The command line of the voice training."""
    return module_command("trainer.cli", "personalise", "--json", "--model", model)


def texts_command(model: str) -> list[str]:
    """The command line of the training on texts."""
    return module_command("trainer.cli", "language-model", "personal", "--json", "--model", model)


class VoiceTraining(QObject):
    """At most one training at a time. `command`: makes the command line for a model; tests pass a fake."""

    state_changed = Signal(object)
    """A TrainingState."""
    progressed = Signal(object)
    """The fields of `trainer.finetune.job.TrainingProgress`, as a dict."""
    ended = Signal(object)
    """An Outcome."""
    failed = Signal(str, str)
    """A sentence, and details to copy or ""."""

    def __init__(
        self, command: Callable[[str], Sequence[str]] = training_command, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.command = command
        self._process: QProcess | None = None
        self._state = TrainingState.IDLE
        self._half_line = b""
        self._result: dict[str, Any] | None = None
        self._told: str | None = None
        self._errors: list[str] = []
        self.model = ""
        """The model that the current or last training started from."""
        self.so_far: list[dict[str, Any]] = []
        """The last report of `progressed` in the current training, for pages opened later."""
        self._insist = QTimer(self)
        self._insist.setSingleShot(True)
        self._insist.setInterval(STOPS_WITHIN_MS)
        self._insist.timeout.connect(self._kill)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.close)

    @property
    def state(self) -> TrainingState:
        return self._state

    def is_idle(self) -> bool:
        """Checked at each call: a training can end at any moment, also while a question is open."""
        return self._state is TrainingState.IDLE

    def start(self, model: str) -> None:
        """Start a training, or continue the one that was stopped; ignored while one is running."""
        if self._process is not None:
            return
        self._half_line, self._result, self._errors, self._told = b"", None, [], None
        self.model, self.so_far = model, []
        program, *arguments = self.command(model)
        process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in module_environment().items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read_output)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broke)
        self._process = process
        self._set_state(TrainingState.RUNNING)
        process.start(program, arguments)

    def stop(self) -> None:
        """Ask the process to store its state and exit; then `ended` is emitted."""
        if self._process is None or self._state is TrainingState.STOPPING:
            return
        self._set_state(TrainingState.STOPPING)
        self._interrupt()
        self._insist.start()

    def close(self) -> None:
        """At the program's end: store the state, if that takes only seconds."""
        process = self._process
        if process is None:
            return
        self.blockSignals(True)
        self._interrupt()
        if not process.waitForFinished(10_000):
            process.kill()
            process.waitForFinished(5_000)

    def _interrupt(self) -> None:
        assert self._process is not None
        if not self._process.waitForStarted(5_000):
            return
        if sys.platform == "win32":
            self._process.kill()  # Ctrl-C needs a console; the last stored state remains
        else:
            os.kill(self._process.processId(), signal.SIGINT)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _read_output(self) -> None:
        assert self._process is not None
        *lines, self._half_line = (
            self._half_line + bytes(self._process.readAllStandardOutput().data())
        ).split(b"\n")
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # output of a library
            if not isinstance(entry, dict):
                continue
            self._told = sentence_of(line) or self._told
            if entry.get("type") == "progress":
                self.so_far.append(entry)
                self.progressed.emit(entry)
            elif entry.get("type") == "result":
                self._result = entry

    def _read_errors(self) -> None:
        assert self._process is not None
        text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        self._errors = (self._errors + text.splitlines())[-_LAST_LINES:]

    def _broke(self, error: QProcess.ProcessError) -> None:
        # After a crash, `finished` is emitted as well.
        if error is QProcess.ProcessError.FailedToStart:
            self._let_go()
            self.failed.emit(self.tr("The training could not be started: install the program again."), "")

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_output()
        self._read_errors()
        was_asked_to_stop = self._state is TrainingState.STOPPING
        result = self._result
        self._let_go()
        if result is not None and status is QProcess.ExitStatus.NormalExit:
            folder = result.get("folder")
            self.ended.emit(
                TrainingOutcome(
                    bool(result.get("finished")),
                    str(result.get("sentence", "")),
                    bool(result.get("offered")),
                    Path(folder) if folder else None,
                )
            )
        elif was_asked_to_stop:
            self.ended.emit(
                TrainingOutcome(False, self.tr("Stopped; training continues from here next time."))
            )
        else:
            self.failed.emit(*self._why(code, status))

    def _why(self, code: int, status: QProcess.ExitStatus) -> tuple[str, str]:
        """The command's error sentence if the user can act on it; else a general one with its last lines."""
        if code == 1 and status is QProcess.ExitStatus.NormalExit and self._told is not None:
            return said(self._told), ""
        details = "\n".join([*self._errors, f"exit code {code}"])
        return (
            self.tr("Training stopped before it was finished; start it again to continue."),
            details,
        )

    def _let_go(self) -> None:
        self._insist.stop()
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._set_state(TrainingState.IDLE)

    def _set_state(self, state: TrainingState) -> None:
        self._state = state
        self.state_changed.emit(state)


# News of a training that runs in the background: its progress, and its end


class TrainingNews(QObject):
    """what: "voice" or "texts", as in `AppContext.progressed`."""

    def __init__(self, context: AppContext, training: VoiceTraining, what: str) -> None:
        super().__init__(training)
        self._context = context
        self._training = training
        self._what = what
        training.state_changed.connect(self._state_changed)
        training.progressed.connect(self._progressed)
        training.ended.connect(self._ended)
        training.failed.connect(self._failed)

    def _progressed(self, progress: dict[str, Any]) -> None:
        if self._training.state is not TrainingState.IDLE:
            done = float(progress.get("done") or 0.0)
            self._context.progressed.emit(self._what, min(1.0, max(0.0, done)))

    def _state_changed(self, state: TrainingState) -> None:
        self._context.progressed.emit(self._what, -1.0 if state is TrainingState.IDLE else 0.0)

    def _ended(self, outcome: TrainingOutcome) -> None:
        if outcome.finished:
            self._context.job_ended.emit(self.tr("Training has finished."), "voice")

    def _failed(self, sentence: str, _details: str) -> None:
        self._context.job_ended.emit(sentence, "voice")
