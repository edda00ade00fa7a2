"""The recogniser's own process: reads commands, does one job after the other, says what happens.

The main thread does the jobs. A second thread reads commands, so that a job can be told to stop while it
computes, and so that the end of the program that started us is noticed at once: when it is gone, however it
ended, standard input ends, and so do we.
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from asr_desktop.base import errors, private_files
from asr_desktop.base.errors import AsrDesktopError, CancelledError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.worker.protocol import (
    COMMANDS,
    EVENTS,
    PROTOCOL_VERSION,
    Cancel,
    Cancelled,
    ComputeEmissions,
    DescribeVoice,
    Event,
    Failed,
    JobCommand,
    Listen,
    LookAgain,
    ModelChoice,
    ModelReady,
    Ready,
    Stop,
    Tell,
    TranscribeFile,
)

if TYPE_CHECKING:
    from asr_desktop.recognition.file_pipeline import Transcriber

Loader = Callable[[ModelChoice], "Transcriber"]


class JobControl:
    """What was told to the job that runs: written by the reading thread, asked by the job."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.cancel = threading.Event()
        self.commands: queue.SimpleQueue[Tell] = queue.SimpleQueue()


class WorkerServer:
    """Does jobs; `send` may be called by one thread at a time."""

    def __init__(self, commands: BinaryIO, events: BinaryIO, loader: Loader) -> None:
        self._commands = commands
        self._events = events
        self._models = _WarmModel(loader)
        self._jobs: queue.SimpleQueue[tuple[JobCommand, JobControl]] = queue.SimpleQueue()

    def run(self) -> None:
        """Never returns; the process ends with its standard input."""
        self._send(Ready(PROTOCOL_VERSION, os.getpid()))
        threading.Thread(target=self._read_commands, name="commands", daemon=True).start()
        # While nobody has asked for anything yet: it is most of the time that the first job would wait.
        importlib.import_module("asr_desktop.recognition.worker.jobs")
        importlib.import_module("asr_desktop.recognition.onnx_emissions")
        while True:
            job, told = self._jobs.get()
            self._do(job, told)
            _give_memory_back()

    def _read_commands(self) -> None:
        told: dict[int, JobControl] = {}
        try:
            for line in self._commands:
                command = COMMANDS.decode(line)
                if isinstance(command, JobCommand):
                    told[command.job] = JobControl()
                    self._jobs.put((command, told[command.job]))
                elif command.job in told:
                    self._tell(command, told[command.job])
        except BaseException:
            traceback.print_exc()
            _end(1)
        _end(0)

    def _tell(self, command: Tell | Stop | Cancel, told: JobControl) -> None:
        match command:
            case Cancel():
                told.cancel.set()
            case Stop():
                told.stop.set()
            case Tell():
                told.commands.put(command)

    def _do(self, job: JobCommand, told: JobControl) -> None:
        from asr_desktop.recognition.worker import jobs

        try:
            if told.cancel.is_set():
                raise CancelledError(Sentence("The job was cancelled."))
            if isinstance(job, DescribeVoice):
                jobs.describe_voice(job, self._models.loaded, told, self._send)
                return
            transcriber, warnings = self._models.get(job.choice)
            self._send(ModelReady(job.job, transcriber.folder.name, tuple(warnings)))
            match job:
                case TranscribeFile():
                    jobs.transcribe_file(job, transcriber, told, self._send)
                case Listen():
                    jobs.listen(job, transcriber, told, self._send)
                case ComputeEmissions():
                    jobs.compute_emissions(job, transcriber, self._send)
                case LookAgain():
                    jobs.look_again(job, transcriber, self._send)
        except CancelledError:
            self._send(Cancelled(job.job))
        except AsrDesktopError as error:
            self._send(Failed(job.job, _public_class(error), str(error)))
        except Exception as error:
            traceback.print_exc()
            kind = type(error).__name__
            sentence = f"The recogniser failed by a defect of its own ({kind}: {error}); its log says where."
            self._send(Failed(job.job, "WorkerError", " ".join(sentence.split())))

    def _send(self, event: Event) -> None:
        try:
            self._events.write(EVENTS.encode(event))
            self._events.flush()
        except OSError:  # nobody listens any more
            _end(0)


Stamp = tuple[tuple[str, int, int], ...]
"""(path, bytes, time of the last change in ns) of each file."""


class _WarmModel:
    """The model of the last job, kept for the next one."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._loaded: tuple[ModelChoice, Stamp, Transcriber] | None = None

    @property
    def loaded(self) -> Transcriber | None:
        """What is there now."""
        return None if self._loaded is None else self._loaded[2]

    def get(self, choice: ModelChoice) -> tuple[Transcriber, list[str]]:
        """The model, loaded if it is not the one that is there, and what the user should know about it."""
        # What costs nothing to change does not make it another model; another version under its name does.
        plain = ModelChoice()
        bare = replace(choice, hotwords=(), segmenter_options=plain.segmenter_options, writing=plain.writing)
        stamp = _model_stamp(bare)
        if self._loaded is None or self._loaded[:2] != (bare, stamp):
            self._loaded = None  # two models at once may be too much for the memory
            self._loaded = bare, stamp, self._loader(bare)
        transcriber = self._loaded[2]
        transcriber.segmenter_options = choice.segmenter_options
        transcriber.writing = choice.writing
        transcriber.hotwords = choice.hotwords
        hotword_warnings = transcriber.recogniser.decoder.set_hotwords(choice.hotwords)
        return transcriber, [*transcriber.warnings, *hotword_warnings]


def _model_stamp(choice: ModelChoice) -> Stamp:
    """Two stamps of one choice differ where its model or its language model was replaced in between, such as
    by a newer version, or by going back to an earlier one. Empty where there is no such model: loading it
    says why."""
    from asr_desktop.recognition.model_folder import find_model

    try:
        folders = [find_model(choice.model).path]
    except AsrDesktopError:
        return ()
    if choice.language_model is not None:
        folders.append(Path(choice.language_model).expanduser())
    try:
        stats = [(str(file), file.stat()) for folder in folders for file in _model_files(folder)]
    except OSError:  # it is being replaced at this moment
        return ()
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _model_files(place: Path) -> list[Path]:
    """A file itself; of a folder what lies in it and in its language_model/."""
    if place.is_file():
        return [place]
    inside = [*place.glob("*"), *place.glob("language_model/*")]
    return sorted(file for file in inside if file.is_file() and not file.name.startswith("."))


def load(choice: ModelChoice) -> Transcriber:
    """The loader of the program; tests name another one."""
    from asr_desktop.recognition.file_pipeline import Transcriber

    return Transcriber(
        choice.model,
        decoder=choice.decoder,
        language_model=choice.language_model,
        hotwords=choice.hotwords,
        decoder_options=choice.decoder_options,
        providers=choice.providers,
        threads=choice.threads,
        segmenter_options=choice.segmenter_options,
        writing=choice.writing,
    )


def main() -> None:
    """Arguments: the loader as module:function."""
    _ignore_interrupts()
    private_files.begin()
    # From here on nothing but our events reaches whoever started us: what libraries print goes where standard
    # error goes, which is the log, and what they would read is empty.
    commands, events = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    faulthandler.enable(file=2)
    module, _, function = sys.argv[1].partition(":")
    loader: Loader = getattr(importlib.import_module(module), function)
    WorkerServer(os.fdopen(commands, "rb"), os.fdopen(events, "wb"), loader).run()


def _ignore_interrupts() -> None:
    """Ctrl-C reaches everything that a terminal started; what it means to us is said by our program."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):  # it was held back until now, see child.py
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _give_memory_back() -> None:
    """The C library keeps what the words of an hour have taken, even when they are gone, unless asked."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _end(code: int) -> None:
    # A native computation may be under way in the main thread; nothing of ours is left to be written.
    os._exit(code)


def _public_class(error: AsrDesktopError) -> str:
    """The nearest class that every program knows."""
    return next(kind.__name__ for kind in type(error).__mro__ if getattr(errors, kind.__name__, None) is kind)
