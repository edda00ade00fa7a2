"""The recogniser in a process of its own, as a program uses it.

    with RecogniserProcess() as recogniser:
        transcript = recogniser.transcribe("talk.mp3").result()

        live = recogniser.listen(session.path)
        for event in live.events(): …

Jobs are done one after the other; who wants to dictate while a file is transcribed makes two of these. If the
process dies, by a crash in native code, for want of memory, or because somebody ended it, another one takes
over where it was: no text is missing and none comes twice.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from asr_desktop.base.errors import WorkerError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.live_events import LiveOptions
from asr_desktop.recognition.worker.child import ChildProcess, log_file
from asr_desktop.recognition.worker.handles import (
    EmissionsJob,
    Job,
    LiveJob,
    LoadJob,
    QuestionJob,
    Tellable,
    TranscriptionJob,
    VoiceJob,
)
from asr_desktop.recognition.worker.protocol import (
    PROTOCOL_VERSION,
    Cancelled,
    ComputeEmissions,
    DescribeVoice,
    Event,
    Failed,
    JobCommand,
    Listen,
    LoadModel,
    LookAgain,
    ModelChoice,
    Question,
    Ready,
    Released,
    Restarted,
    Stretch,
    TranscribeFile,
)
from asr_desktop.recognition.worker.task import RESTARTS, Task
from asr_desktop.speakers.turns import SpeakerCount

AnyJob = TypeVar("AnyJob", bound=Job)

_LOADER = "asr_desktop.recognition.worker.server:load"


class RecogniserProcess:
    """Starts a process when there is something to do, keeps it with its model, and replaces it if it dies.

    on_event: gets every event, in order, from a thread of this object; jobs have them too. idle_seconds: how
    long a process without work keeps its model; then it is ended, which gives back all its memory, also that
    of a graphics card. None is forever. loader: "module:function" from a ModelChoice to a Transcriber.
    """

    def __init__(
        self,
        *,
        on_event: Callable[[Event], None] | None = None,
        idle_seconds: float | None = 300.0,
        loader: str = _LOADER,
    ) -> None:
        self._on_event = on_event
        self._idle_seconds = idle_seconds
        self._keeps_spare = False
        self._has_worked = False
        """The process that is there has had a job, and a model with it."""
        self._loader = loader
        # Everything that happens comes through here to one thread, so nothing below needs a lock.
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._numbering = threading.Lock()
        self._last_number = 0
        self._child: ChildProcess | None = None
        self._lives = 0
        self._waiting: deque[Task] = deque()
        self._task: Task | None = None
        self._is_closed = False
        self._idle_since = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="recogniser", daemon=True)
        self._thread.start()

    def load(self, choice: ModelChoice | None = None) -> LoadJob:
        """Have the process and the model ready before there is anything to recognise."""
        number = self._next_number()
        job = LoadJob(number, self._tell_later)
        return self._submit(job, LoadModel(number, choice or ModelChoice()))

    def transcribe(
        self,
        path: str | os.PathLike[str],
        choice: ModelChoice | None = None,
        *,
        track: int | None = None,
        if_several: bool = False,
        speakers: SpeakerCount | None = None,
    ) -> TranscriptionJob:
        """Recognise a finished file; `result()` of the job is its transcript.

        track: of a video, from 1; None is the file's default one. if_several: it only holds for files with
        several tracks. speakers: tell so many speakers apart; None does not.
        """
        number = self._next_number()
        job = TranscriptionJob(number, self._tell_later, os.fspath(path))
        place = os.path.abspath(path)
        command = TranscribeFile(number, choice or ModelChoice(), place, track, if_several, speakers=speakers)
        return self._submit(job, command)

    def describe_voice(
        self,
        path: str | os.PathLike[str],
        stretches: Iterable[tuple[float, float]],
        *,
        track: int | None = None,
    ) -> VoiceJob:
        """The voiceprint of who speaks in these stretches (seconds) of a file; `result()` of the job has
        it. No model is loaded for it, and none is put away."""
        number = self._next_number()
        job = VoiceJob(number, self._tell_later)
        heard = tuple(Stretch(float(start), float(end)) for start, end in stretches)
        command = DescribeVoice(number, os.path.abspath(path), heard, track)
        return self._submit(job, command)

    def compute_emissions(self, samples: str, choice: ModelChoice | None = None) -> EmissionsJob:
        """What the acoustic model hears in some sound; `process_emissions.ProcessEmissions` asks for it."""
        number = self._next_number()
        job = EmissionsJob(number, self._tell_later)
        return self._submit(job, ComputeEmissions(number, choice or ModelChoice(), samples))

    def look_again(
        self,
        path: str | os.PathLike[str],
        stretch: tuple[float, float],
        question: Question,
        choice: ModelChoice | None = None,
    ) -> QuestionJob:
        """Ask about a stretch (start and end in seconds) of a file; `realignment.SecondLook` does."""
        number = self._next_number()
        job = QuestionJob(number, self._tell_later)
        place = os.path.abspath(path)
        command = LookAgain(number, choice or ModelChoice(), place, *stretch, question)
        return self._submit(job, command)

    def listen(
        self,
        session: str | os.PathLike[str],
        choice: ModelChoice | None = None,
        options: LiveOptions | None = None,
    ) -> LiveJob:
        """Recognise a session's folder while it is recorded, or the rest of one that is recorded no more."""
        number = self._next_number()
        job = LiveJob(number, self._tell_later)
        place = os.path.abspath(session)
        command = Listen(number, choice or ModelChoice(), place, options or LiveOptions())
        return self._submit(job, command)

    def set_idle_seconds(self, idle_seconds: float | None, *, keeps_spare: bool = False) -> None:
        """How long a process without work keeps its model, from now on. keeps_spare: a new process without a
        model then waits for the next job, which begins in half the time for some 50 MB of memory."""

        def change() -> None:
            self._idle_seconds = idle_seconds
            self._keeps_spare = keeps_spare

        self._inbox.put(change)

    @property
    def process_id(self) -> int | None:
        """Of the process that is there now."""
        child = self._child
        return None if child is None else child.process_id

    def close(self) -> None:
        """Cancels all jobs and ends the process."""
        self._inbox.put(self._close)
        self._thread.join()

    def __enter__(self) -> RecogniserProcess:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _next_number(self) -> int:
        with self._numbering:
            self._last_number += 1
            return self._last_number

    def _submit(self, job: AnyJob, command: JobCommand) -> AnyJob:
        if self._is_closed:
            raise RuntimeError("this RecogniserProcess is closed")
        self._inbox.put(partial(self._begin, Task(job, command)))
        return job

    def _tell_later(self, told: Tellable) -> None:
        self._inbox.put(partial(self._tell, told))

    # All that follows happens in the one thread.

    def _run(self) -> None:
        while not self._is_closed:
            try:
                happened = self._inbox.get(timeout=self._seconds_to_idle())
            except queue.Empty:
                self._release()
                continue
            try:
                happened()
            except Exception:
                self._fail()

    def _fail(self) -> None:
        """A defect of ours costs the job that is under way; whoever waits for it must not wait for ever."""
        threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
        task = self._task
        with suppress(Exception):
            self._end_child()
        if task is not None:
            sentence = Sentence(
                "The recogniser failed unexpectedly; see {log}, and try again.", log=log_file()
            )
            self._deliver(task, Failed(task.number, "WorkerError", sentence))

    def _seconds_to_idle(self) -> float | None:
        if self._child is None or self._task is not None or self._idle_seconds is None:
            return None
        if not self._has_worked:
            return None
        # No queue waits for longer; on the narrowest system that is seven weeks.
        idle_seconds = min(self._idle_seconds, threading.TIMEOUT_MAX)
        return max(0.0, self._idle_since + idle_seconds - time.monotonic())

    def _release(self) -> None:
        self._end_child()
        self._announce(Released())
        if self._keeps_spare:
            with suppress(WorkerError):  # the next job says what is wrong
                self._begin_child()

    def _begin_child(self) -> None:
        """Raises WorkerError."""
        self._lives += 1
        self._child = ChildProcess(self._loader, self._heard_from(self._lives))
        self._has_worked = False

    def _close(self) -> None:
        self._is_closed = True
        self._end_child()
        while self._task is not None or self._waiting:
            task = self._task or self._waiting.popleft()
            self._task = None
            self._deliver(task, Cancelled(task.number))

    def _begin(self, task: Task) -> None:
        self._waiting.append(task)
        self._next()

    def _next(self) -> None:
        """Begin the job whose turn it is, if none is under way."""
        while self._task is None and self._waiting:
            self._task = self._waiting.popleft()
            self._start(self._task)

    def _start(self, task: Task) -> None:
        """Have the process do the job, from where it is; also after the death of another process."""
        try:
            if self._child is None:
                self._begin_child()
        except WorkerError as error:
            self._deliver(task, Failed(task.number, "WorkerError", str(error)))
            return
        assert self._child is not None
        self._has_worked = True
        self._child.send(task.command_now())
        for told in task.told:
            self._child.send(told)

    def _heard_from(self, life: int) -> Callable[[Event | None], None]:
        return lambda event: self._inbox.put(partial(self._hear, life, event))

    def _hear(self, life: int, event: Event | None) -> None:
        if life != self._lives or self._child is None:
            return  # of a process that we have ended
        task = self._task
        if event is None:
            has_crashed = self._child.has_crashed()
            self._end_child()
            if task is not None:
                self._take_over(task, has_crashed)
        elif isinstance(event, Ready):
            if event.version != PROTOCOL_VERSION:
                self._end_child()
                if task is not None:
                    sentence = Sentence("The program was updated: restart it.")
                    self._deliver(task, Failed(task.number, "WorkerError", sentence))
        elif task is not None and task.number == event.job:  # type: ignore[union-attr]
            task.notice(event)
            self._deliver(task, event)

    def _take_over(self, task: Task, has_crashed: bool) -> None:
        """The process died while it did this job."""
        if task.is_cancelled:
            self._deliver(task, Cancelled(task.number))
            return
        skipped = task.count_death(has_crashed)
        if task.has_died_too_often():
            sentence = Sentence(
                "The recogniser stopped unexpectedly {times} times in a row: choose another model or "
                "close other programs, and see {log} for what happened.",
                times=RESTARTS + 1,
                log=str(log_file()),
            )
            self._deliver(task, Failed(task.number, "WorkerError", sentence))
            return
        sentence = Sentence("The recogniser stopped unexpectedly and was started again; no text is lost.")
        if skipped is not None:
            self._deliver(task, skipped)
            sentence = Sentence("The recogniser stopped unexpectedly and was started again.")
        self._deliver(task, Restarted(task.number, sentence))
        self._start(task)

    def _tell(self, told: Tellable) -> None:
        task = self._task
        if task is not None and task.number == told.job:
            task.remember(told)
            if self._child is not None:
                self._child.send(told)
            return
        for waiting in self._waiting:
            if waiting.number == told.job:
                waiting.remember(told)
                if waiting.is_cancelled:
                    self._waiting.remove(waiting)
                    self._deliver(waiting, Cancelled(waiting.number))
                return

    def _deliver(self, task: Task, event: Event) -> None:
        self._announce(event)
        if task.job.take(event) and task is self._task:
            self._task = None
            self._idle_since = time.monotonic()
            self._next()

    def _announce(self, event: Event) -> None:
        if self._on_event is None:
            return
        try:
            self._on_event(event)
        except Exception:
            # Reported as any thread's exception is; the jobs of others must not suffer from it.
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()
