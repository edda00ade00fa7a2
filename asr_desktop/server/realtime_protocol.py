"""OpenAI's realtime protocol: the settings that a client sends, and the events that it gets.

Settings are the audio format, turn detection, and model, language and hotwords. Current clients send
`session.update` with a nested session (audio.input.format …), clients of the beta
`transcription_session.update` with flat names (input_audio_format …). Both are accepted and answered in their
own form. Settings of features that this recogniser does not have (noise reduction, log-probabilities,
eagerness of a semantic VAD) are ignored.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.websockets import WebSocket

from asr_desktop.audio.g711 import SAMPLE_RATE as TELEPHONE_RATE
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.segmenter import SegmenterOptions, SegmenterOptionsError
from asr_desktop.server.limits import Limits
from asr_desktop.server.live_recognition import SAMPLE_RATES
from asr_desktop.server.refusal import Refusal
from asr_desktop.server.request_fields import (
    MOST_HOTWORDS,
    check_language,
    check_model,
    hotwords_of_prompt,
)

PCM, ULAW, ALAW = "audio/pcm", "audio/pcmu", "audio/pcma"
_OF_THE_BETA = {"pcm16": PCM, "g711_ulaw": ULAW, "g711_alaw": ALAW}
_PCM_RATE = 24_000
_MOST_PROMPT_CHARACTERS = 10_000
_MOST_MS = 10_000


@dataclass(frozen=True, slots=True)
class TurnDetection:
    """Settings of turn detection (voice activity detection), with the protocol's names and defaults."""

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500

    def segmenter_options(self, chosen: SegmenterOptions) -> SegmenterOptions:
        """These settings as segmenter options; the others are taken from ``chosen``."""
        threshold = min(max(self.threshold, 0.05), 0.95)
        hangover_ms = float(max(self.silence_duration_ms, 100))
        return replace(
            chosen,
            threshold=threshold,
            release_threshold=min(threshold, chosen.release_threshold),
            pre_roll_ms=float(self.prefix_padding_ms),
            hangover_ms=hangover_ms,
            tail_ms=min(hangover_ms, chosen.tail_ms),
        )


@dataclass(frozen=True, slots=True)
class RealtimeSettings:
    """turn_detection: None if the client ends utterances itself (commit). rate: in Hz."""

    format: str = PCM
    rate: int = _PCM_RATE
    turn_detection: TurnDetection | None = field(default_factory=TurnDetection)
    model: str = ""
    language: str = ""
    prompt: str = ""

    @property
    def hotwords(self) -> tuple[Hotword, ...]:
        """The prompt's words as hotwords."""
        return tuple(hotwords_of_prompt(self.prompt))

    def updated(
        self,
        session: object,
        model: str,
        languages: tuple[str, ...],
        *,
        is_beta: bool,
        segmenter_options: SegmenterOptions,
    ) -> RealtimeSettings:
        """A copy with the changes of an update event. model, languages, segmenter_options: of this server.
        Raises Refusal with the parameter that is invalid."""
        made = self._asked(session, model, languages, is_beta=is_beta)
        if len(made.hotwords) > MOST_HOTWORDS:
            raise Refusal(
                400, f"The prompt has more than {MOST_HOTWORDS} words to listen for.", parameter="prompt"
            )
        if made.turn_detection is not None:
            try:
                made.turn_detection.segmenter_options(segmenter_options)
            except SegmenterOptionsError as error:
                raise Refusal(400, str(error), parameter="turn_detection") from None
        return made

    def _asked(
        self, session: object, model: str, languages: tuple[str, ...], *, is_beta: bool
    ) -> RealtimeSettings:
        asked = _object(session, "session")
        if is_beta:
            return self._with(
                asked,
                {"format": "input_audio_format", "transcription": "input_audio_transcription"},
                model,
                languages,
            )
        if asked.get("type", "transcription") != "transcription":
            raise Refusal(
                400, "Only sessions of the type transcription are served.", parameter="session.type"
            )
        audio = _object(asked.get("audio") or {}, "session.audio")
        return self._with(_object(audio.get("input") or {}, "session.audio.input"), {}, model, languages)

    def _with(
        self, asked: Mapping[str, Any], names: Mapping[str, str], model: str, languages: tuple[str, ...]
    ) -> RealtimeSettings:
        made = self
        format_name = names.get("format", "format")
        if asked.get(format_name) is not None:
            kind, rate = _format(asked[format_name], format_name)
            made = replace(made, format=kind, rate=rate)
        if "turn_detection" in asked:
            made = replace(made, turn_detection=_turn_detection(asked["turn_detection"]))
        name = names.get("transcription", "transcription")
        if asked.get(name) is not None:
            said = _object(asked[name], name)
            texts = {key: said[key] for key in ("model", "language", "prompt") if said.get(key) is not None}
            for key, text in texts.items():
                if not isinstance(text, str) or len(text) > _MOST_PROMPT_CHARACTERS:
                    raise Refusal(400, f"{name}.{key} has to be a text.", parameter=f"{name}.{key}")
            check_model(texts.get("model", ""), model)
            check_language(texts.get("language", ""), languages)
            made = replace(made, **texts)
        return made

    def as_session(self, session_id: str, model: str, *, is_beta: bool) -> dict[str, Any]:
        """The session object of the server's answer."""
        detection = None
        if self.turn_detection is not None:
            detection = {
                "type": "server_vad",
                "threshold": self.turn_detection.threshold,
                "prefix_padding_ms": self.turn_detection.prefix_padding_ms,
                "silence_duration_ms": self.turn_detection.silence_duration_ms,
            }
        transcription = {
            "model": self.model or model,
            "language": self.language or None,
            "prompt": self.prompt or None,
        }
        said: dict[str, Any] = {"id": session_id, "object": "realtime.transcription_session"}
        if is_beta:
            names = {kind: name for name, kind in _OF_THE_BETA.items()}
            return {
                **said,
                "input_audio_format": names[self.format],
                "input_audio_transcription": transcription,
                "turn_detection": detection,
            }
        format = {"type": self.format, **({"rate": self.rate} if self.format == PCM else {})}
        return {
            **said,
            "type": "transcription",
            "audio": {
                "input": {
                    "format": format,
                    "transcription": transcription,
                    "noise_reduction": None,
                    "turn_detection": detection,
                }
            },
        }


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refusal(400, f"{name} has to be an object.", parameter=name)
    return value


def _format(said: object, name: str) -> tuple[str, int]:
    rate: object = None
    match said:
        case str() if said in _OF_THE_BETA:
            kind = _OF_THE_BETA[said]
        case {"type": str(kind), **more} if kind in _OF_THE_BETA.values():
            rate = more.get("rate")
        case _:
            raise Refusal(
                400,
                f"{name} has to be {PCM}, {ULAW} or {ALAW} ({', '.join(_OF_THE_BETA)}).",
                parameter=name,
            )
    if kind != PCM:
        return kind, TELEPHONE_RATE
    if rate is None:
        return kind, _PCM_RATE
    if not isinstance(rate, int) or rate not in SAMPLE_RATES:
        raise Refusal(
            400,
            f"The rate has to be a number from {SAMPLE_RATES[0]} to {SAMPLE_RATES[-1]}.",
            parameter=f"{name}.rate",
        )
    return kind, rate


def _turn_detection(said: object) -> TurnDetection | None:
    if said is None:
        return None
    asked = _object(said, "turn_detection")
    if asked.get("type", "server_vad") not in ("server_vad", "semantic_vad"):
        raise Refusal(400, "turn_detection.type has to be server_vad.", parameter="turn_detection.type")
    made = TurnDetection()
    threshold = asked.get("threshold")
    if threshold is not None:
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            raise Refusal(400, "threshold has to be from 0 to 1.", parameter="turn_detection.threshold")
        made = replace(made, threshold=float(threshold))
    for name in ("prefix_padding_ms", "silence_duration_ms"):
        value = asked.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_MS:
            parameter = f"turn_detection.{name}"
            raise Refusal(400, f"{name} has to be from 0 to {_MOST_MS}.", parameter=parameter)
        made = replace(made, **{name: value})
    return made


# Events that the server sends

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
