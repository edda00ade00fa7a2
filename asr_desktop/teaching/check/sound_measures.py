"""Measurements of a recording that do not need its words: level, noise, clipping, silence.

All levels are in dB below full scale of the mono mix at 16 kHz, in frames of 20 ms. Nothing here is a model;
speech is what is clearly louder than the quietest frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
FRAME_SECONDS = 0.02
SILENCE_DBFS = -90.0
EDGE_SECONDS = 0.06
CUT_EDGE_DB = -15.0
"""Of 440 recordings of the training packs, 1.4 % of the edges are louder; of thirds cut out of them at any
place, which may be a pause, 65 % (benchmarks/check_limits.py)."""

_FRAME = round(FRAME_SECONDS * SAMPLE_RATE)
# Frames so far above the noise, and no further than that below the loudest ones, are speech.
_ABOVE_NOISE_DB = 6.0
_BELOW_SPEECH_DB = 25.0
# A peak that is cut off is flat: many samples within 1 % of the largest one, which is near full scale unless
# somebody has turned the recording down since. A voice's own peaks have a few samples there.
_FLAT_TOP = 0.99
_LOWEST_CLIPPED_PEAK = 0.5
_CLIPPED_SHARE_OF_A_VOICE = 0.0006


@dataclass(frozen=True, slots=True)
class SoundMeasures:
    """speech_dbfs: mean power of the frames with speech. noise_dbfs: of the quietest tenth, an upper bound
    where nobody pauses. clipped_share: of all samples, those in peaks that are cut off.
    silence_before_seconds, silence_after_seconds: to the first, from the last speech. speech_share: of the
    frames. start_db, end_db: level of the first and the last EDGE_SECONDS, against that of speech.
    """

    seconds: float
    peak_dbfs: float
    speech_dbfs: float
    noise_dbfs: float
    clipped_share: float
    silence_before_seconds: float
    silence_after_seconds: float
    speech_share: float
    start_db: float
    end_db: float

    @property
    def is_cut_at_start(self) -> bool:
        """Whether it begins in the midst of speech."""
        return self.start_db > self._loudest_edge_db

    @property
    def is_cut_at_end(self) -> bool:
        """Whether it ends in the midst of speech."""
        return self.end_db > self._loudest_edge_db

    @property
    def _loudest_edge_db(self) -> float:
        # In much noise silence is loud as well.
        return max(CUT_EDGE_DB, _ABOVE_NOISE_DB - self.signal_to_noise_db)

    @property
    def signal_to_noise_db(self) -> float:
        """How far speech stands out of the noise."""
        return self.speech_dbfs - self.noise_dbfs


def measure(samples: NDArray[np.float32]) -> SoundMeasures:
    """The measures of mono samples at 16 kHz, shape [n]."""
    peak = float(np.abs(samples).max(initial=0.0))
    whole = samples[: len(samples) - len(samples) % _FRAME].reshape(-1, _FRAME)
    power = np.square(whole, dtype=np.float64).mean(axis=1)
    levels = 10 * np.log10(np.maximum(power, 10 ** (SILENCE_DBFS / 10)))
    if levels.size == 0:
        return SoundMeasures(
            len(samples) / SAMPLE_RATE,
            _dbfs(peak),
            SILENCE_DBFS,
            SILENCE_DBFS,
            clipped_share=0.0,
            silence_before_seconds=0.0,
            silence_after_seconds=0.0,
            speech_share=0.0,
            start_db=0.0,
            end_db=0.0,
        )
    noise = float(np.percentile(levels, 10))
    loud = float(np.percentile(levels, 95))
    # Where nobody pauses, or nobody speaks, the two are close, and the louder half counts as speech.
    threshold = max(min(noise + _ABOVE_NOISE_DB, (noise + loud) / 2), loud - _BELOW_SPEECH_DB)
    active = np.flatnonzero((levels >= threshold) & (levels > SILENCE_DBFS))
    speech = 10 * float(np.log10(power[active].mean())) if active.size else SILENCE_DBFS
    edge = round(EDGE_SECONDS * SAMPLE_RATE)
    first, last = (int(active[0]), int(active[-1])) if active.size else (len(levels), -1)
    return SoundMeasures(
        seconds=len(samples) / SAMPLE_RATE,
        peak_dbfs=_dbfs(peak),
        speech_dbfs=max(speech, SILENCE_DBFS),
        noise_dbfs=noise,
        clipped_share=_clipped_share(samples, peak),
        silence_before_seconds=first * FRAME_SECONDS,
        silence_after_seconds=(len(levels) - 1 - last) * FRAME_SECONDS,
        speech_share=active.size / levels.size,
        start_db=_level(samples[:edge]) - speech,
        end_db=_level(samples[-edge:]) - speech,
    )


def _clipped_share(samples: NDArray[np.float32], peak: float) -> float:
    if peak < _LOWEST_CLIPPED_PEAK:
        return 0.0
    share = float((np.abs(samples) >= _FLAT_TOP * peak).mean())
    return share if share > _CLIPPED_SHARE_OF_A_VOICE else 0.0


def _level(samples: NDArray[np.float32]) -> float:
    power = float(np.square(samples, dtype=np.float64).mean())
    return 10 * float(np.log10(max(power, 10 ** (SILENCE_DBFS / 10))))


def _dbfs(amplitude: float) -> float:
    return max(SILENCE_DBFS, 20 * float(np.log10(max(amplitude, 1e-9))))
