"""The handlers over HTTP, with the limits of `asr_desktop.server`.

    POST /invocations    (or /transcribe)  a request as in `trainer.serving.handlers`
    GET  /ping           (or /health)      whether the model is loaded
    GET  /metrics        figures for Prometheus

Errors are also JSON: ``{"error": "one sentence"}``. There is no encryption: use it on the local machine or
behind a server that encrypts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.server.application import Application, Parts, Served, application
from asr_desktop.server.bodies import request_folder, unless_left, write_body
from asr_desktop.server.limits import Limits as ServerLimits
from asr_desktop.server.recognition import MakeProcess
from asr_desktop.server.refusal import Refusal
from asr_desktop.transcripts.document import Transcript
from trainer.serving.handlers import (
    JSON,
    RequestError,
    RequestLimits,
    answer,
    answer_type,
    content_kind,
    output_fn,
)
from trainer.serving.worker import JSON_SUFFIX, LOADER

RECOGNITION_PATHS = ("/invocations", "/transcribe")
_RETRY_SECONDS = 60
_make_process = partial(RecogniserProcess, loader=LOADER)


def make_application(
    model: ModelFolder,
    limits: RequestLimits,
    *,
    token: str | None = None,
    make_process: MakeProcess = _make_process,
    more: ServerLimits | None = None,
) -> Application:
    """The application of a model folder. more: limits beyond those of the handlers."""
    served = Served(
        model=model.name,
        choice=ModelChoice(model=str(model.path)),
        limits=server_limits(limits, more),
        token=token,
        make_process=make_process,
    )

    def routes(parts: Parts) -> list[BaseRoute]:
        endpoint = Invocations(parts)
        return [Route(path, endpoint, methods=["POST"]) for path in RECOGNITION_PATHS]

    return application(served, routes, _error)


def server_limits(limits: RequestLimits, more: ServerLimits | None = None) -> ServerLimits:
    """The server's limits, including those of the handlers."""
    return replace(
        more or ServerLimits(retry_seconds=_RETRY_SECONDS),
        body_bytes=limits.body_bytes,
        sound_seconds=limits.seconds,
        wait_seconds=limits.wait_seconds,
    )


@dataclass(frozen=True)
class Invocations:
    """The endpoint, as an ASGI application."""

    parts: Parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        accept = request.headers.get("accept", JSON)
        try:
            kind = answer_type(accept)  # checked before any work
            sent = content_kind(request.headers.get("content-type") or JSON)
        except RequestError as error:
            raise Refusal(error.status, str(error)) from None
        recognition = self.parts.recognition
        recognition.check_room()
        with request_folder(self.parts.folder) as folder:
            path = folder / (f"request{JSON_SUFFIX}" if sent == JSON else "request")
            async with self.parts.bodies.receiving():
                await write_body(request, path)
            async with recognition.job(path, recognition.choice) as job:
                await unless_left(receive, job.begin)
                transcript = await unless_left(receive, job.transcript)
        self.parts.metrics.sound_seconds.inc(transcript.duration_seconds)
        await Response(_said(transcript, accept), media_type=kind)(scope, receive, send)


def _said(transcript: Transcript, accept: str) -> str:
    words = [word for segment in transcript.segments for word in segment.words]
    return output_fn(answer(words, transcript.duration_seconds), accept)


def _error(refusal: Refusal) -> Response:
    return JSONResponse({"error": str(refusal)}, refusal.status, refusal.headers)
