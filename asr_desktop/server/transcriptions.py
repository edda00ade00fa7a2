"""POST /v1/audio/transcriptions, in the form of OpenAI's clients."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from asr_desktop.server.bodies import Bodies, request_folder, unless_left, writing_sound
from asr_desktop.server.metrics import Metrics
from asr_desktop.server.recognition import Recognition, RunningJob
from asr_desktop.server.refusal import Refusal
from asr_desktop.server.request_fields import TranscriptionFields, read_fields
from asr_desktop.server.responses import server_sent, text_of, transcript_answer, usage
from asr_desktop.transcripts.document import Transcript

_MOST_FIELDS = 64


@dataclass(frozen=True)
class Transcriptions:
    """The endpoint, as an ASGI application. folder: for recordings while they are recognised."""

    recognition: Recognition
    bodies: Bodies
    metrics: Metrics
    folder: Path
    model: str
    languages: tuple[str, ...]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.headers.get("content-type", "").partition(";")[0].strip() != "multipart/form-data":
            raise Refusal(415, "Send the recording as multipart/form-data, in the field file.")
        self.recognition.check_room()
        with request_folder(self.folder) as folder:
            # The form of a long recording is written to disk while it is received.
            with writing_sound():
                async with (
                    self.bodies.receiving(),
                    request.form(max_files=1, max_fields=_MOST_FIELDS) as form,
                ):
                    fields = read_fields(form, self.model, self.languages)
                    path = folder / fields.name
                    await asyncio.to_thread(_copy, fields, path)
            await self._answer(fields, path, scope, receive, send)

    async def _answer(
        self, fields: TranscriptionFields, path: Path, scope: Scope, receive: Receive, send: Send
    ) -> None:
        began = time.monotonic()
        choice = self.recognition.choice
        if fields.hotwords:
            choice = replace(choice, hotwords=(*choice.hotwords, *fields.hotwords))
        async with self.recognition.job(path, choice) as job:
            await unless_left(receive, job.begin)
            response: Response
            if fields.is_streamed:
                response = StreamingResponse(self._stream(job), media_type="text/event-stream")
            else:
                transcript = await unless_left(receive, job.transcript)
                self._count(transcript)
                response = await asyncio.to_thread(
                    transcript_answer,
                    transcript,
                    fields.format,
                    fields.granularities,
                    language=self.languages[0] if self.languages else "",
                    warnings=job.warnings,
                )
            await response(scope, receive, send)
            self.metrics.seconds.observe(time.monotonic() - began)

    async def _stream(self, job: RunningJob) -> AsyncIterator[bytes]:
        """Server-sent events: the text of each utterance when it is final, then the whole text."""
        has_text = False
        try:
            async for text in job.texts():
                yield _delta(text, is_first=not has_text)
                has_text = True
            transcript = await asyncio.to_thread(job.result)
        except Refusal as refusal:
            yield server_sent({"type": "error", "error": _plain(refusal)})
            return
        self._count(transcript)
        yield server_sent(
            {"type": "transcript.text.done", "text": text_of(transcript), "usage": usage(transcript)}
        )

    def _count(self, transcript: Transcript) -> None:
        self.metrics.sound_seconds.inc(transcript.duration_seconds)


def _delta(text: str, *, is_first: bool) -> bytes:
    return server_sent({"type": "transcript.text.delta", "delta": text if is_first else f" {text}"})


def _plain(refusal: Refusal) -> dict[str, Any]:
    kind = "server_error" if refusal.status >= 500 else "invalid_request_error"
    return {"message": str(refusal), "type": kind, "param": refusal.parameter, "code": None}


def _copy(fields: TranscriptionFields, path: Path) -> None:
    """Copy the upload to a named file, which the recogniser's process can open."""
    with path.open("xb") as file:
        shutil.copyfileobj(fields.file.file, file, 1 << 20)
