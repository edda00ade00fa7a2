"""The routes of the server, and the objects behind them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from asr_desktop.base import paths
from asr_desktop.base.atomic_write import folder_aside
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.private_files import make_folder
from asr_desktop.model_store.cards import stated_in_readme
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.server.bodies import Bodies, ClientLeft
from asr_desktop.server.guard import Guard
from asr_desktop.server.limits import Limits
from asr_desktop.server.live_recognition import LiveRecognition
from asr_desktop.server.live_socket import LiveSockets
from asr_desktop.server.metrics import Metrics
from asr_desktop.server.realtime_socket import RealtimeSockets
from asr_desktop.server.recognition import MakeProcess, Recognition
from asr_desktop.server.refusal import Refusal
from asr_desktop.server.responses import error_answer
from asr_desktop.server.transcriptions import Transcriptions
from asr_desktop.server.wyoming import PATH as WYOMING_PATH
from asr_desktop.server.wyoming import WyomingOptions, WyomingServer

REQUEST_FOLDERS = "serve-"
"""Prefix of the folders that hold the data of running requests."""

_log = logging.getLogger(__name__)
Say = Callable[[Refusal], Response]


@dataclass(frozen=True)
class Served:
    """Configuration of a server. languages: ISO 639 codes of the model's languages; empty: not stated.

    on_answer: called in the server's thread with the path and status of every answer; 101 means that a
    WebSocket was opened.
    """

    model: str
    choice: ModelChoice
    languages: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    token: str | None = None
    names: tuple[str, ...] = ()
    make_process: MakeProcess = RecogniserProcess
    wyoming: WyomingOptions | None = None
    on_answer: Callable[[str, int], None] = lambda path, status: None

    @classmethod
    def of(cls, choice: ModelChoice, **more: Any) -> Served:
        """A configuration with the model's name and languages from its folder. Raises ModelFolderError."""
        folder = find_model(choice.model).path
        stated = stated_in_readme(folder, "language") or ""
        return cls(folder.name, choice, tuple(stated.replace(",", " ").split()), **more)


@dataclass(frozen=True)
class Parts:
    """Objects that live as long as the server's loop."""

    recognition: Recognition
    bodies: Bodies
    metrics: Metrics
    folder: Path
    live: LiveRecognition | None = None


Routes = Callable[[Parts], list[BaseRoute]]


@dataclass(frozen=True)
class Application:
    """app: the ASGI application. parts: one element while its loop runs, otherwise empty."""

    app: ASGIApp
    parts: list[Parts]

    async def loaded(self) -> list[str]:
        """Wait until the model is loaded; returns warnings for the user. Raises the error if loading
        failed."""
        return await self.parts[0].recognition.loaded()

    def choose(self, choice: ModelChoice) -> None:
        """Set the model and options for new requests; running ones keep theirs. May be called from any
        thread."""
        for parts in self.parts:
            parts.recognition.choice = choice
            if parts.live is not None:
                parts.live.choice = choice


def openai_application(served: Served) -> Application:
    """The application of `asr-desktop serve`."""

    def routes(parts: Parts) -> list[BaseRoute]:
        transcriptions = Transcriptions(
            parts.recognition, parts.bodies, parts.metrics, parts.folder, served.model, served.languages
        )

        async def models(request: Request) -> Response:
            model = {"id": served.model, "object": "model", "created": 0, "owned_by": "asr-desktop"}
            if (asked := request.path_params.get("name")) is None:
                return JSONResponse({"object": "list", "data": [model]})
            if asked != served.model:
                raise Refusal(404, f"There is no model “{asked[:100]}” here; there is {served.model}.")
            return JSONResponse(model)

        return [
            Route("/v1/audio/transcriptions", transcriptions, methods=["POST"]),
            Route("/v1/models", models),
            Route("/v1/models/{name}", models),
        ]

    return application(served, routes, error_answer, with_live=True)


def application(served: Served, routes: Routes, say: Say, *, with_live: bool = False) -> Application:
    """The routes behind the guard, plus health and metrics. say: makes the response for an error.

    The recogniser's process is started and ended with the server's loop.
    """
    metrics = Metrics()
    made: list[Parts] = []
    known: set[str] = set()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        cache = paths.data_folder() / "cache"
        make_folder(cache)
        with folder_aside(cache, REQUEST_FOLDERS) as folder:
            recognition = Recognition(served.choice, served.limits, metrics, served.make_process)
            live = None
            if with_live:
                live = LiveRecognition(served.choice, served.limits, metrics, folder, served.make_process)
            parts = Parts(recognition, Bodies(served.limits), metrics, folder, live)
            made.append(parts)
            app.router.routes.extend(routes(parts))
            if live is not None:
                realtime = RealtimeSockets(live, recognition, folder, served.model, served.languages)
                app.router.routes += [
                    WebSocketRoute("/v1/listen", LiveSockets(live)),
                    WebSocketRoute("/v1/realtime", realtime),
                ]
            wyoming = None
            if served.wyoming is not None:
                wyoming = WyomingServer(
                    served.wyoming,
                    recognition,
                    served.limits,
                    metrics,
                    folder,
                    served.model,
                    served.languages,
                    count,
                )
                await wyoming.begin()
            known.update([WYOMING_PATH])
            known.update(getattr(route, "path", "") for route in app.router.routes)
            try:
                yield
            finally:
                made.clear()
                if wyoming is not None:
                    await wyoming.close()
                recognition.close()
                if live is not None:
                    live.close()

    async def health(request: Request) -> Response:
        is_ready = all(parts.recognition.is_ready for parts in made)
        status = "ready" if is_ready else "loading"
        return JSONResponse({"status": status, "model": served.model}, 200 if is_ready else 503)

    async def figures(request: Request) -> Response:
        for parts in made:
            metrics.in_line.set(parts.recognition.in_line)
            metrics.receiving.set(parts.bodies.count)
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    def count(path: str, status: int) -> None:
        metrics.requests.labels(path if path in known else "other", str(status)).inc()
        served.on_answer(path, status)

    app = Starlette(
        routes=[Route("/health", health), Route("/ping", health), Route("/metrics", figures)],
        lifespan=lifespan,
        exception_handlers=_handlers(say),
    )
    guard = Guard(app, limits=served.limits, token=served.token, names=served.names, say=say, on_answer=count)
    return Application(guard, made)


def _handlers(say: Say) -> dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
    # The handlers are asynchronous so that no answer waits for a thread.
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return say(error)

    async def of_the_framework(request: Request, error: Exception) -> Response:
        """The framework's own errors: unknown path, wrong method, malformed form."""
        assert isinstance(error, HTTPException)
        sentence = {
            404: f"There is nothing at {request.url.path[:200]}.",
            405: f"{request.method} is not understood here.",
        }.get(error.status_code, f"{HTTPStatus(error.status_code).phrase}: {error.detail}")
        return say(Refusal(error.status_code, sentence, headers=dict(error.headers or {})))

    async def known_error(request: Request, error: Exception) -> Response:
        return say(Refusal(500, str(error)))

    async def defect(request: Request, error: Exception) -> Response:
        """Details of a defect are only logged, not sent to the client."""
        return say(Refusal(500, "The request failed; the server's log says more."))

    async def gone(request: Request, error: Exception) -> Response:
        return Response(status_code=499)

    return {
        Refusal: refused,
        HTTPException: of_the_framework,
        AsrDesktopError: known_error,
        ClientLeft: gone,
        Exception: defect,
    }
