"""Live recognition of sound that a client sends, in a recogniser's process of its own, so that it does not
wait for files, and with sessions that are deleted afterwards."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from asr_desktop.audio.part_writer import PartWriter
from asr_desktop.audio.session import LOCK_FILE, Session, create_session, take_lock
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import Event, ModelChoice
from asr_desktop.server.limits import Limits
from asr_desktop.server.metrics import Metrics
from asr_desktop.server.recognition import JobEvents, MakeProcess
from asr_desktop.server.refusal import busy

SAMPLE_RATES = range(8_000, 48_001)
_MOST_EVENTS_WAITING = 10_000
_SECONDS_TO_THE_END = 30.0


class LiveRecognition:
    """Live recognition for clients. All methods except `close` must be called in the server's loop."""

    def __init__(
        self,
        choice: ModelChoice,
        limits: Limits,
        metrics: Metrics,
        folder: Path,
        make_process: MakeProcess = RecogniserProcess,
    ) -> None:
        self.choice = choice
        self.limits = limits
        self._metrics = metrics
        self._folder = folder
        self._events = JobEvents(metrics, _MOST_EVENTS_WAITING)
        self._count = 0
        self._process = make_process(on_event=self._events.heard)

    def close(self) -> None:
        self._process.close()

    def check_room(self) -> None:
        """Raises Refusal (503) if the maximum number of live clients is reached."""
        if self._count >= self.limits.live:
            raise busy("Somebody else is being listened to; try again later.", self.limits.retry_seconds)

    @contextmanager
    def room(self) -> Iterator[None]:
        """Count one more live client during the block. Raises Refusal (503) as `check_room` does."""
        self.check_room()
        self._count += 1
        self._metrics.live.set(self._count)
        try:
            yield
        finally:
            self._count -= 1
            self._metrics.live.set(self._count)

    @asynccontextmanager
    async def listening(
        self, choice: ModelChoice
    ) -> AsyncIterator[tuple[ClientRecording, asyncio.Queue[Event]]]:
        """A recording to write sound to, and the queue of its recognition's events; cancelled when the block
        ends."""
        async with _recording(self._folder) as recording:
            job = self._process.listen(recording.session.path, choice)
            with self._events.of(job) as news:
                try:
                    yield recording, news
                finally:
                    if not job.is_done:
                        job.cancel()
                    with suppress(AsrDesktopError, TimeoutError):
                        # Until its end, the job may write into the folder that is deleted next.
                        await asyncio.to_thread(job.wait, _SECONDS_TO_THE_END)


class ClientRecording:
    """A recorder for sound from a client. All methods may block on the disk."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._lock = FileLock(session.path / LOCK_FILE)
        take_lock(self._lock, session)
        session.append_event("started", 0.0, device="WebSocket")
        self.writer = PartWriter(session)
        self._is_finished = False

    def write(self, sound: bytes, rate: int, channels: int) -> None:
        self.writer.add(sound, rate, channels)
        self.writer.write()

    def finish(self) -> None:
        """Write what is left and close the recording; the recogniser then finishes by itself."""
        if not self._is_finished:
            self._is_finished = True
            self.writer.finish()
            self.session.append_event("stopped", self.writer.seconds, reason="user")
            self._lock.release()


@asynccontextmanager
async def _recording(folder: Path) -> AsyncIterator[ClientRecording]:
    """A recording in a session that is deleted when the block ends."""
    session = await asyncio.to_thread(create_session, folder)
    try:
        recording = await asyncio.to_thread(ClientRecording, session)
        try:
            yield recording
        finally:
            with suppress(OSError, AsrDesktopError):
                await asyncio.to_thread(recording.finish)
    finally:
        shutil.rmtree(session.path, ignore_errors=True)
