"""Errors for refused requests and for a server that cannot start."""

from __future__ import annotations

from asr_desktop.base.errors import AsrDesktopError


class Refusal(AsrDesktopError):
    """A request is refused. status: HTTP status code. parameter: the invalid field of the request, if any."""

    def __init__(
        self,
        status: int,
        sentence: str,
        *,
        parameter: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.parameter = parameter
        self.headers = headers or {}


class ServerError(AsrDesktopError):
    """The server cannot start."""


def busy(what: str, retry_seconds: int) -> Refusal:
    """A refusal with status 503 and a Retry-After header."""
    return Refusal(503, what, headers={"Retry-After": str(retry_seconds)})
