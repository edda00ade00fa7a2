"""The handlers behind HTTP, by way of waitress.

    POST /invocations    (or /transcribe)  a request as in `trainer.serving.handlers`
    GET  /ping           (or /health)      whether the model is loaded

Errors are JSON, too: ``{"error": "one sentence"}``; only what is refused unread (more than twice the limit,
no HTTP) waitress answers in plain text. There is no password and no encryption: it is meant for this machine,
or for standing behind a server that has both.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from asr_desktop.errors import AsrDesktopError
from trainer.serving.handlers import (
    JSON,
    Limits,
    RequestError,
    ServedModel,
    answer_type,
    input_fn,
    output_fn,
    predict_fn,
)

HEALTH_PATHS = ("/ping", "/health")
RECOGNITION_PATHS = ("/invocations", "/transcribe")
THREADS = 4
_SILENT_CLIENT_SECONDS = 30

StartResponse = Callable[..., Any]
_log = logging.getLogger(__name__)


class ServerError(AsrDesktopError):
    """The server cannot start."""


class Application:
    """The WSGI application of one model."""

    def __init__(self, model: ServedModel, limits: Limits) -> None:
        self._model = model
        self._limits = limits

    def __call__(self, environment: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        headers: dict[str, str] = {}
        try:
            status, kind, body = self._answer(environment, headers)
        except RequestError as error:
            status, kind, body = error.status, JSON, _error(str(error))
        except AsrDesktopError as error:
            status, kind, body = 500, JSON, _error(str(error))
        except Exception:
            # Nobody foresaw it: details belong in the server's log, not in a stranger's hands.
            _log.exception("a request failed")
            status, kind, body = 500, JSON, _error("The request failed; the server's log says more.")
        payload = body.encode()
        if status == 503:
            headers["Retry-After"] = "60"
        start_response(
            f"{status} {HTTPStatus(status).phrase}",
            [
                ("Content-Type", f"{kind}; charset=utf-8"),
                ("Content-Length", str(len(payload))),
                *headers.items(),
            ],
        )
        return [payload]

    def _answer(self, environment: dict[str, Any], headers: dict[str, str]) -> tuple[int, str, str]:
        path, method = environment.get("PATH_INFO", ""), environment["REQUEST_METHOD"]
        if path in HEALTH_PATHS:
            _allow(method, ("GET", "HEAD"), headers)
            return 200, JSON, json.dumps({"status": "ready", "model": self._model.name})
        if path not in RECOGNITION_PATHS:
            known = ", ".join((*RECOGNITION_PATHS, *HEALTH_PATHS))
            raise RequestError(f"There is nothing at {path}; there is {known}.", 404)
        _allow(method, ("POST",), headers)
        accept = environment.get("HTTP_ACCEPT", JSON)
        kind = answer_type(accept)  # before any work is done
        samples = input_fn(self._body(environment), environment.get("CONTENT_TYPE") or JSON, self._limits)
        return 200, kind, output_fn(predict_fn(samples, self._model, self._limits), accept)

    def _body(self, environment: dict[str, Any]) -> bytes:
        stated = environment.get("CONTENT_LENGTH") or "0"
        length = int(stated) if stated.isdecimal() else 0
        if length > self._limits.body_bytes:
            raise RequestError(
                f"The request has {length} bytes; at most {self._limits.body_bytes} are taken.", 413
            )
        body: bytes = environment["wsgi.input"].read(length)
        return body


def make_server(model: ServedModel, host: str, port: int, limits: Limits) -> Any:
    """A waitress server, not yet running (``run()``, ``close()``); port 0 takes a free one.

    Raises ServerError where the address cannot be used.
    """
    import waitress

    try:
        return waitress.create_server(
            Application(model, limits),
            # One socket, so that port 0 is one port.
            host="127.0.0.1" if host == "localhost" else host,
            port=port,
            threads=THREADS,
            # The application answers in JSON what is above its limit; this is for what lies about its length.
            max_request_body_size=2 * limits.body_bytes,
            channel_timeout=_SILENT_CLIENT_SECONDS,
            ident="asr-desktop",
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ServerError(
            f"The server cannot listen on {host}, port {port} ({reason}); choose another with --host and "
            "--port."
        ) from None


def _allow(method: str, allowed: tuple[str, ...], headers: dict[str, str]) -> None:
    if method not in allowed:
        headers["Allow"] = ", ".join(allowed)
        raise RequestError(f"{method} is not understood here; use {allowed[0]}.", 405)


def _error(sentence: str) -> str:
    return json.dumps({"error": sentence}, ensure_ascii=False)
