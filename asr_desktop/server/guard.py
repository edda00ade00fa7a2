"""Access control, which every request passes first.

A web page can make a visitor's browser send requests to this machine. It cannot hide this: the browser states
it in Origin and Sec-Fetch-Site, and, if the page's host name resolves to this machine (DNS rebinding), in
Host.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asr_desktop.server.bodies import ClientLeft, LimitedBody, too_large
from asr_desktop.server.limits import Limits
from asr_desktop.server.refusal import Refusal, ServerError, busy

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ALWAYS_OPEN = ("/health", "/ping")
"""Paths for monitoring that need no token; they show only that the server runs."""


class Guard:
    """ASGI middleware around the whole application.

    token: required after "Authorization: Bearer", or None. names: allowed host names, besides IP addresses,
    localhost and this machine's own name. say: makes the response for a refusal. on_answer: called with the
    path and status of every answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Limits,
        token: str | None,
        names: tuple[str, ...],
        say: Callable[[Refusal], Response],
        on_answer: Callable[[str, int], None],
    ) -> None:
        self._app = app
        self._limits = limits
        self._token = token
        self._names = {"localhost", socket.gethostname().lower(), *(name.lower() for name in names)}
        self._say = say
        self._on_answer = on_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(Headers(scope=scope), scope["path"])
        except Refusal as refusal:
            await receive()
            self._on_answer(scope["path"], refusal.status)
            if "websocket.http.response" in scope.get("extensions", {}):
                await _refuse_websocket(self._say(refusal), send)
            else:
                await send({"type": "websocket.close", "code": 1008, "reason": str(refusal)[:120]})
            return

        async def answer(message: Message) -> None:
            if message["type"] == "websocket.accept":
                self._on_answer(scope["path"], 101)
            elif message["type"] == "websocket.http.response.start":
                self._on_answer(scope["path"], message["status"])
            await send(message)

        with suppress(asyncio.CancelledError):  # the server is stopping
            await self._app(scope, receive, answer)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        has_body = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        body = LimitedBody(receive, self._limits, has_body=has_body)
        has_begun = False

        async def answer(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                self._on_answer(scope["path"], message["status"])
                if body.is_outstanding:
                    await body.drain()
                    if body.is_outstanding:
                        message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
            try:
                async with asyncio.timeout(self._limits.answer_seconds):
                    await send(message)
            except TimeoutError:
                raise ClientLeft from None

        try:
            self._check(headers, scope["path"])
            if int(headers.get("content-length", "0")) > self._limits.body_bytes:
                raise too_large(self._limits)
            await self._app(scope, body, answer)
        except Refusal as refusal:
            await self._say(refusal)(scope, receive, answer)
        except ClientLeft:
            pass  # the connection is closed, because its answer is incomplete
        except asyncio.CancelledError:  # the server is stopping and waits no longer for this request
            if not has_begun:
                stopping = busy("The server is stopping; ask again later.", self._limits.retry_seconds)
                await self._say(stopping)(scope, receive, send)

    def _check(self, headers: Headers, path: str) -> None:
        if "transfer-encoding" in headers and "content-length" in headers:
            raise Refusal(
                400,
                "The request states its length twice (Content-Length and Transfer-Encoding); send one.",
                headers={"Connection": "close"},
            )
        if not self._is_own(headers.get("host", "")):
            raise Refusal(
                403, "The server is not called by this name; use its address, or start it with --allow-host."
            )
        if "origin" in headers or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Refusal(403, "Web pages may not use this server; call it from a program.")
        if self._token is not None and path not in ALWAYS_OPEN:
            kind, _, given = headers.get("authorization", "").partition(" ")
            is_right = hmac.compare_digest(given.strip().encode(), self._token.encode())
            if kind.lower() != "bearer" or not is_right:
                raise Refusal(
                    401,
                    "The token is missing or wrong; send it as Authorization: Bearer TOKEN.",
                    headers={"WWW-Authenticate": "Bearer"},
                )

    def _is_own(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


async def _refuse_websocket(response: Response, send: Send) -> None:
    await send(
        {
            "type": "websocket.http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
    )
    await send({"type": "websocket.http.response.body", "body": bytes(response.body)})


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Parse addresses, and networks such as 192.168.1.0/24. Raises ServerError."""
    return tuple(map(_network, texts))


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise ServerError(
            f"“{text}” is not an address: write one as 192.168.1.20, or a network as 192.168.1.0/24."
        ) from None


def listening_host(allowed: Sequence[Network]) -> str:
    """The address to listen on so that these networks, besides this machine, can reach the server."""
    if any(network.version == 6 for network in allowed):
        return "::"
    return "0.0.0.0" if allowed else "localhost"
