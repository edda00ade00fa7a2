"""Live recognition over a WebSocket: sound in, events out.

    GET /v1/listen?sample_rate=16000&channels=1&hotwords=Ada%20Lovelace,Babbage:12

Binary messages are 16-bit little-endian PCM, split at any byte. The text message {"type": "stop"} ends the
sound; the rest is recognised, and the server closes the socket after the event "stopped". Events are the JSON
objects of `asr-desktop live --json`. The sound is stored in a session that is deleted at the end.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from asr_desktop.base.errors import AsrDesktopError, DecoderError
from asr_desktop.recognition.hotwords import parse_hotwords
from asr_desktop.recognition.live_events import LiveNotice, Stopped, event_fields
from asr_desktop.recognition.worker.protocol import (
    Cancelled,
    Event,
    Failed,
    LiveSaid,
    ModelChoice,
    Restarted,
    UtteranceSkipped,
)
from asr_desktop.server.bodies import disk_refusal
from asr_desktop.server.live_recognition import SAMPLE_RATES, ClientRecording, LiveRecognition
from asr_desktop.server.refusal import Refusal
from asr_desktop.server.responses import error_answer

CHANNELS = range(1, 9)
_SAMPLE_BYTES = 2
CLOSED, TRY_LATER, DEFECT, POLICY = 1000, 1013, 1011, 1008


class LiveSockets:
    """The endpoint, as an ASGI application."""

    def __init__(self, live: LiveRecognition) -> None:
        self._live = live
        self._limits = live.limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            rate = _number(socket, "sample_rate", 16_000, SAMPLE_RATES)
            channels = _number(socket, "channels", 1, CHANNELS)
            choice = self._asked(socket)
            self._live.check_room()
        except Refusal as refusal:
            await socket.send_denial_response(error_answer(refusal))
            return
        with self._live.room():
            await socket.accept()
            with suppress(WebSocketDisconnect):
                try:
                    closing = await self._listen(socket, choice, rate, channels)
                except AsrDesktopError as error:  # the disk has been full for too long
                    closing = DEFECT, short_reason(str(error))
                except OSError as error:
                    closing = DEFECT, short_reason(str(disk_refusal(error)))
                await socket.close(*closing)  # after its sound was deleted

    async def _listen(
        self, socket: WebSocket, choice: ModelChoice, rate: int, channels: int
    ) -> tuple[int, str]:
        """Handle one client; returns the code and reason for closing."""
        async with self._live.listening(choice) as (recording, news):
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
                return POLICY, short_reason(str(refusal))
            except TimeoutError:
                return TRY_LATER, "The recogniser is too slow; try again later."
            finally:
                for task in (telling, hearing):
                    task.cancel()
                await asyncio.gather(telling, hearing, return_exceptions=True)

    async def _hear(self, socket: WebSocket, recording: ClientRecording, rate: int, channels: int) -> None:
        """Write sound to disk until the client sends "stop". Raises Refusal."""
        torn = b""
        while True:
            try:
                async with asyncio.timeout(self._limits.body_seconds):
                    message = await socket.receive()
            except TimeoutError:
                raise Refusal(408, "No sound came for a while.") from None
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", CLOSED))
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
        """Send events to the client until the last one; returns the code and reason for closing."""
        while True:
            event = await news.get()
            match event:
                case LiveSaid(event=said):
                    await self._send(socket, event_fields(said))
                    if isinstance(said, Stopped):
                        return CLOSED, ""
                case Restarted(message=sentence) | UtteranceSkipped(message=sentence):
                    await self._send(socket, event_fields(LiveNotice(sentence)))
                case Failed(message=sentence):
                    await self._send(socket, event_fields(LiveNotice(sentence)))
                    return DEFECT, short_reason(sentence)
                case Cancelled():
                    return TRY_LATER, "The server is stopping."

    async def _send(self, socket: WebSocket, fields: dict[str, Any]) -> None:
        fields.pop("session", None)  # a folder on the server, which will be deleted
        async with asyncio.timeout(self._limits.answer_seconds):
            await socket.send_text(json.dumps(fields, ensure_ascii=False))

    def _asked(self, socket: WebSocket) -> ModelChoice:
        entries = socket.query_params.get("hotwords", "").split(",")
        try:
            hotwords = parse_hotwords(entries)
        except DecoderError as error:
            raise Refusal(400, str(error), parameter="hotwords") from None
        return replace(self._live.choice, hotwords=(*self._live.choice.hotwords, *hotwords))


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


def short_reason(sentence: str) -> str:
    """The sentence cut to 120 bytes; a WebSocket close frame has room for 123."""
    return sentence.encode(errors="replace")[:120].decode(errors="ignore")
