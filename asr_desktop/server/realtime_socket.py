"""Realtime transcription in the protocol of OpenAI's clients: GET /v1/realtime?intent=transcription.

    → session.update                    ← session.created, session.updated
    → input_audio_buffer.append         ← input_audio_buffer.speech_started, .speech_stopped
    → input_audio_buffer.commit         ← input_audio_buffer.committed
    → input_audio_buffer.clear          ← conversation.item.input_audio_transcription.delta, .completed,
                                          .failed
                                        ← error

With turn detection, sound is recognised live: it is divided into utterances, a delta is text on which two
successive hypotheses agree, and `completed` has the final text. Without it, the sound between two commits is
recognised as one recording.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
import wave
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Never

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from asr_desktop.audio.g711 import decode_alaw, decode_ulaw
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.small_file import SmallFileError, parse_json
from asr_desktop.server.bodies import disk_refusal, request_folder
from asr_desktop.server.live_recognition import LiveRecognition
from asr_desktop.server.live_socket import CLOSED, DEFECT, POLICY, TRY_LATER, short_reason
from asr_desktop.server.realtime_protocol import ALAW, ULAW, RealtimeEvents, RealtimeSettings, new_id
from asr_desktop.server.realtime_turns import ListenedSpeech
from asr_desktop.server.recognition import Recognition
from asr_desktop.server.refusal import Refusal, busy
from asr_desktop.server.request_fields import check_model
from asr_desktop.server.responses import error_answer

_MOST_ITEMS = 16
"""Maximum number of committed recordings of one client that wait for recognition."""
_MOST_WAITING_CHARACTERS = 32 << 20
"""Maximum size of received messages that wait to be handled; beyond it, no more are read."""
_SAMPLE_BYTES = 2
_BUSY = 503


@dataclass(eq=False)
class RealtimeSockets:
    """The endpoint, as an ASGI application.

    folder: for recordings while they are recognised. model, languages: of this server (no languages: not
    stated).
    """

    live: LiveRecognition
    recognition: Recognition
    folder: Path
    model: str
    languages: tuple[str, ...]
    _count: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            if socket.query_params.get("intent", "transcription") != "transcription":
                raise Refusal(400, "Only intent=transcription is served here.", parameter="intent")
            check_model(socket.query_params.get("model", ""), self.model)
            if self._count >= self.live.limits.bodies:
                raise busy("Too many clients are connected; try again later.", self.live.limits.retry_seconds)
        except Refusal as refusal:
            await socket.send_denial_response(error_answer(refusal))
            return
        self._count += 1
        try:
            # Browsers name the subprotocol. Web pages were refused earlier, but other clients name it too.
            protocols = scope.get("subprotocols") or []
            await socket.accept("realtime" if "realtime" in protocols else None)
            with request_folder(self.folder) as folder, suppress(WebSocketDisconnect):
                await socket.close(*await _RealtimeSession(self, socket, folder).run())
        finally:
            self._count -= 1


class _RealtimeSession:
    """The session of one client."""

    def __init__(self, endpoint: RealtimeSockets, socket: WebSocket, folder: Path) -> None:
        self._endpoint = endpoint
        self._live = endpoint.live
        self._socket = socket
        self._folder = folder
        self._id = f"sess_{secrets.token_hex(8)}"
        self._is_beta = socket.headers.get("openai-beta", "").startswith("realtime")
        self._settings = RealtimeSettings()
        self._events = RealtimeEvents(socket, endpoint.live.limits)
        self._torn = b""
        self._seconds = 0.0  # of all sound so far
        self._heard: ListenedSpeech | None = None
        self._buffer: _Buffer | None = None
        self._items: set[asyncio.Task[None]] = set()
        self._last_text_at = 0.0  # in the loop's time
        self._inbox = _Inbox()

    async def run(self) -> tuple[int, str]:
        """Serve the client until the end; returns the code and reason for closing. Raises
        WebSocketDisconnect when the client disconnects."""
        receiving = asyncio.create_task(self._receive())
        taking = asyncio.create_task(self._take_all())
        try:
            await asyncio.wait({receiving, taking}, return_when=asyncio.FIRST_COMPLETED)
            return taking.result() if taking.done() else receiving.result()
        finally:
            tasks = (receiving, taking, *self._items)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._heard is not None:
                await self._heard.drop()
            if self._buffer is not None:
                with suppress(OSError):  # writing the last bytes, which are not needed any more
                    await _to_its_end(self._buffer.close)

    async def _receive(self) -> Never:
        """Put all messages into the inbox. Messages are received even while an earlier one is handled,
        because pongs and the client's disconnection arrive only after them. Raises WebSocketDisconnect."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", CLOSED))
            text = message.get("text")
            await self._inbox.put(
                text if text is not None else (message.get("bytes") or b"").decode("utf-8", "replace")
            )

    async def _take_all(self) -> tuple[int, str]:
        try:
            await self._tell_session("created")
            while True:
                message = await self._next()
                if message is not None:
                    await self._take(message)
        except Refusal as refusal:
            await self._tell_end(refusal)
            return (TRY_LATER if refusal.status == _BUSY else POLICY), short_reason(str(refusal))
        except AsrDesktopError as error:
            await self._tell_end(Refusal(500, str(error)))
            return DEFECT, short_reason(str(error))
        except TimeoutError:
            return CLOSED, "Nothing came for a while."
        except OSError as error:
            full = disk_refusal(error)
            await self._tell_end(full)
            return DEFECT, short_reason(str(full))

    async def _tell_end(self, refusal: Refusal) -> None:
        with suppress(WebSocketDisconnect, TimeoutError):
            await self._events.error(refusal)

    async def _next(self) -> str | None:
        """The next message; None after a timeout, which ends live recognition so that another client can use
        it. Raises TimeoutError if the client has been idle for wait_seconds and no text is outstanding."""
        limits = self._live.limits
        try:
            async with asyncio.timeout(limits.body_seconds if self._heard else limits.wait_seconds):
                return await self._inbox.get()
        except TimeoutError:
            if self._heard is not None:
                await self._end_listening()
            elif not self._items and self._now() - self._last_text_at >= limits.wait_seconds:
                raise
            return None

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _take(self, message: str) -> None:
        """Handle a message. A client's error is answered with an event and the session continues; an exceeded
        limit ends it."""
        event_id = None
        try:
            event = parse_json(message)
            if not isinstance(event, dict):
                raise Refusal(400, "An event has to be an object.")
            event_id = event.get("event_id") if isinstance(event.get("event_id"), str) else None
            await self._do(event)
        except SmallFileError:
            await self._events.error(Refusal(400, "This is not JSON."))
        except Refusal as refusal:
            if refusal.status in (413, _BUSY):
                raise
            await self._events.error(refusal, event_id)

    async def _do(self, event: dict[str, Any]) -> None:
        match event.get("type"):
            case "session.update" | "transcription_session.update" as kind:
                await self._update(event.get("session"), is_beta=kind.startswith("transcription"))
            case "input_audio_buffer.append":
                await self._append(event.get("audio"))
            case "input_audio_buffer.commit":
                await self._commit()
            case "input_audio_buffer.clear":
                await self._clear()
            case kind:
                raise Refusal(
                    400, f"Events of the type “{str(kind)[:60]}” are not served here.", parameter="type"
                )

    async def _update(self, session: object, *, is_beta: bool) -> None:
        wanted = self._settings.updated(
            session,
            self._endpoint.model,
            self._endpoint.languages,
            is_beta=is_beta,
            segmenter_options=self._live.choice.segmenter_options,
        )
        if wanted != self._settings:
            await self._end_listening()
            if self._buffer is not None and (wanted.format, wanted.rate) != self._buffer.format:
                await self._clear()
        self._is_beta = is_beta
        self._settings = wanted
        await self._tell_session("updated")

    # Sound

    async def _append(self, audio: object) -> None:
        try:
            data = base64.b64decode(audio if isinstance(audio, str) else "", validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if not data:
            raise Refusal(400, "audio has to be sound in base64.", parameter="audio")
        sound = self._linear(data)
        rate = self._settings.rate
        self._seconds += len(sound) / _SAMPLE_BYTES / rate
        if self._seconds > self._live.limits.sound_seconds:
            raise Refusal(413, f"The sound is longer than {self._live.limits.sound_seconds:g} s.")
        if not sound:
            return
        if self._settings.turn_detection is not None:
            if self._heard is None:
                before = self._seconds - len(sound) / _SAMPLE_BYTES / rate
                self._heard = await ListenedSpeech.begin(self._live, self._events, self._settings, before)
            elif self._heard.has_ended:
                await self._end_listening()
                raise Refusal(500, "Listening has ended; send the sound again.")
            await _to_its_end(self._heard.recording.write, sound, rate, 1)
        else:
            if self._buffer is None:
                path = self._folder / f"{secrets.token_hex(8)}.wav"
                self._buffer = _Buffer(path, (self._settings.format, rate))
            await _to_its_end(self._buffer.write, sound)

    def _linear(self, data: bytes) -> bytes:
        """The data as 16-bit PCM; half a sample at the end is kept for the next call."""
        if self._settings.format == ULAW:
            return decode_ulaw(data).astype("<i2").tobytes()
        if self._settings.format == ALAW:
            return decode_alaw(data).astype("<i2").tobytes()
        data = self._torn + data
        whole = len(data) - len(data) % _SAMPLE_BYTES
        data, self._torn = data[:whole], data[whole:]
        return data

    async def _commit(self) -> None:
        self._torn = b""
        if self._heard is not None:
            await self._end_listening()
            return
        if self._buffer is None:
            raise Refusal(400, "There is no sound to commit; append some first.")
        if len(self._items) >= _MOST_ITEMS:
            raise busy("Too much sound waits for its text.", self._live.limits.retry_seconds)
        buffer, self._buffer = self._buffer, None
        await _to_its_end(buffer.close)
        item = new_id("item")
        await self._events.committed(item)
        task = asyncio.create_task(self._recognise(item, buffer.path))
        self._items.add(task)
        task.add_done_callback(self._items.discard)

    async def _clear(self) -> None:
        self._torn = b""
        heard, self._heard = self._heard, None
        if heard is not None:
            await heard.drop()
        buffer, self._buffer = self._buffer, None
        if buffer is not None:
            await _to_its_end(buffer.close)
            buffer.path.unlink(missing_ok=True)
        await self._events.tell("input_audio_buffer.cleared")

    async def _end_listening(self) -> None:
        """Finish live recognition of the sound so far; later sound starts a new one."""
        heard, self._heard = self._heard, None
        if heard is not None:
            await heard.finish()

    async def _recognise(self, item: str, path: Path) -> None:
        choice = self._endpoint.recognition.choice
        choice = replace(choice, hotwords=(*choice.hotwords, *self._settings.hotwords))
        said = ""
        try:
            async with self._endpoint.recognition.job(path, choice) as job:
                await job.begin()
                async for piece in job.texts():
                    delta = f" {piece}" if said else piece
                    said += delta
                    await self._events.delta(item, delta)
                transcript = await asyncio.to_thread(job.result)
            await self._events.completed(item, said, transcript.duration_seconds)
        except AsrDesktopError as error:
            await self._events.failed(item, str(error))
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            pass  # the client has disconnected or does not receive; `run` notices that too
        finally:
            path.unlink(missing_ok=True)
            self._last_text_at = self._now()

    async def _tell_session(self, what: str) -> None:
        prefix = "transcription_session" if self._is_beta else "session"
        session = self._settings.as_session(self._id, self._endpoint.model, is_beta=self._is_beta)
        await self._events.tell(f"{prefix}.{what}", session=session)


async def _to_its_end(function: Callable[..., None], *arguments: object) -> None:
    """Run in a thread, and wait for its end even if the task is cancelled: no file may be closed while it is
    written."""
    working = asyncio.create_task(asyncio.to_thread(function, *arguments))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        raise


class _Inbox:
    """A queue of messages from one task to another, limited by their total size."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[str] = asyncio.Queue()
        self._characters = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def put(self, message: str) -> None:
        """Add a message; waits while the queue is full."""
        await self._has_room.wait()
        self._messages.put_nowait(message)
        self._count(len(message))

    async def get(self) -> str:
        message = await self._messages.get()
        self._count(-len(message))
        return message

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters < _MOST_WAITING_CHARACTERS:
            self._has_room.set()
        else:
            self._has_room.clear()


class _Buffer:
    """Sound that the client has not committed yet, in a WAV file. format: the protocol's name and the rate in
    Hz."""

    def __init__(self, path: Path, format: tuple[str, int]) -> None:
        self.path = path
        self.format = format
        self._file = wave.open(str(path), "wb")  # noqa: SIM115 (closed by its owner)
        self._file.setnchannels(1)
        self._file.setsampwidth(_SAMPLE_BYTES)
        self._file.setframerate(format[1])
        self.write: Callable[[bytes], None] = self._file.writeframesraw
        self.close: Callable[[], None] = self._file.close
