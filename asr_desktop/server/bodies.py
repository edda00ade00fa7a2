"""Request bodies, with limits on size, duration and number at a time."""

from __future__ import annotations

import asyncio
import errno
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from starlette.requests import Request
from starlette.types import Message, Receive

from asr_desktop.base.sentences import reason
from asr_desktop.server.limits import Limits
from asr_desktop.server.refusal import Refusal, busy

Result = TypeVar("Result")


class Bodies:
    """Counts the bodies that are being received."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.count = 0

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        """Count one more body during the block. Raises Refusal (503) if there are too many."""
        if self.count >= self._limits.bodies:
            raise busy(
                "Too many requests are being received; try again in some seconds.", self._limits.retry_seconds
            )
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1


class LimitedBody:
    """The ASGI `receive` of a request; raises Refusal for a body that is too large (413) or too slow (408).

    is_outstanding: whether parts of the body have not been received yet."""

    def __init__(self, receive: Receive, limits: Limits, *, has_body: bool) -> None:
        self._receive = receive
        self._limits = limits
        self._bytes = 0
        self._deadline: float | None = None
        self.is_outstanding = has_body

    async def __call__(self) -> Message:
        if not self.is_outstanding:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        if self._deadline is None:
            self._deadline = now + self._limits.body_seconds
        allowed = self._deadline + self._bytes / self._limits.slowest_bytes
        try:
            async with asyncio.timeout_at(allowed):
                message = await self._receive()
        except TimeoutError:
            raise Refusal(408, "The request's body came too slowly; send it again.") from None
        self._notice(message)
        if self._bytes > self._limits.body_bytes:
            raise too_large(self._limits)
        return message

    async def drain(self) -> None:
        """Read some more of a refused body: a client may not read the answer while it is still sending."""
        most = self._bytes + self._limits.drain_bytes
        try:
            async with asyncio.timeout(self._limits.drain_seconds):
                while self.is_outstanding and self._bytes < most:
                    self._notice(await self._receive())
        except TimeoutError:
            pass

    def _notice(self, message: Message) -> None:
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self.is_outstanding = message.get("more_body", False)
        else:
            self.is_outstanding = False


def too_large(limits: Limits) -> Refusal:
    """A refusal with status 413 for a body beyond the limits."""
    return Refusal(413, f"The request's body is too large; at most {limits.body_bytes} bytes are taken.")


@contextmanager
def request_folder(parent: Path) -> Iterator[Path]:
    """A private folder for one request, deleted when the block ends. Raises Refusal (500) if there is no room
    for it."""
    folder = parent / secrets.token_hex(16)
    with writing_sound():
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def writing_sound() -> Iterator[None]:
    """Turn an OSError in the block, such as that of a full disk, into a Refusal (500) that names the reason.
    The network must not be used in the block: its errors are OSErrors as well."""
    try:
        yield
    except OSError as error:
        raise disk_refusal(error) from error


def disk_refusal(error: OSError) -> Refusal:
    """The answer to a client whose sound cannot be stored."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        why = ": its disk is full; free some space on it and send the sound again."
    else:
        why = f" ({reason(error)}); ask the person who runs it to mend that."
    return Refusal(500, f"The server cannot write down the sound{why}")


async def write_body(request: Request, path: Path) -> None:
    """Stream the body to a file. Raises Refusal."""
    with writing_sound(), path.open("xb") as file:
        async for chunk in request.stream():
            if chunk:
                await asyncio.to_thread(file.write, chunk)


class ClientLeft(Exception):
    """The client has disconnected before its answer was complete."""


async def unless_left(receive: Receive, work: Callable[[], Awaitable[Result]]) -> Result:
    """The work's result. If the client disconnects first, the work is cancelled and ClientLeft raised.

    To be used only after the body has been read.
    """

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    leaving = asyncio.ensure_future(left())
    working = asyncio.ensure_future(work())
    try:
        await asyncio.wait({leaving, working}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientLeft
    finally:
        for task in (leaving, working):
            task.cancel()
        await asyncio.gather(leaving, working, return_exceptions=True)
