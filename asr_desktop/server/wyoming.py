"""Speech to text for Home Assistant and other voice assistants, over the Wyoming protocol.

An event is a line of JSON with its type and the lengths of two optional parts that follow: more data as JSON,
and a payload of sound.

    → describe                     ← info
    → transcribe, audio-start, audio-chunk …, audio-stop
                                   ← transcript-start, transcript-chunk …, transcript, transcript-stop

The protocol has no authentication, so only this machine and explicitly allowed addresses are served. The
protocol is described at https://github.com/OHF-voice/wyoming.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import math
import socket
import wave
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from asr_desktop import __version__
from asr_desktop.base.errors import AsrDesktopError, DecoderError
from asr_desktop.base.small_file import SmallFileError, parse_json
from asr_desktop.recognition.hotwords import Hotword, parse_hotword
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.server.bodies import request_folder, writing_sound
from asr_desktop.server.guard import Network
from asr_desktop.server.limits import Limits
from asr_desktop.server.metrics import Metrics
from asr_desktop.server.recognition import Recognition
from asr_desktop.server.refusal import Refusal, busy
from asr_desktop.server.request_fields import MOST_HOTWORDS, check_language

PATH = "wyoming"
"""The path of these requests in the metrics."""
_MOST_HEADER_BYTES = 64 * 1024
_MOST_PAYLOAD_BYTES = 1 << 20
_RATES = range(8_000, 96_001)
_CHANNELS = range(1, 9)
_SAMPLE_BYTES = 2
_TERM_WEIGHT = 4.0
"""Hotword weight of terms; names have the usual, larger one."""


@dataclass(frozen=True)
class WyomingOptions:
    """listening: a socket, which the server then owns. allowed: networks that are served besides this
    machine."""

    listening: socket.socket
    allowed: tuple[Network, ...] = ()


class WyomingServer:
    """The Wyoming server; it runs in the HTTP server's loop and uses the same recogniser's process."""

    def __init__(
        self,
        options: WyomingOptions,
        recognition: Recognition,
        limits: Limits,
        metrics: Metrics,
        folder: Path,
        model: str,
        languages: tuple[str, ...],
        on_answer: Callable[[str, int], None],
    ) -> None:
        self._options = options
        self._parts = _Parts(recognition, limits, metrics, folder, model, languages, on_answer)
        self._clients: dict[asyncio.Task[None], _Client] = {}
        self._server: asyncio.Server | None = None

    async def begin(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, sock=self._options.listening, limit=_MOST_HEADER_BYTES
        )

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._clients:
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        client = self._clients[task] = _Client(self._parts, reader, writer)
        try:
            if not self._may_ask(writer.get_extra_info("peername")):
                raise Refusal(403, "This address may not use the server; name it with --wyoming-allow.")
            self._make_room(client)
            await client.serve()
        except Refusal as refusal:
            self._parts.on_answer(PATH, refusal.status)
            await client.say_last(str(refusal), refusal.status)
        except AsrDesktopError as error:
            self._parts.on_answer(PATH, 500)
            await client.say_last(str(error), 500)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client disconnected or was idle for too long, or the server is stopping
        finally:
            self._clients.pop(task, None)
            writer.close()

    def _make_room(self, newest: _Client) -> None:
        """If too many clients are connected, disconnect the one that has been idle for the longest time.
        Raises Refusal (503) if none is idle."""
        if len(self._clients) <= self._parts.limits.bodies:
            return
        idle = [
            (client.idle_since, task)
            for task, client in self._clients.items()
            if client is not newest and client.idle_since is not None
        ]
        if not idle:
            raise busy("Too many clients are connected; try again later.", self._parts.limits.retry_seconds)
        _, oldest = min(idle, key=lambda entry: entry[0])
        del self._clients[oldest]
        oldest.cancel()

    def _may_ask(self, peer: Any) -> bool:
        try:
            address = ipaddress.ip_address(peer[0])
        except (TypeError, ValueError, IndexError):
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        address = mapped or address
        return address.is_loopback or any(address in network for network in self._options.allowed)


@dataclass(frozen=True)
class _Parts:
    recognition: Recognition
    limits: Limits
    metrics: Metrics
    folder: Path
    model: str
    languages: tuple[str, ...]
    on_answer: Callable[[str, int], None]

    def info(self) -> dict[str, Any]:
        """The data of the answer to "describe"."""
        made = {
            "attribution": {"name": "ASR Desktop", "url": ""},
            "installed": True,
            "version": __version__,
        }
        model = {
            **made,
            "name": self.model,
            "description": self.model,
            "languages": list(self.languages) or ["en"],
        }
        program = {
            **made,
            "name": "asr-desktop",
            "description": "Speech to text on this computer",
            "models": [model],
            "supports_transcript_streaming": True,
        }
        return {"asr": [program]}


@dataclass(frozen=True)
class _Event:
    type: str
    data: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


class _Client:
    """One connection, for any number of successive recordings."""

    def __init__(self, parts: _Parts, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._parts = parts
        self._reader = reader
        self._writer = writer
        self._hotwords: tuple[Hotword, ...] = ()
        self._ahead: asyncio.Task[_Event | None] | None = None  # reads the event after the recording
        self.idle_since: float | None = _now()
        """Time in the loop's clock; None during a recording and until it is answered."""

    async def serve(self) -> None:
        """Serve until the client disconnects. Raises Refusal if the client violates the protocol or a
        limit."""
        try:
            await self._serve()
        finally:
            if self._ahead is not None:
                self._ahead.cancel()
                await asyncio.gather(self._ahead, return_exceptions=True)

    async def _serve(self) -> None:
        while (event := await self._next()) is not None:
            match event.type:
                case "describe":
                    await self.say("info", self._parts.info())
                    self._parts.on_answer(PATH, 200)
                case "ping":
                    await self.say("pong", event.data)
                case "transcribe":
                    self._note_wishes(event.data)
                case "audio-start":
                    self._parts.recognition.check_room()
                    self.idle_since = None
                    with request_folder(self._parts.folder) as folder:
                        path = folder / "speech.wav"
                        is_answered = await self._record(event, path) and await self._answer(path)
                    if is_answered:
                        self._parts.on_answer(PATH, 200)
                        await self.say("transcript-stop")  # after the sound was deleted
                    self.idle_since = _now()

    def _note_wishes(self, data: dict[str, Any]) -> None:
        check_language(str(data.get("language") or ""), self._parts.languages)
        asked: list[Hotword] = []
        try:
            for name, weight in (("transcript_names", None), ("transcript_terms", _TERM_WEIGHT)):
                words = data.get(name) or []
                if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                    raise Refusal(400, f"{name} has to be a list of texts.")
                for hotword in (parse_hotword(word) for word in words if word.strip()):
                    asked.append(hotword if weight is None else replace(hotword, weight=weight))
        except DecoderError as error:
            raise Refusal(400, str(error)) from None
        if len(asked) > MOST_HOTWORDS:
            raise Refusal(400, f"There are too many names and terms; at most {MOST_HOTWORDS} are taken.")
        self._hotwords = tuple(asked)

    async def _record(self, start: _Event, path: Path) -> bool:
        """Write the sound to a file; False if the client disconnects before its end. Raises TimeoutError if
        the client is idle, or if the sound arrives too slowly, whatever other events arrive meanwhile;
        Refusal also if the sound cannot be written."""
        rate, channels = self._format(start.data)
        limits = self._parts.limits
        bytes_a_second = min(limits.slowest_bytes, rate * channels * _SAMPLE_BYTES)
        until = _now() + limits.body_seconds
        most_bytes = min(
            self._parts.limits.body_bytes,
            round(self._parts.limits.sound_seconds * rate) * channels * _SAMPLE_BYTES,
        )
        written = 0
        with writing_sound():
            file = wave.open(str(path), "wb")  # noqa: SIM115 - closed below, where its errors are told
        try:
            file.setnchannels(channels)
            file.setsampwidth(_SAMPLE_BYTES)
            file.setframerate(rate)
            while (event := await self._next(until + written / bytes_a_second)) is not None:
                if event.type == "audio-stop":
                    return True
                if event.type == "audio-chunk":
                    if self._format(event.data) != (rate, channels):
                        raise Refusal(400, "The sound changed its format; begin again with audio-start.")
                    written += len(event.payload)
                    if written > most_bytes:
                        raise Refusal(
                            413, f"The sound is longer than {self._parts.limits.sound_seconds:g} s."
                        )
                    with writing_sound():
                        await asyncio.to_thread(file.writeframesraw, event.payload)
        finally:
            with writing_sound():
                await asyncio.to_thread(file.close)
        return False

    def _format(self, data: dict[str, Any]) -> tuple[int, int]:
        match data:
            case {"rate": int(rate), "channels": int(channels), "width": 2} if (
                rate in _RATES and channels in _CHANNELS
            ):
                return rate, channels
        raise Refusal(
            400,
            f"Sound has to be PCM of 2 bytes a sample, with {_RATES[0]} to {_RATES[-1]} samples a second and "
            f"at most {_CHANNELS[-1]} channels.",
        )

    async def _answer(self, path: Path) -> bool:
        """Recognise the recording and send its text; False if the client disconnects first, even while the
        recording waits in the queue."""
        self._ahead = asyncio.create_task(self._read())
        recognising = asyncio.create_task(self._recognise(path))
        try:
            await asyncio.wait({self._ahead, recognising}, return_when=asyncio.FIRST_COMPLETED)
            if not recognising.done() and _has_left(self._ahead):
                return False
            await recognising
            return True
        finally:
            recognising.cancel()
            await asyncio.gather(recognising, return_exceptions=True)

    async def _recognise(self, path: Path) -> None:
        """Send the text of each utterance when it is final, then the whole text."""
        choice: ModelChoice = self._parts.recognition.choice
        if self._hotwords:
            choice = replace(choice, hotwords=(*choice.hotwords, *self._hotwords))
        language = {"language": self._parts.languages[0]} if self._parts.languages else {}
        said = ""
        async with self._parts.recognition.job(path, choice) as job:
            await job.begin()
            await self.say("transcript-start", language)
            async for piece in job.texts():
                piece = f" {piece}" if said else piece
                said += piece
                await self.say("transcript-chunk", {"text": piece})
            transcript = await asyncio.to_thread(job.result)
        self._parts.metrics.sound_seconds.inc(transcript.duration_seconds)
        await self.say("transcript", {"text": said, **language})

    # Events

    async def say(self, type: str, data: dict[str, Any] | None = None) -> None:
        """Send an event. Raises TimeoutError if the client does not receive it in time, OSError if it has
        disconnected."""
        # As ASCII: a lone surrogate from a client, which is echoed here, cannot be encoded in UTF-8.
        more = json.dumps(data).encode() if data else b""
        head: dict[str, Any] = {"type": type, "version": "1.0.0"}
        if more:
            head["data_length"] = len(more)
        self._writer.write(json.dumps(head).encode() + b"\n" + more)
        async with asyncio.timeout(self._parts.limits.answer_seconds):
            await self._writer.drain()

    async def say_last(self, sentence: str, status: int) -> None:
        """Send an error and read some more of what the client sends: a connection that is closed before
        takes the error away from a client that has not read it yet."""
        limits = self._parts.limits
        self.idle_since = _now()  # whoever connects now may have its place
        with suppress(OSError, TimeoutError):
            await self.say("error", {"text": sentence, "code": str(status)})
            self._writer.write_eof()
            read = 0
            async with asyncio.timeout(limits.drain_seconds):
                while read < limits.drain_bytes and (data := await self._reader.read(65536)):
                    read += len(data)

    async def _next(self, until: float = math.inf) -> _Event | None:
        """The next event; None if the client has disconnected. until: deadline in the loop's clock. Raises
        Refusal, TimeoutError and asyncio.IncompleteReadError."""
        ahead, self._ahead = self._ahead, None
        async with asyncio.timeout_at(min(until, _now() + self._parts.limits.body_seconds)):
            return await (ahead or self._read())

    async def _read(self) -> _Event | None:
        try:
            line = await self._reader.readline()
        except ValueError:
            raise Refusal(400, "An event's first line is too long.") from None
        if not line:
            return None
        head = _object(line)
        data = head.get("data") if isinstance(head.get("data"), dict) else {}
        more = await self._exactly(head, "data_length", _MOST_HEADER_BYTES)
        payload = await self._exactly(head, "payload_length", _MOST_PAYLOAD_BYTES)
        if not isinstance(head.get("type"), str):
            raise Refusal(400, "An event needs a type.")
        assert isinstance(data, dict)
        return _Event(head["type"], {**data, **(_object(more) if more else {})}, payload)

    async def _exactly(self, head: dict[str, Any], name: str, most: int) -> bytes:
        length = head.get(name) or 0
        if type(length) is not int or not 0 <= length <= most:
            raise Refusal(413, f"{name} has to be a number up to {most}.")
        return await self._reader.readexactly(length) if length else b""


def _object(data: bytes) -> dict[str, Any]:
    try:
        said = parse_json(data)
    except SmallFileError:
        said = None
    if not isinstance(said, dict):
        raise Refusal(400, "This is the Wyoming protocol: each event is a line with a JSON object.")
    return said


def _has_left(reading: asyncio.Task[_Event | None]) -> bool:
    """Whether reading has reached the end of the client's stream, or failed."""
    if not reading.done():
        return False
    error = reading.exception()
    return reading.result() is None if error is None else isinstance(error, OSError | EOFError)


def _now() -> float:
    return asyncio.get_running_loop().time()
