"""Sound levels for a level meter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FULL_SCALE = 32768.0
SILENCE_DBFS = -100.0


@dataclass(frozen=True, slots=True)
class Level:
    """Of the latest sound, in dB below full scale: 0 is the loudest possible, -100 stands for silence."""

    rms_dbfs: float
    peak_dbfs: float
    is_clipping: bool


NO_LEVEL = Level(SILENCE_DBFS, SILENCE_DBFS, False)


def level_of(samples: NDArray[np.int16]) -> Level:
    """The level of a piece of 16-bit sound, all channels together."""
    import numpy as np  # here: a window that shows no level yet is not to wait for it

    if samples.size == 0:
        return NO_LEVEL
    wide = samples.astype(np.float32)
    peak = float(np.abs(wide).max())
    rms = float(np.sqrt(np.mean(np.square(wide))))
    return Level(_dbfs(rms), _dbfs(peak), peak >= FULL_SCALE - 1)


def _dbfs(amplitude: float) -> float:
    return max(SILENCE_DBFS, 20 * math.log10(max(amplitude, 1e-9) / FULL_SCALE))
