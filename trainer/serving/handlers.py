"""The four functions that managed endpoints call, in this order, for a model folder.

    model = model_fn("/opt/ml/model")                          once
    samples = input_fn(body, "application/json")               for each request
    answer = output_fn(predict_fn(samples, model), "application/json")

A request is JSON, ``{"speech_array": [0.0, 0.01, …], "sampling_rate": 16000}``, or a sound file (WAV, or
whatever FFmpeg reads). The answer is JSON: ``{"text", "seconds", "words": [{"start", "end", "text",
"confidence"}]}``, with the words of docs/transcript-json.md.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_blocks
from asr_desktop.base.errors import AsrDesktopError, MediaError
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import Segmenter
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.word_json import word_to_json

JSON, TEXT = "application/json", "text/plain"
SOUND_TYPES = (
    "application/octet-stream",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "audio/vnd.wave",
    "audio/flac",
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/webm",
)
RATES = (4_000, 384_000)
_INT16_PEAK = 32_768.0
_MOST_OVERSHOOT = (
    4.0  # peak of floating-point sound: above ±1 it is clipped, above this the unit must be wrong
)


class RequestError(AsrDesktopError):
    """A request that cannot be answered; ``status`` is the HTTP status code."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Limits of a single request. On an endpoint they are set by environment variables: ASR_MAX_BODY_BYTES,
    ASR_MAX_SECONDS, ASR_MAX_WAIT_SECONDS.

    body_bytes: size of a request. seconds: length of its sound. wait_seconds: maximum wait for the recogniser
    before the request is rejected.
    """

    body_bytes: int = 32 * 1024 * 1024
    seconds: float = 300.0
    wait_seconds: float = 60.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> RequestLimits:
        """Read the limits. Raises RequestError for a value that is not a positive number."""
        values: dict[str, Any] = {}
        for name, kind in (("body_bytes", int), ("seconds", float), ("wait_seconds", float)):
            stated = environment.get(f"ASR_MAX_{name.upper()}")
            if stated is None:
                continue
            try:
                value = kind(stated)
            except ValueError:
                value = 0
            if not 0 < value < math.inf:
                raise RequestError(
                    f"ASR_MAX_{name.upper()} is “{stated}”; it must be a positive number.", 500
                )
            values[name] = value
        return cls(**values)


class ServedModel:
    """A loaded recogniser for any number of threads, one request at a time."""

    def __init__(self, folder: str | Path, *, threads: int | None = None) -> None:
        emissions = load_emissions(ModelFolder.load(folder), threads=threads)
        decoder, warnings = make_decoder(emissions.folder)
        self._recogniser = Recogniser(emissions, decoder)
        self._turn = threading.Lock()
        self.warnings = (*emissions.warnings, *warnings)

    @property
    def name(self) -> str:
        return self._recogniser.folder.name

    def transcribe(self, samples: NDArray[np.float32], wait_seconds: float) -> dict[str, Any]:
        """The answer to a request. Raises RequestError (503) if the recogniser is busy for longer than
        `wait_seconds`."""
        if not self._turn.acquire(timeout=wait_seconds):
            raise RequestError("The recogniser is busy with other requests; try again in a minute.", 503)
        try:
            segmenter = Segmenter()
            utterances = [*segmenter.accept(samples), *segmenter.flush()]
            words = [
                word
                for utterance in utterances
                for word in self._recogniser.words(utterance.samples, utterance.start_seconds)
            ]
        finally:
            self._turn.release()
        return answer(words, samples.size / SAMPLE_RATE)


def answer(words: Sequence[Word], seconds: float) -> dict[str, Any]:
    """The answer to a request, from the words and the length of the sound."""
    return {
        "text": " ".join(word.text for word in words),
        "seconds": round(seconds, 3),
        "words": [word_to_json(word) for word in words],
    }


def model_fn(model_dir: str | Path) -> ServedModel:
    """Load the model folder. Raises AsrDesktopError where it is incomplete."""
    return ServedModel(model_dir)


def input_fn(
    request_body: bytes | bytearray | str, content_type: str = JSON, limits: RequestLimits | None = None
) -> NDArray[np.float32]:
    """The sound of a request: mono samples at 16 kHz, shape ``[n]``.

    Raises RequestError: too long (413), unsupported type (415), or damaged (400).
    """
    limits = limits or RequestLimits.from_environment()
    body = request_body.encode() if isinstance(request_body, str) else bytes(request_body)
    if len(body) > limits.body_bytes:
        raise RequestError(f"The request has {len(body)} bytes; the limit is {limits.body_bytes}.", 413)
    return _from_json(body, limits) if content_kind(content_type) == JSON else _from_file(body, limits)


def content_kind(content_type: str) -> str:
    """The kind of a request's body. Raises RequestError (415) for an unsupported type."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == JSON or kind in SOUND_TYPES:
        return kind
    raise RequestError(
        f"The content type “{kind}” is not supported; send {JSON} or a sound file ({SOUND_TYPES[1]}).", 415
    )


def predict_fn(
    input_data: NDArray[np.float32], model: ServedModel, limits: RequestLimits | None = None
) -> dict[str, Any]:
    """Transcribe the samples; see `ServedModel.transcribe`."""
    return model.transcribe(input_data, (limits or RequestLimits.from_environment()).wait_seconds)


def output_fn(prediction: dict[str, Any], accept: str = JSON) -> str:
    """The answer as JSON, or as plain text if only that is accepted.

    Raises RequestError (406) if neither is accepted.
    """
    return json.dumps(prediction, ensure_ascii=False) if answer_type(accept) == JSON else prediction["text"]


def answer_type(accept: str) -> str:
    """JSON or TEXT, whichever the Accept header allows first. Raises RequestError (406) for neither."""
    accepted = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if any(kind in (JSON, "*/*", "application/*", "") for kind in accepted):
        return JSON
    if any(kind in (TEXT, "text/*") for kind in accepted):
        return TEXT
    raise RequestError(f"The response is available as {JSON} or {TEXT}, not as “{accept}”.", 406)


def _from_json(body: bytes, limits: RequestLimits) -> NDArray[np.float32]:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError("The request is not valid JSON.") from None
    if not isinstance(request, dict) or not {"speech_array", "sampling_rate"} <= request.keys():
        raise RequestError("The request must be an object with speech_array and sampling_rate.")
    rate = request["sampling_rate"]
    is_number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
    if not is_number or not RATES[0] <= rate <= RATES[1]:
        raise RequestError(f"sampling_rate must be a number of Hz from {RATES[0]} to {RATES[1]}.")
    values = request["speech_array"]
    if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
        raise RequestError("speech_array must be a list of numbers: the samples of one channel.")
    _check_length(len(values) / rate, limits)
    try:
        samples = np.array(values, dtype=np.float64)
    except OverflowError:  # integers with hundreds of digits
        raise RequestError("speech_array holds numbers out of range.") from None
    if not np.isfinite(samples).all():
        raise RequestError("speech_array holds values that are not finite numbers.")
    peak = float(np.abs(samples).max(initial=0.0))
    if peak > 1.0 and all(type(value) is int for value in values):
        samples /= _INT16_PEAK
        peak /= _INT16_PEAK
    if peak > _MOST_OVERSHOOT:
        raise RequestError("speech_array must hold samples from -1 to 1, or whole 16-bit numbers.")
    if rate != SAMPLE_RATE:
        samples = soxr.resample(samples, rate, SAMPLE_RATE)
    return np.clip(samples, -1.0, 1.0).astype(np.float32)


def _from_file(body: bytes, limits: RequestLimits) -> NDArray[np.float32]:
    descriptor, path = tempfile.mkstemp(prefix="asr-request-")
    try:
        with open(descriptor, "wb") as file:
            file.write(body)
        blocks, seconds = [], 0.0
        for block in read_blocks(path):
            seconds += len(block) / SAMPLE_RATE
            _check_length(seconds, limits)  # checked while reading: a small file may contain hours of sound
            blocks.append(block)
    except MediaError:
        raise RequestError("The request body is not a readable sound file.") from None
    finally:
        os.unlink(path)
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _check_length(seconds: float, limits: RequestLimits) -> None:
    if seconds > limits.seconds:
        raise RequestError(
            f"The sound is longer than {limits.seconds:g} s; send it in parts, or raise the limit.", 413
        )
