"""A request that is not answered, and why."""

from __future__ import annotations

from asr_desktop.base.errors import AsrDesktopError


class Refusal(AsrDesktopError):
    """status: HTTP's code for why. parameter: the field of the request that is to blame, if one is."""

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
    """503: the client is to come again later."""
    return Refusal(503, what, headers={"Retry-After": str(retry_seconds)})
