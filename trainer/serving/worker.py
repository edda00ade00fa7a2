"""Loaded by the recogniser process of `asr-trainer serve`: a Transcriber that also reads the JSON requests of
`handlers`, so that parsing them takes no memory or time of the server itself."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import soundfile

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.base.errors import MediaError
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.transcripts.document import Transcript
from trainer.serving.handlers import JSON, RequestError, RequestLimits, input_fn

LOADER = f"{__name__}:load"
JSON_SUFFIX = ".json"
# The server has checked the body's size, and checks the sound's length during recognition.
_UNLIMITED = RequestLimits(body_bytes=1 << 62, seconds=math.inf)


class RequestTranscriber(Transcriber):
    """A Transcriber that accepts files with a JSON request as well as sound files."""

    def transcribe(self, path: str | os.PathLike[str], **options: Any) -> Transcript:
        request = Path(path)
        if request.suffix != JSON_SUFFIX:
            return super().transcribe(path, **options)
        try:
            samples = input_fn(request.read_bytes(), JSON, _UNLIMITED)
        except RequestError as error:
            raise MediaError(str(error)) from None
        sound = request.with_suffix(".wav")
        try:
            soundfile.write(sound, samples, SAMPLE_RATE, subtype="FLOAT")
            del samples
            return super().transcribe(sound, **options)
        finally:
            sound.unlink(missing_ok=True)


def load(choice: ModelChoice) -> Transcriber:
    """The loader function for `RecogniserProcess`."""
    return RequestTranscriber(choice.model, threads=choice.threads)
