"""The queue in front of the recogniser's process: requests wait here, and are refused if too many wait.

The process recognises one file at a time. If it crashes, at most the current request fails: a new process is
started for the next one (see docs/worker-protocol.md).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from asr_desktop.base import errors
from asr_desktop.base.errors import AsrDesktopError, MediaError, WorkerError
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import Job, TranscriptionJob
from asr_desktop.recognition.worker.protocol import (
    Cancelled,
    Event,
    Failed,
    FileDone,
    FileProgress,
    ModelChoice,
    ModelReady,
    Restarted,
    UtteranceDone,
    UtteranceRewritten,
    UtteranceSkipped,
)
from asr_desktop.server.limits import Limits
from asr_desktop.server.metrics import Metrics
from asr_desktop.server.refusal import Refusal, busy
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.phrases import join_words

# A job's last event arrives slightly before the job is marked as done.
_SECONDS_TO_THE_END = 10.0

MakeProcess = Callable[..., RecogniserProcess]


class JobEvents:
    """Passes the events of a recogniser's process into the server's event loop: one queue for each job.

    most_waiting: maximum number of events in one queue; further ones are dropped. None: no limit.
    """

    def __init__(self, metrics: Metrics, most_waiting: int | None = None) -> None:
        self._metrics = metrics
        self._most_waiting = most_waiting
        self._loop = asyncio.get_running_loop()
        self._queues: dict[int, asyncio.Queue[Event]] = {}

    def __len__(self) -> int:
        """Number of jobs with a queue."""
        return len(self._queues)

    @contextmanager
    def of(self, job: Job) -> Iterator[asyncio.Queue[Event]]:
        """The queue of a job's events, for the duration of the block. Enter it without awaiting after the job
        was started, or its first events are lost."""
        queue = self._queues[job.number] = asyncio.Queue()
        try:
            yield queue
        finally:
            del self._queues[job.number]

    def heard(self, event: Event) -> None:
        """Callback for `RecogniserProcess(on_event=…)`, which calls it in a thread of its own."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._pass_on, event)

    def _pass_on(self, event: Event) -> None:
        if isinstance(event, Restarted):
            self._metrics.restarts.inc()
        queue = self._queues.get(getattr(event, "job", -1))
        if queue is not None and (self._most_waiting is None or queue.qsize() < self._most_waiting):
            queue.put_nowait(event)


class RunningJob:
    """A file that waits for the recogniser or is being recognised."""

    def __init__(self, job: TranscriptionJob, news: asyncio.Queue[Event], limits: Limits) -> None:
        self._job = job
        self._news = news
        self._limits = limits
        self._first: Event | None = None
        self.warnings: list[str] = []

    async def begin(self) -> None:
        """Wait until recognition of this file starts. Raises Refusal: 503 if that takes too long, or the
        recogniser's failure."""
        try:
            async with asyncio.timeout(self._limits.wait_seconds):
                event = await self._news.get()
        except TimeoutError:
            raise busy(
                "The recogniser is busy with other requests; try again in a minute.",
                self._limits.retry_seconds,
            ) from None
        if isinstance(event, Failed):
            raise _refusal(event)
        self._first = event

    async def events(self) -> AsyncIterator[Event]:
        """All events up to the last one. Raises Refusal."""
        while True:
            event, self._first = self._first or await self._news.get(), None
            match event:
                case Failed():
                    raise _refusal(event)
                case Cancelled():
                    raise busy("The server is stopping; ask again later.", self._limits.retry_seconds)
                case FileProgress(done_seconds=done, total_seconds=total):
                    if max(done, total or 0.0) > self._limits.sound_seconds:
                        raise Refusal(
                            413,
                            f"The sound is longer than {self._limits.sound_seconds:g} s; send it in parts, "
                            "or raise the server's limit.",
                        )
                case ModelReady(warnings=warnings):
                    # A restarted process repeats its warnings.
                    self.warnings += (new for new in warnings if new not in self.warnings)
                case UtteranceSkipped(message=sentence):
                    self.warnings.append(sentence)
                case FileDone(warnings=warnings):
                    self.warnings += warnings
            yield event
            if isinstance(event, FileDone):
                return

    async def texts(self) -> AsyncIterator[str]:
        """The utterances' texts as they become final. Raises Refusal."""
        # The next utterance may change the punctuation at the end of this one, so each waits for the next.
        waiting = ""
        async for event in self.events():
            if isinstance(event, UtteranceRewritten):
                waiting = join_words(word.text for word in event.words)
            elif isinstance(event, UtteranceDone) and event.words:
                if waiting:
                    yield waiting
                waiting = join_words(word.text for word in event.words)
        if waiting:
            yield waiting

    async def transcript(self) -> Transcript:
        """The finished transcript. Raises Refusal."""
        async for _ in self.events():
            pass
        # Segmenting an hour of words takes some time, during which the loop must serve other clients.
        return await asyncio.to_thread(self.result)

    def result(self) -> Transcript:
        """The transcript; to be called after the last event."""
        return self._job.result(_SECONDS_TO_THE_END)


class Recognition:
    """The recogniser's process for files. All methods except `close` must be called in the server's loop."""

    def __init__(
        self,
        choice: ModelChoice,
        limits: Limits,
        metrics: Metrics,
        make_process: MakeProcess = RecogniserProcess,
    ) -> None:
        self.choice = choice
        self._limits = limits
        self._events = JobEvents(metrics)
        self._process = make_process(on_event=self._events.heard, idle_seconds=None)
        self._loading = self._process.load(choice)

    @property
    def is_ready(self) -> bool:
        """Whether the model was loaded once; after a crash, the next request restarts the process."""
        return self._loading.is_done

    async def loaded(self) -> list[str]:
        """Wait until the model is loaded; returns warnings for the user. Raises the error if loading
        failed."""
        event = await asyncio.to_thread(self._loading.wait)
        return list(event.warnings) if isinstance(event, ModelReady) else []

    @property
    def in_line(self) -> int:
        """Number of requests that are waiting or being recognised."""
        return len(self._events)

    def check_room(self) -> None:
        """Raises Refusal (503) if too many requests are waiting; call it also before reading a body."""
        if self.in_line > self._limits.waiting:
            raise busy(
                "Too many requests wait for the recogniser; try again later.", self._limits.retry_seconds
            )

    @asynccontextmanager
    async def job(self, path: str | os.PathLike[str], choice: ModelChoice) -> AsyncIterator[RunningJob]:
        """Start recognition of a file; it is cancelled if the block ends before it is done."""
        self.check_room()
        job = self._process.transcribe(path, choice)
        with self._events.of(job) as news:
            try:
                yield RunningJob(job, news, self._limits)
            finally:
                if not job.is_done:
                    job.cancel()

    def close(self) -> None:
        """End the process and cancel all waiting jobs."""
        self._process.close()


def _refusal(failed: Failed) -> Refusal:
    """A failure as a refusal: 400 if the file caused it, otherwise 500."""
    kind: type[AsrDesktopError] = getattr(errors, failed.kind, WorkerError)
    if issubclass(kind, MediaError):
        return Refusal(400, failed.message, parameter="file")
    return Refusal(500, failed.message)
