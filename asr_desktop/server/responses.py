"""Transcripts and errors in the form that OpenAI's clients expect."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from asr_desktop.server.refusal import Refusal
from asr_desktop.transcripts.document import Transcript, Word
from asr_desktop.transcripts.export import render
from asr_desktop.transcripts.phrases import join_words
from asr_desktop.transcripts.word_json import segment_to_json, word_to_json

_KINDS = {"text": "text/plain", "srt": "application/x-subrip", "vtt": "text/vtt"}


def error_answer(refusal: Refusal) -> Response:
    """An error in OpenAI's form."""
    kinds = {401: "authentication_error", 403: "permission_error", 404: "not_found_error"}
    default = "server_error" if refusal.status >= 500 else "invalid_request_error"
    return JSONResponse(
        {
            "error": {
                "message": str(refusal),
                "type": kinds.get(refusal.status, default),
                "param": refusal.parameter,
                "code": None,
            }
        },
        refusal.status,
        refusal.headers,
    )


def transcript_answer(
    transcript: Transcript,
    format: str,
    granularities: Sequence[str] = ("segment",),
    *,
    language: str = "",
    warnings: Sequence[str] = (),
) -> Response:
    """The response in one of OpenAI's response formats."""
    if format == "json":
        return JSONResponse({"text": text_of(transcript), "usage": usage(transcript)})
    if format == "verbose_json":
        return JSONResponse(_verbose(transcript, granularities, language, warnings))
    body = text_of(transcript).encode() + b"\n" if format == "text" else render(transcript, format)
    return Response(body, media_type=_KINDS[format])


def text_of(transcript: Transcript) -> str:
    """The whole text in one line."""
    return join_words(word.text for segment in transcript.segments for word in segment.words)


def usage(transcript: Transcript) -> dict[str, Any]:
    """OpenAI's usage object: the duration in whole seconds, rounded up."""
    return {"type": "duration", "seconds": math.ceil(transcript.duration_seconds)}


def server_sent(event: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _verbose(
    transcript: Transcript, granularities: Sequence[str], language: str, warnings: Sequence[str]
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "task": "transcribe",
        "language": language,
        "duration": round(transcript.duration_seconds, 3),
        "text": text_of(transcript),
        "usage": usage(transcript),
        "warnings": list(warnings),
    }
    if "word" in granularities:
        answer["words"] = [_word(word) for segment in transcript.segments for word in segment.words]
    if "segment" in granularities:
        answer["segments"] = [
            {
                "id": number,
                "seek": 0,
                **segment_to_json(segment, with_words=False),
                "tokens": [],
                "temperature": 0.0,
                "avg_logprob": round(math.log(max(segment.confidence, 1e-6)), 4),
                "compression_ratio": 1.0,
                "no_speech_prob": 0.0,
            }
            for number, segment in enumerate(transcript.segments)
        ]
    return answer


def _word(word: Word) -> dict[str, Any]:
    """A word in the program's usual JSON form, plus its text under OpenAI's name "word"."""
    return {"word": word.text, **word_to_json(word)}
