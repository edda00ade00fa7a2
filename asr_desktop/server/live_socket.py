"""Recognition while somebody speaks: sound in, events out, over a WebSocket.

    GET /v1/listen?sample_rate=16000&channels=1&hotwords=Ada%20Lovelace,Babbage:12

Binary messages are 16-bit little-endian PCM, cut anywhere. The text message {"type": "stop"} ends the sound;
what was said until then is recognised, and the server closes after the event "stopped". Events are the JSON
objects of `asr-desktop live --json`. The sound lies in a session of its own, which is deleted at the end.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from asr_desktop.audio.part_writer import PartWriter
from asr_desktop.audio.session import LOCK_FILE, Session, create_session, take_lock
from asr_desktop.base.errors import AsrDesktopError, DecoderError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.recognition.hotwords import parse_hotwords
from asr_desktop.recognition.live_events import LiveNotice, Stopped, event_fields
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import (
    Cancelled,
    Event,
    Failed,
    LiveSaid,
    ModelChoice,
    Restarted,
    UtteranceSkipped,
)
from asr_desktop.server.answers import error_answer
from asr_desktop.server.limits import Limits
from asr_desktop.server.metrics import Metrics
from asr_desktop.server.recognition import JobEvents, MakeProcess
from asr_desktop.server.refusal import Refusal, busy

SAMPLE_RATES = range(8_000, 48_001)
CHANNELS = range(1, 9)
_SAMPLE_BYTES = 2
_MOST_EVENTS_WAITING = 10_000
_SECONDS_TO_THE_END = 30.0
_CLOSED, _TRY_LATER, _DEFECT, _POLICY = 1000, 1013, 1011, 1008


class LiveSockets:
    """The endpoint, as an ASGI application; it has a recogniser's process of its own, so that who dictates
    does not wait for files."""

    def __init__(
        self,
        choice: ModelChoice,
        limits: Limits,
        metrics: Metrics,
        folder: Path,
        make_process: MakeProcess = RecogniserProcess,
    ) -> None:
        self._choice = choice
        self._limits = limits
        self._metrics = metrics
        self._folder = folder
        self._events = JobEvents(metrics, _MOST_EVENTS_WAITING)
        self._count = 0
        self._process = make_process(on_event=self._events.heard)

    def close(self) -> None:
        self._process.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            rate = _number(socket, "sample_rate", 16_000, SAMPLE_RATES)
            channels = _number(socket, "channels", 1, CHANNELS)
            choice = self._asked(socket)
            if self._count >= self._limits.live:
                raise busy("Somebody else is being listened to; try again later.", self._limits.retry_seconds)
        except Refusal as refusal:
            await socket.send_denial_response(error_answer(refusal))
            return
        self._count += 1
        self._metrics.live.set(self._count)
        try:
            await socket.accept()
            with suppress(WebSocketDisconnect):
                closing = await self._listen(socket, choice, rate, channels)
                await socket.close(*closing)  # when its sound is gone
        finally:
            self._count -= 1
            self._metrics.live.set(self._count)

    async def _listen(
        self, socket: WebSocket, choice: ModelChoice, rate: int, channels: int
    ) -> tuple[int, str]:
        """The code and reason with which to close."""
        async with _recording(self._folder) as recording:
            job = self._process.listen(recording.session.path, choice)
            with self._events.of(job) as news:
                telling = asyncio.create_task(self._tell(socket, news))
                hearing = asyncio.create_task(self._hear(socket, recording, rate, channels))
                try:
                    await asyncio.wait({telling, hearing}, return_when=asyncio.FIRST_COMPLETED)
                    if hearing.done():
                        hearing.result()
                        await asyncio.to_thread(recording.finish)
                        async with asyncio.timeout(self._limits.wait_seconds):
                            await telling
                    return telling.result()
                except Refusal as refusal:
                    return _POLICY, _short(str(refusal))
                except TimeoutError:
                    return _TRY_LATER, "The recogniser is too slow; try again later."
                finally:
                    for task in (telling, hearing):
                        task.cancel()
                    await asyncio.gather(telling, hearing, return_exceptions=True)
                    if not job.is_done:
                        job.cancel()
                    with suppress(AsrDesktopError, TimeoutError):
                        # Until then it may write into the folder that is about to be deleted.
                        await asyncio.to_thread(job.wait, _SECONDS_TO_THE_END)

    async def _hear(self, socket: WebSocket, recording: _Recording, rate: int, channels: int) -> None:
        """Sound to the disk, until the client says that it was all. Raises Refusal."""
        torn = b""
        while True:
            try:
                async with asyncio.timeout(self._limits.body_seconds):
                    message = await socket.receive()
            except TimeoutError:
                raise Refusal(408, "No sound came for a while.") from None
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", _CLOSED))
            if message.get("text") is not None:
                if _is_stop(message["text"]):
                    return
                raise Refusal(400, 'Text messages are commands; there is {"type": "stop"}.')
            sound = torn + (message.get("bytes") or b"")
            whole = len(sound) - len(sound) % (_SAMPLE_BYTES * channels)
            sound, torn = sound[:whole], sound[whole:]
            if sound:
                await asyncio.to_thread(recording.write, sound, rate, channels)
            if recording.writer.seconds > self._limits.sound_seconds:
                raise Refusal(413, f"The sound is longer than {self._limits.sound_seconds:g} s.")

    async def _tell(self, socket: WebSocket, news: asyncio.Queue[Event]) -> tuple[int, str]:
        """Events to the client until the last one; the code and reason with which to close."""
        while True:
            event = await news.get()
            match event:
                case LiveSaid(event=said):
                    await self._send(socket, event_fields(said))
                    if isinstance(said, Stopped):
                        return _CLOSED, ""
                case Restarted(message=sentence) | UtteranceSkipped(message=sentence):
                    await self._send(socket, event_fields(LiveNotice(sentence)))
                case Failed(message=sentence):
                    await self._send(socket, event_fields(LiveNotice(sentence)))
                    return _DEFECT, _short(sentence)
                case Cancelled():
                    return _TRY_LATER, "The server is stopping."

    async def _send(self, socket: WebSocket, fields: dict[str, Any]) -> None:
        fields.pop("session", None)  # a folder of the server's, which is about to go
        async with asyncio.timeout(self._limits.answer_seconds):
            await socket.send_text(json.dumps(fields, ensure_ascii=False))

    def _asked(self, socket: WebSocket) -> ModelChoice:
        entries = socket.query_params.get("hotwords", "").split(",")
        try:
            hotwords = parse_hotwords(entries)
        except DecoderError as error:
            raise Refusal(400, str(error), parameter="hotwords") from None
        return replace(self._choice, hotwords=(*self._choice.hotwords, *hotwords))


class _Recording:
    """What a recorder does, for sound that comes from a client. All methods may wait for the disk."""

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
        """Once all is written, the recogniser comes to an end by itself."""
        if not self._is_finished:
            self._is_finished = True
            self.writer.finish()
            self.session.append_event("stopped", self.writer.seconds, reason="user")
            self._lock.release()


@asynccontextmanager
async def _recording(folder: Path) -> AsyncIterator[_Recording]:
    """A session that is gone when the block ends."""
    session = await asyncio.to_thread(create_session, folder)
    try:
        recording = await asyncio.to_thread(_Recording, session)
        try:
            yield recording
        finally:
            with suppress(OSError, AsrDesktopError):
                await asyncio.to_thread(recording.finish)
    finally:
        shutil.rmtree(session.path, ignore_errors=True)


def _number(socket: WebSocket, name: str, default: int, allowed: range) -> int:
    stated = socket.query_params.get(name)
    if stated is None:
        return default
    if not (stated.isascii() and stated.isdecimal() and len(stated) < 10 and int(stated) in allowed):
        raise Refusal(400, f"{name} has to be a number from {allowed[0]} to {allowed[-1]}.", parameter=name)
    return int(stated)


def _is_stop(text: str) -> bool:
    try:
        command = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(command, dict) and command.get("type") == "stop"


def _short(sentence: str) -> str:
    """As much as a closing frame holds."""
    return sentence.encode()[:120].decode(errors="ignore")
