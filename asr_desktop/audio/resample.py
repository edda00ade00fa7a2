"""Any sample rate to another, in blocks, without moving anything in time.

soxr's "HQ" recipe (linear phase, flat to 0.91 of the lower Nyquist frequency, aliases below -120 dB) is used
for files and for live sound alike, so that a model hears the same thing from both. FFmpeg's own resampler in
its default setting lets aliases of -40 dB through near the band edge, where fricatives are.
"""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

LOWEST_RATE = 1_000
HIGHEST_RATE = 6_000_000


class StreamResampler:
    """Mono float32 blocks at `input_rate` Hz in, mono float32 blocks at `output_rate` Hz out.

    Over a whole stream `round(samples * output_rate / input_rate)` samples come out, and output sample `n`
    stands for the moment `n / output_rate`: the filter's delay is taken out.
    """

    def __init__(self, input_rate: int, output_rate: int) -> None:
        self.input_rate = input_rate
        self.output_rate = output_rate
        self._soxr = (
            None
            if input_rate == output_rate
            else soxr.ResampleStream(input_rate, output_rate, 1, dtype="float32", quality="HQ")
        )

    def accept(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """What `samples` let through; a few milliseconds stay behind in the filter until more comes."""
        if self._soxr is None:
            return samples
        return np.asarray(self._soxr.resample_chunk(np.ascontiguousarray(samples)), dtype=np.float32)

    def flush(self) -> NDArray[np.float32]:
        """The rest of the stream; nothing may be accepted after it."""
        if self._soxr is None:
            return np.zeros(0, dtype=np.float32)
        return np.asarray(
            self._soxr.resample_chunk(np.zeros(0, dtype=np.float32), last=True), dtype=np.float32
        )
