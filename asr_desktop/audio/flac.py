"""Sound as a recogniser hears it, written to a FLAC file."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av import AudioFrame
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE


def write_flac(path: Path, blocks: Iterable[NDArray[np.float32]]) -> None:
    """Writes 16 kHz mono blocks as 16 bits; raises OSError as the operating system does."""
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono", format="s16")
        place = 0
        for block in blocks:
            samples = np.rint(np.clip(block, -1.0, 1.0) * 32767).astype(np.int16).reshape(1, -1)
            frame = AudioFrame.from_ndarray(samples, "s16", "mono")
            frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), place
            place += block.size
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
