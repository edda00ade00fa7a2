"""Events that the server sends to a realtime client."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from starlette.websockets import WebSocket

from asr_desktop.server.limits import Limits
from asr_desktop.server.refusal import Refusal

_TRANSCRIPTION = "conversation.item.input_audio_transcription"


class RealtimeEvents:
    """The events for one client; several tasks may send them. All methods raise TimeoutError if the client
    does not receive them in time."""

    def __init__(self, socket: WebSocket, limits: Limits) -> None:
        self._socket = socket
        self._limits = limits
        self._sending = asyncio.Lock()
        self._previous: str | None = None

    async def tell(self, type: str, **fields: Any) -> None:
        event = {"type": type, "event_id": new_id("event"), **fields}
        async with self._sending, asyncio.timeout(self._limits.answer_seconds):
            # As ASCII: a lone surrogate from a client, which is echoed here, cannot be encoded in UTF-8.
            await self._socket.send_text(json.dumps(event))

    async def committed(self, item: str) -> None:
        await self.tell("input_audio_buffer.committed", item_id=item, previous_item_id=self._previous)
        self._previous = item

    async def delta(self, item: str, text: str) -> None:
        await self.tell(f"{_TRANSCRIPTION}.delta", item_id=item, content_index=0, delta=text)

    async def completed(self, item: str, text: str, seconds: float) -> None:
        usage = {"type": "duration", "seconds": round(seconds, 3)}
        kind = f"{_TRANSCRIPTION}.completed"
        await self.tell(kind, item_id=item, content_index=0, transcript=text, usage=usage)

    async def failed(self, item: str, sentence: str) -> None:
        error = {"type": "server_error", "code": None, "message": sentence, "param": None}
        await self.tell(f"{_TRANSCRIPTION}.failed", item_id=item, content_index=0, error=error)

    async def error(self, refusal: Refusal, event_id: str | None = None) -> None:
        """event_id: of the client's event that caused the error."""
        kind = "server_error" if refusal.status >= 500 else "invalid_request_error"
        error = {"type": kind, "code": None, "message": str(refusal), "param": refusal.parameter}
        await self.tell("error", error={**error, "event_id": event_id})


def new_id(kind: str) -> str:
    """A new random id in the protocol's form, such as item_… or event_…"""
    return f"{kind}_{secrets.token_hex(8)}"
