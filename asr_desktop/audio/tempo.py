"""Sound at another tempo and the same pitch, by FFmpeg's atempo."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av import AudioFrame
from av.error import EOFError as FFmpegEndOfFile
from av.filter import Graph
from numpy.typing import NDArray

SLOWEST, FASTEST = 0.5, 2.0
# What atempo gives out is this much further in the recording than the share of samples says (measured with
# bursts of sound at nine speeds: 8 to 12 ms).
LEAD_SECONDS = 0.010


class Tempo:
    """A stream of stereo sound, float32 [frames, 2], at `speed` seconds of it in one second of the outcome.

    Raises ValueError for a speed that is not SLOWEST to FASTEST.
    """

    def __init__(self, speed: float, sample_rate: int) -> None:
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"the speed has to be {SLOWEST} to {FASTEST}, got {speed}")
        self._sample_rate = sample_rate
        self._graph = Graph()
        source = self._graph.add_abuffer(
            sample_rate=sample_rate, format="flt", layout="stereo", time_base=Fraction(1, sample_rate)
        )
        tempo = self._graph.add("atempo", f"{speed:.6f}")
        sink = self._graph.add("abuffersink")
        source.link_to(tempo)
        tempo.link_to(sink)
        self._graph.configure()

    def accept(self, samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """What can be given out after these."""
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "flt", "stereo")
        frame.sample_rate = self._sample_rate
        self._graph.push(frame)
        yield from self._pull()

    def flush(self) -> Iterator[NDArray[np.float32]]:
        """What is left at the end."""
        self._graph.push(None)
        yield from self._pull()

    def _pull(self) -> Iterator[NDArray[np.float32]]:
        while True:
            try:
                pulled = self._graph.pull()
            except (av.error.BlockingIOError, FFmpegEndOfFile):
                return
            assert isinstance(pulled, AudioFrame)
            yield np.asarray(pulled.to_ndarray(), np.float32).reshape(-1, 2)
